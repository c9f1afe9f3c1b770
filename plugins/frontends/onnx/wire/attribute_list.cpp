#include "decode.hpp"

namespace alidade::onnx_file {

void AttributeList::add(Text message, Damage& damage) {
  Attribute a;
  a.message = message;
  const std::size_t ints_first = ints.size(), floats_first = floats.size(), strings_first = strings.size();
  Cursor c(message, "AttributeProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        a.name = c.bytes();
        break;
      case 2:
        a.f = c.real();
        break;
      case 3:
        a.i = c.integer();
        break;
      case 4:
        a.s = c.bytes();
        break;
      case 5:
        a.tensor = c.bytes();
        break;
      case 6:
        a.graph = c.bytes();
        break;
      case 7:
        c.reals([&](float f) { floats.push_back(f); });
        break;
      case 8:
        c.integers([&](std::int64_t i) { ints.push_back(i); });
        break;
      case 9:
        strings.push_back(c.bytes());
        break;
      case 14:
        a.type_proto = c.bytes();
        break;
      case 20:
        a.type = static_cast<std::int32_t>(c.varint());
        break;
      case 21:
        a.reference = c.bytes();
        break;
      case 22:
        a.sparse = c.bytes();
        break;
      default:
        c.skip();
    }
  a.ints = tail(ints, ints_first), a.floats = tail(floats, floats_first),
  a.strings = tail(strings, strings_first);
  all.push_back(a);
}

const Attribute* AttributeList::find(Text name) const {
  for (const auto& a : all)
    if (a.name == name) return &a;
  return nullptr;
}

void nested_graphs(const Body& body, const Node& node, std::vector<Text>& graphs, Damage& damage) {
  for (std::uint32_t i = 0; i < node.attributes.count; ++i) {
    Cursor c(body.attributes[node.attributes.first + i], "AttributeProto", damage);
    while (c.next()) {
      if (c.field() == 6 || c.field() == 11)
        graphs.push_back(c.bytes());
      else
        c.skip();
    }
  }
}

}  // namespace alidade::onnx_file
