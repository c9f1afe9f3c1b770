#include "pickle_claims.hpp"

#include <algorithm>
#include <cstdint>

#include "alidade/base/text.hpp"

namespace alidade::torchscript {
namespace {

/// What follows an instruction: so many bytes, a length of so many bytes and as many bytes, or lines. Names
/// and codes are those of Python's pickletools.
struct Argument {
  std::string_view instructions;
  std::size_t bytes = 0, length_bytes = 0, lines = 0;
};
constexpr Argument kArguments[] = {
    {.instructions = "()012NQR.]abdelostu}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98"},
    {.instructions = "Khq\x80\x82", .bytes = 1},
    {.instructions = "M\x83", .bytes = 2},
    {.instructions = "Jjr\x84", .bytes = 4},
    {.instructions = "G\x95", .bytes = 8},
    {.instructions = "CU\x8a\x8c", .length_bytes = 1},
    {.instructions = "BTX\x8b", .length_bytes = 4},
    {.instructions = "\x8d\x8e\x96", .length_bytes = 8},
    {.instructions = "FILPSVgp", .lines = 1},
    {.instructions = "ci", .lines = 2},
};

const Argument* argument_of(char instruction) {
  const auto* found = std::ranges::find_if(
      kArguments, [&](const auto& argument) { return argument.instructions.contains(instruction); });
  return found == std::ranges::end(kArguments) ? nullptr : found;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

/// Takes `count` lines off the front; false where there are fewer.
bool drop_lines(std::string_view& left, std::size_t count) {
  for (; count > 0; --count) {
    const auto end = left.find('\n');
    if (end == left.npos) return false;
    left.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace

std::optional<std::string> unfounded_claim(std::string_view pickle) {
  constexpr char kPut = 'r', kEnd = '.';
  for (auto left = pickle; !left.empty();) {
    const char instruction = left[0];
    const auto* argument = argument_of(instruction);
    left.remove_prefix(1);
    if (!argument || instruction == kEnd || left.size() < argument->bytes + argument->length_bytes) return {};
    if (instruction == kPut)
      if (const auto place = little_endian(left.substr(0, 4)); place > pickle.size())
        return "a value that is kept as number " + text::grouped(place) + " of at most " +
               text::grouped(pickle.size());
    const auto length = little_endian(left.substr(0, argument->length_bytes));
    left.remove_prefix(argument->bytes + argument->length_bytes);
    if (length > left.size())
      return "a value of " + text::grouped(length) + " bytes, " + text::grouped(left.size()) +
             " before its end";
    left.remove_prefix(length);
    if (!drop_lines(left, argument->lines)) return {};
  }
  return {};
}

}  // namespace alidade::torchscript
