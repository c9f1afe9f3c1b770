#include "recognise.hpp"

#include <algorithm>

#include "alidade/base/file.hpp"
#include "host/child/worker.hpp"
#include "host/plugins/guard.hpp"

namespace alidade::host {
namespace {

constexpr std::size_t kHead = 4096;

std::vector<std::string> named_frontends(const Config& config) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const auto& family : config.families)
    for (const auto& frontend : family.frontends) add(frontend.value);
  for (const auto& frontend : config.frontends) add(frontend.name.value);
  return names;
}

Recognition ask_here(const Loaded& loaded, const std::string& path, std::string_view head) {
  const auto frontend = make_component<Frontend>(loaded, {});
  if (!frontend) return Recognition::no;
  const PluginCall call{loaded.info.name, loaded.library, "looking at the first bytes of the model"};
  return guarded(call, [&] { return (*frontend)->recognises(path, head); }).value_or(Recognition::no);
}

}  // namespace

std::vector<std::string> recognised_by(const std::string& path, const Config& config, const Finder& finder) {
  const auto file = FileBytes::open(path);
  if (!file || file->view().empty()) return {};
  const auto head = file->view().substr(0, kHead);
  std::vector<std::string> sure, perhaps;
  for (const auto& name : named_frontends(config)) {
    const auto found = finder.ask(name);
    if (!found || (*found)->info.kind != ComponentKind::frontend) continue;
    const auto answer = (*found)->info.isolated ? recognise_in_worker(**found, path, head, config.limits)
                                                : ask_here(**found, path, head);
    if (answer != Recognition::no) (answer == Recognition::yes ? sure : perhaps).push_back(name);
  }
  return sure.empty() ? perhaps : sure;
}

}  // namespace alidade::host
