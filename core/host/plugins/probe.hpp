#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/sdk/component.hpp"

namespace alidade::host {

/// One component as its library describes it: no way to make it, its needs and results as text ("cost/1").
struct Listed {
  ComponentInfo info;
  std::vector<std::string> needs, makes;
};
/// One library as a child process that loaded it describes it.
struct Listing {
  std::string library;  ///< absolute path
  std::string plugin, version;
  std::vector<Listed> components;
};

[[nodiscard]] std::string pack_listing(Listing listing);
/// From bytes that may be anything: nothing unless they are a listing whose every field makes sense.
[[nodiscard]] std::optional<Listing> unpack_listing(std::string_view payload);

/// Loads a library in a child process under limits (2 GiB, 5 CPU seconds, 3 seconds) and asks what it offers.
/// Whatever happens there, a crash, a hang, an exit, is an error here.
[[nodiscard]] Result<Listing> probe(const std::string& library);

/// The child's side: `alidade --probe LIBRARY`. Returns the exit code.
int probe_main(int argc, char** argv);

}  // namespace alidade::host
