#include "elf.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half kMachine = EM_RISCV;
#endif
constexpr const char* kFix =
    "rebuild the plugin with alidade_add_plugin(), or copy the file again if it came from elsewhere";

std::string machine_name(Elf64_Half machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "64-bit Arm";
    case EM_RISCV:
      return "RISC-V";
    case EM_386:
      return "32-bit x86";
    case EM_ARM:
      return "32-bit Arm";
    case EM_PPC64:
      return "64-bit PowerPC";
    default:
      return fmt::format("machine {}", machine);
  }
}

/// The bytes of one library, read row by row; nothing outside the file is touched.
class ElfFile {
 public:
  ElfFile(std::string path, std::string_view bytes)
      : path_(std::move(path)), name_(std::filesystem::path(path_).filename()), bytes_(bytes) {}

  [[nodiscard]] Result<Elf> read() {
    if (auto fits = check_header(); !fits) return std::unexpected(fits.error());
    if (auto whole = check_extent(); !whole) return std::unexpected(whole.error());
    return read_symbols();
  }

 private:
  std::unexpected<Error> refuse(const std::string& what) const {
    return fail(Fault::plugin, name_ + what, path_, kFix);
  }

  template <class Row>
  [[nodiscard]] std::optional<Row> row(std::uint64_t offset) const {
    Row r;
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(Row)) return {};
    std::memcpy(&r, bytes_.data() + offset, sizeof(Row));
    return r;
  }
  [[nodiscard]] bool inside(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }
  [[nodiscard]] std::string_view name_at(std::uint64_t offset) const {
    if (offset >= bytes_.size()) return {};
    auto rest = bytes_.substr(offset, 4096);
    return rest.substr(0, rest.find('\0'));
  }

  Result<void> check_header() {
    if (bytes_.empty()) return refuse(" is empty; a shared library was expected");
    if (!bytes_.starts_with(std::string_view(ELFMAG, SELFMAG)))
      return refuse(
          fmt::format(" is no shared library: it begins with {}, where an ELF file has \"\\x7fELF\"",
                      text::quoted(bytes_.substr(0, 12))));
    if (bytes_.size() < sizeof(Elf64_Ehdr)) return refuse_short(0, sizeof(Elf64_Ehdr));
    header_ = *row<Elf64_Ehdr>(0);
    if (header_.e_ident[EI_CLASS] != ELFCLASS64)
      return refuse(" is a 32-bit library; this program loads 64-bit ones");
    if (header_.e_ident[EI_DATA] != ELFDATA2LSB)
      return refuse(" is a big-endian library; this program is little-endian");
    if (header_.e_machine != kMachine)
      return refuse(fmt::format(" was built for {}; this program runs on {}", machine_name(header_.e_machine),
                                machine_name(kMachine)));
    if (header_.e_type != ET_DYN)
      return refuse(" is an ELF file, but no shared library (build it as a MODULE)");
    return {};
  }

  std::unexpected<Error> refuse_short(std::uint64_t offset, std::uint64_t size) const {
    const auto needed = size > UINT64_MAX - offset ? UINT64_MAX : offset + size;
    return refuse(fmt::format(" is cut short: it has {} bytes, its headers speak of {}",
                              text::grouped(bytes_.size()), text::grouped(needed)));
  }

  /// Every segment and the section table must lie in the file: the loader maps them and would die of SIGBUS.
  Result<void> check_extent() {
    if (!inside(header_.e_shoff, header_.e_shnum * sizeof(Elf64_Shdr)))
      return refuse_short(header_.e_shoff, header_.e_shnum * sizeof(Elf64_Shdr));
    if (!inside(header_.e_phoff, header_.e_phnum * sizeof(Elf64_Phdr)))
      return refuse_short(header_.e_phoff, header_.e_phnum * sizeof(Elf64_Phdr));
    for (unsigned i = 0; i < header_.e_phnum; ++i) {
      const auto segment = *row<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr));
      if (segment.p_type != PT_LOAD) continue;
      if (!inside(segment.p_offset, segment.p_filesz))
        return refuse_short(segment.p_offset, segment.p_filesz);
      segments_.push_back(segment);
    }
    if (segments_.empty() || header_.e_shnum == 0)
      return refuse(" has no segments or no section table to read symbols from");
    return {};
  }

  Result<Elf> read_symbols() const {
    Elf elf;
    for (unsigned i = 0; i < header_.e_shnum; ++i) {
      const auto section = row<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr));
      if (!section || section->sh_type != SHT_DYNSYM) continue;  // a library has one
      const auto names =
          row<Elf64_Shdr>(header_.e_shoff + std::uint64_t{section->sh_link} * sizeof(Elf64_Shdr));
      if (!names || !inside(section->sh_offset, section->sh_size))
        return refuse(" has a damaged symbol table");
      for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section->sh_size; at += sizeof(Elf64_Sym))
        add_symbol(elf, *row<Elf64_Sym>(section->sh_offset + at), names->sh_offset);
      break;
    }
    std::ranges::sort(elf.exports);
    return elf;
  }

  void add_symbol(Elf& elf, const Elf64_Sym& symbol, std::uint64_t names) const {
    const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_LOCAL ||
        visibility == STV_HIDDEN || visibility == STV_INTERNAL)
      return;
    const auto name = name_at(names + symbol.st_name);
    elf.exports.emplace_back(name);
    if (name == "alidade_plugin") elf.declaration = stored_at(symbol.st_value, symbol.st_size);
  }

  /// The file's bytes for an address of the loaded library.
  [[nodiscard]] std::string stored_at(std::uint64_t address, std::uint64_t size) const {
    for (const auto& segment : segments_) {
      const auto offset = address - segment.p_vaddr;
      if (address < segment.p_vaddr || offset > segment.p_filesz || size > segment.p_filesz - offset)
        continue;
      return std::string(bytes_.substr(segment.p_offset + offset, size));
    }
    return {};
  }

  std::string path_, name_;
  std::string_view bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
};

}  // namespace

Result<Elf> read_elf(const std::string& path) {
  const auto file = FileBytes::open(path, 0);  // headers and one symbol, of megabytes
  if (!file) return fail(Fault::plugin, file.error().what, path, file.error().fix);
  return read_elf(path, file->view());
}

Result<Elf> read_elf(const std::string& path, std::string_view bytes) { return ElfFile(path, bytes).read(); }

}  // namespace alidade::host
