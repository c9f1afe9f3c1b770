// Formulas evaluated.
#include <algorithm>
#include <charconv>
#include <set>

#include "alidade/base/text.hpp"
#include "crossover.hpp"

namespace alidade {
namespace {

std::optional<std::int64_t> size_in(std::string_view word) {
  std::int64_t size = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), size);
  if (error != std::errc{} || end != word.data() + word.size() || size < 0) return std::nullopt;
  return size;
}

/// The symbols that some formula is about.
std::set<std::string> decisive(const FormulaProfile& profile) {
  std::set<std::string> out;
  for (const auto& figure : profile.figures)
    for (auto& symbol : symbols_in(figure.text)) out.insert(std::move(symbol));
  return out;
}

Error no_symbol(const FormulaProfile& profile, const std::string& name, const std::string& option) {
  return {Fault::config,
          "the formulas have no symbol " + text::quoted(name) + text::did_you_mean(name, profile.symbols) +
              (profile.symbols.empty()
                   ? ": all sizes of the model are fixed"
                   : "; their symbols are: " + text::printable(text::join(profile.symbols, ", "))),
          option, profile.symbols.empty() ? "leave it out" : "leave it out, or give sizes to one of these"};
}

Result<std::vector<Bindings>> every_binding(const FormulaProfile& profile, const SizeLists& sizes,
                                            const std::string& option) {
  for (const auto& [name, list] : sizes)
    if (std::ranges::find(profile.symbols, name) == profile.symbols.end())
      return std::unexpected(no_symbol(profile, name, option));
  std::vector<Bindings> out{{}};
  const auto needed = decisive(profile);
  for (const auto& symbol : profile.symbols) {
    const auto list = sizes.find(symbol);
    if (list == sizes.end() && !needed.contains(symbol)) continue;
    if (list == sizes.end())
      return fail(Fault::config, "the symbol " + text::quoted(symbol) + " has no sizes", option,
                  "give it some, too: " + option + " " + text::printable(symbol) + "=1");
    std::vector<Bindings> longer;
    for (const auto& bindings : out)
      for (const auto size : list->second) longer.emplace_back(bindings)[symbol] = size;
    out = std::move(longer);
  }
  return out;
}

}  // namespace

FormulaValues::FormulaValues(const FormulaProfile& profile) {
  for (const auto& figure : profile.figures)
    if (auto formula = Expression::parse(figure.text))
      formulas_.emplace(std::string(figure.name), std::move(*formula));
}

Result<std::optional<std::int64_t>> FormulaValues::at(std::string_view figure,
                                                      const Bindings& bindings) const {
  const auto found = formulas_.find(figure);
  if (found == formulas_.end()) return std::nullopt;
  const auto value = found->second.evaluate(bindings);
  const bool of_a_model = !value || value->value_or(0) >= 0;  // less where a size would be negative
  return of_a_model ? value : std::nullopt;
}

Result<void> add_sizes(std::string_view text, SizeLists& sizes) {
  const auto equals = text.rfind('=');
  bool good = equals != text.npos && equals > 0;
  std::vector<std::int64_t> list;
  for (const auto& word : good ? text::split(text.substr(equals + 1), ',') : std::vector<std::string>{}) {
    const auto size = size_in(word);
    good = good && size.has_value();
    list.push_back(size.value_or(0));
  }
  if (!good)
    return fail(Fault::config,
                "expected NAME=SIZE,SIZE,..., whole numbers from 0 on, found " + text::quoted(text), {},
                "for example batch=1,8,32");
  auto& all = sizes[std::string(text.substr(0, equals))];
  all.insert(all.end(), list.begin(), list.end());
  return {};
}

Result<void> evaluate(FormulaProfile& profile, const SizeLists& sizes, const std::vector<Ridge>& ridges,
                      const std::string& option) {
  Bindings first;
  for (const auto& [name, list] : sizes) first[name] = list.front();
  profile.crossovers = formula::crossovers(profile, first, ridges);
  if (sizes.empty()) return {};
  const auto all = every_binding(profile, sizes, option);
  if (!all) return std::unexpected(all.error());
  const FormulaValues values(profile);
  for (const auto& bindings : *all) {
    auto& row = profile.at.emplace_back(FormulaRow{bindings, {}});
    for (const auto& figure : profile.figures)
      row.values.push_back(values.at(figure.name, bindings).value_or(std::nullopt));
  }
  return {};
}

}  // namespace alidade
