#include "bindings.hpp"

#include <algorithm>
#include <iterator>

#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

constexpr auto kFix = "leave it out, or bind one of these";

std::vector<std::string> listed(const BindingNames& names) {
  return {names.all().begin(), names.all().end()};
}

std::string printed(const std::vector<std::string>& names) {
  return text::printable(text::join(names, ", "));
}

}  // namespace

BindingNames::BindingNames(const Graph& graph) {
  for (std::size_t s = 0; s < graph.symbol_count(); ++s) {
    std::string written(graph.expression(SymbolId(s)));
    if (evaluate(written, {}))
      std::ranges::copy(symbols_in(written), std::inserter(names_, names_.end()));
    else
      names_.insert(written);
    texts_.insert(std::move(written));
  }
  for (const ValueId v : graph.inputs()) fixed_ = fixed_ && graph.type(v).is_static();
}

void BindingNames::add(const BindingNames& other) {
  names_.insert(other.names_.begin(), other.names_.end());
  texts_.insert(other.texts_.begin(), other.texts_.end());
  fixed_ = fixed_ && other.fixed_;
}

Error no_such_symbol(const std::string& name, const BindingNames& names, const std::string& path) {
  const auto lacks = "the model has no symbol " + text::quoted(name);
  const auto symbols = listed(names);
  if (!symbols.empty())
    return {Fault::config,
            lacks + text::did_you_mean(name, symbols) + "; its symbols are: " + printed(symbols), path, kFix};
  return {Fault::config,
          lacks + (names.sizes_fixed() ? ": all of its sizes are fixed" : ": its open sizes have no names"),
          path, "leave it out; other sizes are given with --batch or --input-shape"};
}

void SharedBindings::read(const std::vector<std::string>& unused, const BindingNames& names,
                          const std::string& path) {
  const std::set<std::string> here(unused.begin(), unused.end());
  if (models_++ == 0)
    unused_ = here, path_ = path;
  else
    std::erase_if(unused_, [&](const auto& name) { return !here.contains(name); });
  names_.add(names);
}

std::vector<Error> SharedBindings::errors() const {
  std::vector<Error> out;
  if (unread_) return out;
  const auto symbols = listed(names_);
  for (const auto& name : unused_) {
    if (models_ == 1)
      out.push_back(no_such_symbol(name, names_, path_));
    else if (symbols.empty())
      out.push_back({Fault::config,
                     "no model has a symbol: the binding of " + text::quoted(name) + " changes nothing",
                     "[bind]", "leave it out"});
    else
      out.push_back({Fault::config,
                     "no model has the symbol " + text::quoted(name) + text::did_you_mean(name, symbols) +
                         "; their symbols are: " + printed(symbols),
                     "[bind]", kFix});
  }
  return out;
}

}  // namespace alidade::host
