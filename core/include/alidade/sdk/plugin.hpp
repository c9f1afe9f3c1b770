#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "alidade/ir/arrays.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/sdk/analysis.hpp"
#include "alidade/sdk/component.hpp"
#include "alidade/sdk/fingerprint.hpp"
#include "alidade/sdk/frontend.hpp"
#include "alidade/sdk/hardware.hpp"
#include "alidade/sdk/operator.hpp"
#include "alidade/sdk/peaks.hpp"
#include "alidade/sdk/report.hpp"

#define ALIDADE_SDK_VERSION "0.1"
#ifndef ALIDADE_ABI_FLAGS  // alidade_add_plugin() sets it
#define ALIDADE_ABI_FLAGS ""
#endif
#define ALIDADE_STRINGIZE_(x) #x
#define ALIDADE_STRINGIZE(x) ALIDADE_STRINGIZE_(x)
#ifdef _GLIBCXX_DEBUG  // changes the containers; _GLIBCXX_ASSERTIONS does not
#define ALIDADE_DEBUG_CONTAINERS_ " debug-containers"
#else
#define ALIDADE_DEBUG_CONTAINERS_ ""
#endif
#ifdef __SANITIZE_ADDRESS__
#define ALIDADE_SANITIZER_ " asan"
#else
#define ALIDADE_SANITIZER_ ""
#endif
/// What must be equal on both sides of the library boundary for C++ types to cross it.
#define ALIDADE_TOOLCHAIN                                                                                         \
  "gcc-abi " ALIDADE_STRINGIZE(__GXX_ABI_VERSION) " libstdc++ " ALIDADE_STRINGIZE(                                \
      __GLIBCXX__) " cxx11-abi " ALIDADE_STRINGIZE(_GLIBCXX_USE_CXX11_ABI) " c++ " ALIDADE_STRINGIZE(__cplusplus) \
      ALIDADE_DEBUG_CONTAINERS_ ALIDADE_SANITIZER_

namespace alidade {

/// Collects what a plugin offers while the host enlists it.
class Plugin {
 public:
  template <class T>
  void add(std::string name, std::string doc) {
    static_assert(std::is_base_of_v<Component, T> && std::is_default_constructible_v<T>);
    ComponentInfo info;
    info.kind = T::component_kind;
    info.name = std::move(name);
    info.doc = std::move(doc);
    if constexpr (requires { T::needs(); }) info.needs = T::needs();
    if constexpr (requires { T::makes(); }) info.makes = T::makes();
    if constexpr (requires { T::isolated; }) info.isolated = T::isolated;
    auto spec = std::make_shared<OptionSpec<T>>();
    if constexpr (requires { T::options(*spec); }) T::options(*spec);
    info.options = spec->infos();
    info.make = [spec](const OptionValues& values) -> std::unique_ptr<Component> {
      auto component = std::make_unique<T>();
      spec->apply(*component, values);
      return component;
    };
    components.push_back(std::move(info));
  }
  std::vector<ComponentInfo> components;
};

/// A number that changes with the text of these headers and with the compiler's flags that change what a type
/// looks like: both are found by CMake (cmake/AlidadeFingerprint.cmake).
consteval std::uint64_t layout_fingerprint() {
  std::uint64_t h = ALIDADE_HEADERS_HASH;
  for (const char letter : std::string_view(ALIDADE_ABI_FLAGS))
    h = (h ^ static_cast<unsigned char>(letter)) * 1099511628211ull;
  return h;
}

/// The one exported symbol of a plugin: plain data, read from the file and compared before the library is
/// loaded, so that no code of a plugin that does not fit ever runs. Up to `layout` it is the same in every
/// version of the SDK.
struct PluginDeclaration {
  static constexpr std::uint32_t kMagic = 0x414c4431;  // "ALD1"
  std::uint32_t magic = kMagic;
  std::uint32_t size = sizeof(PluginDeclaration);
  char sdk[16] = ALIDADE_SDK_VERSION;
  char toolchain[104] = ALIDADE_TOOLCHAIN;
  std::uint64_t layout = layout_fingerprint();
  char name[32] = {};
  char version[24] = {};
  bool isolated = false;  ///< its frontends run in a worker process; the host does not load it
  void (*enlist)(Plugin&) = nullptr;
};

/// The declaration of one plugin, for the macros below; names that are too long do not compile.
template <std::size_t N, std::size_t V>
consteval PluginDeclaration declare_plugin(const char (&name)[N], const char (&version)[V], bool isolated,
                                           void (*enlist)(Plugin&)) {
  PluginDeclaration declaration;
  static_assert(N <= sizeof declaration.name && V <= sizeof declaration.version);
  std::copy_n(name, N, declaration.name);
  std::copy_n(version, V, declaration.version);
  declaration.isolated = isolated;
  declaration.enlist = enlist;
  return declaration;
}

}  // namespace alidade

#define ALIDADE_DECLARE_PLUGIN(plugin_name, plugin_version, in_worker)                                \
  static void alidade_enlist(alidade::Plugin& plugin);                                                \
  extern "C" __attribute__((visibility("default"))) const alidade::PluginDeclaration alidade_plugin = \
      alidade::declare_plugin((plugin_name), (plugin_version), (in_worker), &alidade_enlist);         \
  static void alidade_enlist(alidade::Plugin& plugin)

/// Declares this library as a plugin; the body adds its components to `plugin`.
#define ALIDADE_PLUGIN(plugin_name, plugin_version) ALIDADE_DECLARE_PLUGIN(plugin_name, plugin_version, false)
/// The same for frontends over libraries that may crash: the host does not load it into its own process.
#define ALIDADE_ISOLATED_PLUGIN(plugin_name, plugin_version) \
  ALIDADE_DECLARE_PLUGIN(plugin_name, plugin_version, true)
