#include "cli/formulas/formula_values.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

std::optional<std::int64_t> size_in(std::string_view word) {
  std::int64_t size = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), size);
  if (error != std::errc{} || end != word.data() + word.size() || size < 1) return std::nullopt;
  return size;
}

}  // namespace

SizeLists size_lists(const std::vector<std::string>& flags, std::vector<host::Mistake>& mistakes) {
  SizeLists out;
  for (const auto& flag : flags) {
    const auto equals = flag.rfind('=');
    std::vector<std::int64_t> sizes;
    bool good = equals != flag.npos && equals > 0;
    const auto words = good ? text::split(flag.substr(equals + 1), ',') : std::vector<std::string>{};
    for (const auto& word : words) {
      const auto size = size_in(word);
      good = good && size.has_value();
      sizes.push_back(size.value_or(0));
    }
    if (good)
      std::ranges::copy(sizes, std::back_inserter(out[flag.substr(0, equals)]));
    else
      mistakes.push_back({{"--at", 0, 0, host::Origin::flag},
                          "expected NAME=SIZE,SIZE,..., whole numbers from 1 on, found " + text::quoted(flag),
                          "for example --at batch=1,8,32"});
  }
  return out;
}

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

namespace {
/// The symbols that some formula is about.
std::set<std::string> decisive(const FormulaProfile& profile) {
  std::set<std::string> out;
  for (const auto& figure : profile.figures)
    for (auto& symbol : symbols_in(figure.text)) out.insert(std::move(symbol));
  return out;
}
}  // namespace

Result<std::vector<Bindings>> every_binding(const FormulaProfile& profile, const SizeLists& sizes) {
  for (const auto& [name, list] : sizes)
    if (std::ranges::find(profile.symbols, name) == profile.symbols.end())
      return fail(Fault::config,
                  "the formulas have no symbol " + text::quoted(name) +
                      text::did_you_mean(name, profile.symbols) +
                      (profile.symbols.empty()
                           ? ": all sizes of the model are fixed"
                           : "; their symbols are: " + text::printable(text::join(profile.symbols, ", "))),
                  "--at", "leave it out, or give sizes to one of these");
  std::vector<Bindings> out{{}};
  const auto needed = decisive(profile);
  for (const auto& symbol : profile.symbols) {
    const auto list = sizes.find(symbol);
    if (list == sizes.end() && !needed.contains(symbol)) continue;
    if (list == sizes.end())
      return fail(Fault::config, "the symbol " + text::quoted(symbol) + " has no sizes", "--at",
                  "give it some, too: --at " + text::printable(symbol) + "=1");
    std::vector<Bindings> longer;
    for (const auto& bindings : out)
      for (const auto size : list->second) longer.emplace_back(bindings)[symbol] = size;
    out = std::move(longer);
  }
  return out;
}

}  // namespace alidade::cli
