#pragma once
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

namespace onnx_test {

/// Writes protobuf messages field by field, wrong ones too: no schema stands in the way.
class Message {
 public:
  Message& number(std::uint32_t field, std::uint64_t value) { return key(field, 0).varint(value); }
  Message& text(std::uint32_t field, std::string_view bytes) {
    key(field, 2).varint(bytes.size());
    bytes_ += bytes;
    return *this;
  }
  Message& part(std::uint32_t field, const Message& message) { return text(field, message.bytes_); }
  Message& real(std::uint32_t field, float value) {
    key(field, 5);
    char raw[4];
    std::memcpy(raw, &value, 4);
    bytes_.append(raw, 4);
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  Message& key(std::uint32_t field, std::uint32_t wire) { return varint(field << 3 | wire); }
  Message& varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  std::string bytes_;
};

using Names = std::initializer_list<std::string_view>;

inline Message ints(std::string_view name, std::initializer_list<std::int64_t> values) {
  Message a;
  a.text(1, name);
  for (const auto v : values) a.number(8, static_cast<std::uint64_t>(v));
  return a.number(20, 7);
}
inline Message integer(std::string_view name, std::int64_t value) {
  return Message().text(1, name).number(3, static_cast<std::uint64_t>(value)).number(20, 2);
}
inline Message real(std::string_view name, float value) {
  return Message().text(1, name).real(2, value).number(20, 1);
}
inline Message graph_attribute(std::string_view name, const Message& graph) {
  return Message().text(1, name).part(6, graph).number(20, 5);
}

inline Message node(std::string_view op, Names inputs, Names outputs, std::string_view name = {},
                    std::initializer_list<Message> attributes = {}, std::string_view domain = {}) {
  Message n;
  for (const auto i : inputs) n.text(1, i);
  for (const auto o : outputs) n.text(2, o);
  if (!name.empty()) n.text(3, name);
  n.text(4, op);
  for (const auto& a : attributes) n.part(5, a);
  if (!domain.empty()) n.text(7, domain);
  return n;
}

inline Message tensor(std::string_view name, std::initializer_list<std::int64_t> dims, int elem_type = 1) {
  Message t;
  for (const auto d : dims) t.number(1, static_cast<std::uint64_t>(d));
  return t.number(2, static_cast<std::uint64_t>(elem_type)).text(8, name);
}

inline Message value(std::string_view name, std::initializer_list<std::int64_t> dims, int elem_type = 1) {
  Message shape;
  for (const auto d : dims) shape.part(1, Message().number(1, static_cast<std::uint64_t>(d)));
  return Message().text(1, name).part(
      2, Message().part(1, Message().number(1, static_cast<std::uint64_t>(elem_type)).part(2, shape)));
}

/// A graph of nodes with input x f32[1,3,8,8] and output y.
inline Message graph(std::initializer_list<Message> nodes, std::initializer_list<Message> weights = {},
                     std::string_view output = "y") {
  Message g;
  for (const auto& n : nodes) g.part(1, n);
  g.text(2, "g");
  for (const auto& w : weights) g.part(5, w);
  return g.part(11, value("x", {1, 3, 8, 8})).part(12, Message().text(1, output));
}

inline Message opset(std::uint64_t version, std::string_view domain = {}) {
  return Message().text(1, domain).number(2, version);
}

inline Message model(const Message& graph, std::uint64_t version = 18) {
  return Message().number(1, 8).part(7, graph).part(8, opset(version));
}

}  // namespace onnx_test
