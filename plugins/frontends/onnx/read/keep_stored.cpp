#include "keep_stored.hpp"

#include <array>

#include "map/call.hpp"
#include "translate.hpp"

namespace alidade::onnx_file {
namespace {

/// Letters of a tensor of texts, or of an attribute that holds some.
std::int64_t letters(ReadState& r, const Value& value) {
  std::int64_t bytes = 0;
  const Origin& from = r.origin(value);
  Cursor c(from.stored_as, from.tensor ? "TensorProto" : "AttributeProto", r.damage);
  const auto holds_text = [&] { return from.tensor ? c.field() == 6 : c.field() == 4 || c.field() == 9; };
  while (c.next())
    if (c.is_bytes() && holds_text())
      bytes += static_cast<std::int64_t>(c.bytes().size());
    else
      c.skip();
  return bytes;
}

TypeId stored_type(ReadState& r, const Value& value) {
  if (r.types[value.type].dtype != Dtype::text) return value.type;
  return r.types.make(Dtype::u8, std::array{Dim(letters(r, value))});
}

/// What an operator of the file reads, and the graph does not have, is no weight: a size, a scale of a
/// resize.
ValueKind unread_kind(const ReadState& r, std::uint32_t index) {
  const Value& value = r.values[index];
  const bool setting =
      value.is_operand && r.origin(value).spec_kind.empty() && is_floating(r.types[value.type].dtype);
  return setting ? ValueKind::constant : r.kind_of(index);
}

}  // namespace

void keep_unread(ReadState& r, std::size_t first) {
  for (auto i = static_cast<std::uint32_t>(first); i < r.values.size(); ++i) {
    Value& value = r.values[i];
    if (value.state != Value::State::stored || value.id.valid()) continue;
    const Text stored_as = r.origin(value).stored_as;
    if (stored_as.empty()) continue;
    r.give_id(i, r.stored.add({.kind = unread_kind(r, i),
                               .name = value.home->shown(value.name),
                               .type = stored_type(r, value),
                               .place = place_of(stored_as),
                               .numbers = r.small_table(i),
                               .is_read = false}));
  }
}

void keep_stored_of(Call& call, Text graph) {
  ReadState& r = call.reading();
  const auto mark = r.mark();
  ++r.branches;
  const NodeId owner = r.builder.node(Op::if_else, call.name(), {}, {});
  (void)translate_region(r, call.scope(), owner, decode_graph(graph, r.damage), {});
  --r.branches;
  auto kept = r.stored.since(mark.stored);
  r.rewind(mark);
  for (auto& tensor : kept) tensor.is_read = false, r.stored.add(std::move(tensor));
}

}  // namespace alidade::onnx_file
