#pragma once
#include <optional>
#include <vector>

#include "mutator.hpp"

// Mutations of protobuf's wire form that keep it one: fields are changed, copied, moved, taken out and put
// into one another, and every length is written anew. No schema is known: what reads as a message is one.
namespace alidade::fuzz::protobuf {

struct Field {
  std::uint64_t number = 1;
  unsigned wire = 0;         ///< 0 a number, 1 eight bytes, 2 bytes or a message, 5 four bytes
  std::uint64_t value = 0;   ///< of wire 0
  std::string bytes;         ///< of the others
  std::vector<Field> inner;  ///< in place of bytes where it is a message
};
using Message = std::vector<Field>;

inline std::optional<std::uint64_t> take_number(std::string_view& from) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(from[0]);
    from.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

inline void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

inline std::optional<Message> read(std::string_view bytes, int depth = 0);

inline std::optional<Field> take_field(std::string_view& from, int depth) {
  const auto tag = take_number(from);
  if (!tag || *tag < 8) return std::nullopt;
  Field field{*tag >> 3, static_cast<unsigned>(*tag & 7), 0, {}, {}};
  std::optional<std::uint64_t> size;
  if (field.wire == 0) {
    const auto value = take_number(from);
    if (!value) return std::nullopt;
    field.value = *value;
    return field;
  }
  if (field.wire == 1) size = 8;
  if (field.wire == 5) size = 4;
  if (field.wire == 2) size = take_number(from);
  if (!size || *size > from.size()) return std::nullopt;
  field.bytes = from.substr(0, *size);
  from.remove_prefix(*size);
  if (field.wire != 2) return field;
  if (auto inner = read(field.bytes, depth + 1); inner && !inner->empty()) field.inner = std::move(*inner);
  return field;
}

inline std::optional<Message> read(std::string_view bytes, int depth) {
  constexpr int kDeepest = 20;
  Message fields;
  if (depth > kDeepest) return std::nullopt;
  while (!bytes.empty()) {
    auto field = take_field(bytes, depth);
    if (!field) return std::nullopt;
    fields.push_back(std::move(*field));
  }
  return fields;
}

inline std::string written(const Message& fields) {
  std::string out;
  for (const auto& field : fields) {
    put_number(out, field.number << 3 | field.wire);
    if (field.wire == 0) put_number(out, field.value);
    const auto bytes = field.inner.empty() ? field.bytes : written(field.inner);
    if (field.wire == 2) put_number(out, bytes.size());
    if (field.wire != 0) out += bytes;
  }
  return out;
}

inline void messages_in(Message& message, std::vector<Message*>& out) {
  if (message.empty()) return;
  out.push_back(&message);
  for (auto& field : message) messages_in(field.inner, out);
}

/// One field of `message` becomes another; `all` are the messages that one may be copied from.
inline void change_field(Message& message, const std::vector<Message*>& all, Choice& choice) {
  const auto at = choice.below(message.size());
  Field& field = message[at];
  switch (choice.below(8)) {
    case 0:
      message.erase(message.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1:
      std::swap(field, message[choice.below(message.size())]);
      break;
    case 2: {
      const Message& other = *all[choice.below(all.size())];
      Field copy = other[choice.below(other.size())];
      message.insert(message.begin() + static_cast<std::ptrdiff_t>(at), std::move(copy));
      break;
    }
    case 3:
      field.number = 1 + choice.below(26);
      break;
    case 4: {
      Field within = field;
      field.wire = 2, field.inner = {std::move(within)};
      break;
    }
    default:
      if (field.wire == 0)
        field.value = choice.number(field.value);
      else if (field.inner.empty())
        field.bytes = mutated_freely(field.bytes, field.wire == 2 ? 8 : 0),
        field.bytes.resize(field.wire == 1   ? 8
                           : field.wire == 5 ? 4
                                             : field.bytes.size());
      else
        field.inner.pop_back(), field.bytes.clear();
  }
}

inline std::string mutated(std::string_view bytes, Choice& choice) {
  auto whole = read(bytes);
  if (!whole || whole->empty()) return {};
  for (auto left = 1 + choice.below(3); left > 0 && !whole->empty(); --left) {
    std::vector<Message*> all;
    messages_in(*whole, all);
    change_field(*all[choice.below(all.size())], all, choice);
  }
  return written(*whole);
}

}  // namespace alidade::fuzz::protobuf
