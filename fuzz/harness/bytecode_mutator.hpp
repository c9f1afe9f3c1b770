#pragma once
#include <bit>
#include <vector>

#include "mutator.hpp"

// Mutations of MLIR bytecode that keep it one: numbers are exchanged for others of the same length, so that
// the offsets in the file stay true, and where a section grows its own length is written anew.
namespace alidade::fuzz::bytecode {

constexpr std::size_t kHead = 4;  // of the file, "ML\xefR"

/// The bytes of the number that begins with `first`; zeros at its end say how many follow.
inline std::size_t length_of(unsigned char first) {
  return first == 0 ? 9 : static_cast<std::size_t>(std::countr_zero(first)) + 1;
}

inline std::string encoded(std::uint64_t value, std::size_t length) {
  std::string out(length, '\0');
  const auto shift = static_cast<unsigned>(length);
  const std::uint64_t bits = length == 9 ? 0 : value << shift | 1ull << (shift - 1);
  for (std::size_t i = 0; i < length; ++i)
    out[i] = static_cast<char>(length == 9 ? (i == 0 ? 0 : value >> (8 * (i - 1))) : bits >> (8 * i));
  return out;
}

inline std::uint64_t decoded(std::string_view bytes, std::size_t length) {
  std::uint64_t bits = 0;
  for (std::size_t i = length == 9 ? 1 : 0; i < length; ++i)
    bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]))
            << (8 * (length == 9 ? i - 1 : i));
  return length == 9 ? bits : bits >> length;
}

inline std::size_t needed_length(std::uint64_t value) {
  for (std::size_t length = 1; length < 9; ++length)
    if (value >> (7 * length) == 0) return length;
  return 9;
}

/// Where the numbers of a part begin, as far as it can be read as numbers.
inline std::vector<std::size_t> numbers_in(std::string_view part) {
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < part.size();) {
    const auto length = length_of(static_cast<unsigned char>(part[at]));
    if (at + length > part.size()) break;
    out.push_back(at);
    at += length;
  }
  return out;
}

inline void exchange_number(std::string& part, Choice& choice) {
  const auto places = numbers_in(part);
  if (places.empty()) return;
  const auto at = places[choice.below(places.size())];
  const auto length = length_of(static_cast<unsigned char>(part[at]));
  const auto value = choice.one_in(4) ? choice.number(decoded(std::string_view(part).substr(at), length))
                                      : choice.below(100);
  const auto most = length >= 9 ? ~0ull : (1ull << (7 * length)) - 1;
  part.replace(at, length, encoded(value & most, length));
}

/// One section: what it is, and its bytes.
struct Section {
  char id;
  std::string bytes;
};

inline std::string mutated(std::string_view file, Choice& choice) {
  const auto version = kHead < file.size() ? length_of(static_cast<unsigned char>(file[kHead])) : 0;
  auto at = file.find('\0', kHead + version);
  if (!file.starts_with("ML\xefR") || at == file.npos) return {};
  std::string out(file.substr(0, ++at));
  std::vector<Section> sections;
  while (at + 1 < file.size()) {
    const char id = file[at++];
    const auto length = length_of(static_cast<unsigned char>(file[at]));
    if (at + length > file.size()) break;
    const auto size = decoded(file.substr(at), length);
    at += length;
    if ((id & 0x80) != 0) {  // aligned: the bytes before it are left out with the sign
      at += length_of(static_cast<unsigned char>(file[std::min(at, file.size() - 1)]));
      while (at < file.size() && file[at] == '\xcb') ++at;
    }
    if (at > file.size()) break;
    sections.push_back({static_cast<char>(id & 0x7f), std::string(file.substr(at, size))});
    at = size > file.size() - at ? file.size() : at + size;
  }
  if (sections.empty()) return {};
  for (auto left = 1 + choice.below(3); left > 0; --left) {
    auto& section = sections[choice.below(sections.size())];
    if (choice.one_in(12))
      std::swap(section, sections[choice.below(sections.size())]);
    else if (choice.one_in(8))
      section.bytes = mutated_freely(section.bytes, 8);
    else
      exchange_number(section.bytes, choice);
  }
  for (const auto& [id, bytes] : sections)
    out += id, out += encoded(bytes.size(), needed_length(bytes.size())), out += bytes;
  return out;
}

}  // namespace alidade::fuzz::bytecode
