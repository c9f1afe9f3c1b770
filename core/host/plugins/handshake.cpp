#include "handshake.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstring>
#include <filesystem>

#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

constexpr PluginDeclaration kOurs = declare_plugin("", "", false, nullptr);

/// Text in a field of fixed width, whether or not it ends with a NUL there.
template <std::size_t N>
std::string text_in(const char (&field)[N]) {
  return std::string(field, strnlen(field, N));
}

Result<void> compare(const PluginDeclaration& theirs, const std::string& path) {
  const auto file = std::filesystem::path(path).filename().string();
  const auto refuse = [&](const std::string& what) {
    return fail(
        Fault::plugin, file + what, path,
        fmt::format("rebuild it with this program's compiler and SDK {}: find_package(alidade {}), then "
                    "alidade_add_plugin()",
                    kOurs.sdk, kOurs.sdk));
  };
  if (theirs.magic != PluginDeclaration::kMagic)
    return refuse(" has a symbol 'alidade_plugin' that ALIDADE_PLUGIN() did not write");
  if (text_in(theirs.sdk) != kOurs.sdk)
    return refuse(fmt::format(" was built with SDK {}, this program has {}",
                              text::printable(text_in(theirs.sdk)), kOurs.sdk));
  if (text_in(theirs.toolchain) != kOurs.toolchain)
    return refuse(fmt::format(" was built with another toolchain: it has \"{}\", this program \"{}\"",
                              text::printable(text_in(theirs.toolchain)), kOurs.toolchain));
  if (theirs.layout != kOurs.layout || theirs.size != kOurs.size)
    return refuse(fmt::format(
        " was built with other SDK headers of the same version: its types have layout {:016x}, this "
        "program's {:016x}",
        theirs.layout, kOurs.layout));
  return {};
}

}  // namespace

Result<PluginDeclaration> shake_hands(const std::string& path) {
  const auto elf = read_elf(path);
  if (!elf) return std::unexpected(elf.error());
  return shake_hands(*elf, path);
}

Result<PluginDeclaration> shake_hands(const Elf& elf, const std::string& path) {
  constexpr auto kFixedPart = offsetof(PluginDeclaration, name);
  if (elf.declaration.size() < kFixedPart)
    return fail(Fault::plugin,
                std::filesystem::path(path).filename().string() +
                    " is no Alidade plugin: it does not export 'alidade_plugin'",
                path,
                "declare it with ALIDADE_PLUGIN(\"name\", \"version\") { ... } and build it with "
                "alidade_add_plugin()");
  PluginDeclaration theirs = kOurs;
  std::memcpy(static_cast<void*>(&theirs), elf.declaration.data(),
              std::min(sizeof theirs, elf.declaration.size()));
  theirs.enlist = nullptr;
  if (auto fits = compare(theirs, path); !fits) return std::unexpected(fits.error());
  return theirs;
}

}  // namespace alidade::host
