#pragma once
#include <string>

#include "alidade/base/error.hpp"
#include "host/plugins/probe.hpp"
#include "program.hpp"

namespace alidade::tests {

#ifdef __SANITIZE_ADDRESS__  // it sets no limit on memory and has no sandbox
inline constexpr bool kMemoryIsLimited = false, kHasSandbox = false;
#else
inline constexpr bool kMemoryIsLimited = true, kHasSandbox = true;
#endif

/// The file of one bad plugin.
inline std::string bad_plugin(const std::string& name) { return ALIDADE_BAD_PLUGINS "/" + name + ".so"; }

/// What a person is told about a library that is not used.
inline std::string refusal(const std::string& library) {
  const auto listing = host::probe(library);
  return listing ? "loads" : to_text(listing.error());
}

}  // namespace alidade::tests
