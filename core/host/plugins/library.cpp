#include "library.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/dll/shared_library.hpp>

#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

using boost::dll::shared_library;

/// Every library ever opened here. Leaked on purpose: objects, exceptions and results of a plugin outlive
/// main().
struct Opened {
  std::mutex mutex;
  std::map<std::string, shared_library> by_path;
};
Opened& opened() {
  static auto& all = *new Opened;
  return all;
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : symbol;
}

/// The loader's own sentence without the path in front, symbols as they were written.
std::string loader_sentence(const std::string& path) {
  const char* said = dlerror();
  std::string text = said ? said : "the loader gave no reason";
  if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
  constexpr std::string_view kUndefined = "undefined symbol: ";
  if (const auto at = text.find(kUndefined); at != std::string::npos) {
    const auto begin = at + kUndefined.size(), end = text.find_first_of(" \t,(", begin);
    return "symbol '" + demangled(text.substr(begin, end - begin)) + "' is defined nowhere";
  }
  return text::printable(text);
}

/// A library that there was no room for is not to blame.
std::unexpected<Error> not_loaded(const std::string& path, std::string what) {
  if (says_no_room(what)) return fail(Fault::limit, std::move(what), path, "raise the memory limit");
  return fail(Fault::plugin, std::move(what), path,
              "link what is missing into the plugin (alidade_add_plugin(... LINK ...)); `ldd -r` lists it");
}

}  // namespace

bool says_no_room(std::string_view sentence) {
  static constexpr std::array kNoRoom{"failed to map segment", "cannot map zero-fill pages",
                                      "annot allocate memory"};
  return std::ranges::any_of(kNoRoom, [&](auto words) { return sentence.contains(words); });
}

Result<const PluginDeclaration*> open_library(const std::string& path) {
  const auto file = std::filesystem::path(path).filename().string();
  auto& all = opened();
  const std::scoped_lock lock(all.mutex);
  auto& library = all.by_path[path];
  if (!library.is_loaded()) {
    std::error_code error;
    library.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local, error);
    if (error) return not_loaded(path, file + " could not be loaded: " + loader_sentence(path));
  }
  if (!library.has("alidade_plugin"))
    return fail(Fault::plugin, file + " changed while it was being loaded", path, "run again");
  return &library.get<const PluginDeclaration>("alidade_plugin");
}

}  // namespace alidade::host
