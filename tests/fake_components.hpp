#pragma once
#include <list>
#include <string>
#include <vector>

#include "alidade/base/text.hpp"
#include "host/plan/plan.hpp"

namespace alidade::tests {

/// Components without libraries behind them, to make plans of.
class FakeComponents {
 public:
  ComponentInfo& add(ComponentKind kind, std::string name) {
    auto& loaded = loaded_.emplace_back();
    loaded.info.kind = kind;
    loaded.info.name = std::move(name);
    loaded.library = "/plugins/" + loaded.info.name + ".so";
    return loaded.info;
  }
  ComponentInfo& analysis(std::string name, std::vector<ResultKey> needs, std::vector<ResultKey> makes) {
    auto& info = add(ComponentKind::analysis, std::move(name));
    info.needs = std::move(needs), info.makes = std::move(makes);
    return info;
  }
  /// A library that is there and does not fit.
  void misfit(std::string name) { misfits_.push_back(std::move(name)); }

  [[nodiscard]] host::Lookup lookup() {
    host::Lookup out;
    for (const auto& loaded : loaded_) out.libraries.push_back(loaded.info.name);
    out.find = [this](std::string_view name) -> Result<const host::Loaded*> {
      asked.emplace_back(name);
      for (const auto& loaded : loaded_)
        if (loaded.info.name == name) return &loaded;
      for (const auto& misfit : misfits_)
        if (misfit == name)
          return fail(Fault::plugin, "the library " + misfit + ".so was built with another SDK", {},
                      "build it again");
      return fail(Fault::config, "no component " + text::quoted(name), {},
                  "`alidade plugins list` shows what there is");
    };
    return out;
  }
  std::vector<std::string> asked;

 private:
  std::list<host::Loaded> loaded_;
  std::vector<std::string> misfits_;
};

}  // namespace alidade::tests
