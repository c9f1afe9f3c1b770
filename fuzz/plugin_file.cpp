// needs: alidade_host
// short: 1024
// covers: core/host/plugins/elf.cpp core/host/plugins/handshake.cpp
// What is read of a plugin's file before it is loaded: its headers, its symbols, its declaration.
#include <elf.h>

#include <algorithm>
#include <cstring>

#include "harness.hpp"
#include "host/plugins/handshake.hpp"

namespace alidade::fuzz {
namespace {

constexpr PluginDeclaration kDeclaration = declare_plugin("m", "1", false, nullptr);

/// The smallest library that has a declaration: headers, a symbol table of two rows, and what they name.
struct Library {
  Elf64_Ehdr header{};
  Elf64_Phdr segment{};
  Elf64_Shdr none{}, symbols{}, names{};
  Elf64_Sym first{}, symbol{};
  char texts[16] = "\0alidade_plugin";
  PluginDeclaration declaration = kDeclaration;

  Library() {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64, header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_machine = EM_X86_64, header.e_type = ET_DYN;
    header.e_phoff = offsetof(Library, segment), header.e_phnum = 1;
    header.e_shoff = offsetof(Library, none), header.e_shnum = 3;
    segment.p_type = PT_LOAD, segment.p_filesz = sizeof(Library);
    symbols.sh_type = SHT_DYNSYM, symbols.sh_offset = offsetof(Library, first);
    symbols.sh_size = 2 * sizeof(Elf64_Sym), symbols.sh_link = 2;
    names.sh_type = SHT_STRTAB, names.sh_offset = offsetof(Library, texts), names.sh_size = sizeof texts;
    symbol.st_name = 1, symbol.st_shndx = 1, symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
    symbol.st_value = offsetof(Library, declaration), symbol.st_size = sizeof declaration;
  }
};

/// So many section headers that each say that the whole file is a table of symbols.
std::string many_tables(std::size_t count) {
  Library library;
  library.header.e_shoff = sizeof library, library.header.e_shnum = static_cast<Elf64_Half>(count);
  Elf64_Shdr table = library.symbols;
  table.sh_offset = 0, table.sh_size = sizeof library + count * sizeof table;
  std::string out(reinterpret_cast<const char*>(&library), sizeof library);
  for (std::size_t i = 0; i < count; ++i) out.append(reinterpret_cast<const char*>(&table), sizeof table);
  return out;
}

}  // namespace

void try_bytes(std::string_view bytes) {
  const auto elf = host::read_elf("m.so", bytes);
  if (!elf) return;
  promise(elf->declaration.size() <= bytes.size(), "the declaration lies in the file");
  promise(std::ranges::is_sorted(elf->exports), "what a library exports is sorted");
  (void)host::shake_hands(*elf, "m.so");
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return {};
  const Library library;
  return {std::string(reinterpret_cast<const char*>(&library), sizeof library), many_tables(900)};
}

}  // namespace alidade::fuzz
