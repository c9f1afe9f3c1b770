#include "read_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::uint64_t kSmallTable = 64;  // integers of this many elements belong to the program

/// Names of tensors that are stored but not trained.
bool names_buffer(Text name) {
  static constexpr std::array kEnds{Text("running_mean"),
                                    Text("running_var"),
                                    Text("num_batches_tracked"),
                                    Text("inv_freq"),
                                    Text("position_ids"),
                                    Text("token_type_ids"),
                                    Text("relative_position_index"),
                                    Text("attn_mask"),
                                    Text("causal_mask"),
                                    Text("anchor_points"),
                                    Text("cos_cached"),
                                    Text("sin_cached")};
  return std::ranges::any_of(kEnds, [&](Text end) { return name.ends_with(end); });
}

}  // namespace

ReadState::ReadState(const ReadRequest& asked, ModelView& view, Bindings with)
    : request(asked),
      model(view),
      bindings(std::move(with)),
      signature(view.graph),
      types(builder, bindings),
      hierarchy(builder) {
  types.damage = &damage;
  types.input_names = dimension_names(model.graph);
}

ValueKind ReadState::kind_of(std::uint32_t index) const {
  const Value& value = values[index];
  const Origin& from = origin(value);
  if (from.spec_kind == "PARAMETER") return ValueKind::parameter;
  if (from.spec_kind == "BUFFER" || names_buffer(value.name)) return ValueKind::buffer;
  const TensorType t = types[value.type];
  const auto count = t.elements();
  const bool several = !count || count->get() != 1;
  if (is_floating(t.dtype))
    return several && !names_parameters && from.spec_kind.empty() && !from.stored_as.empty()
               ? ValueKind::parameter
               : ValueKind::constant;
  return count && count->get() && *count->get() <= kSmallTable ? ValueKind::constant : ValueKind::buffer;
}

void ReadState::count_as_weight(std::uint32_t index, int most_bits) {
  const Dtype dtype = types[values[index].type].dtype;
  if (!origin(values[index]).spec_kind.empty() || !is_integer(dtype) || alidade::bits(dtype) > most_bits)
    return;
  stored.kind(id_of(index), ValueKind::parameter);
}

ValueId ReadState::id_of(std::uint32_t index) {
  Value& value = values[index];
  if (value.id.valid()) return value.id;
  if (!value.type.valid()) value.type = types.unranked(Dtype::unknown);
  give_id(index, stored.add({.kind = kind_of(index),
                             .name = value.home->shown(value.name),
                             .type = value.type,
                             .place = place_of(origin(value).stored_as),
                             .numbers = small_table(index)}));
  return value.id;
}

std::optional<std::vector<std::int64_t>> ReadState::small_table(std::uint32_t index) {
  const Literal* literal = literal_of(index);
  if (!literal || literal->is_floating() || literal->elements.size() > kSmallTable || !literal->all_numbers())
    return std::nullopt;
  return literal->integers();
}

void ReadState::give_id(std::uint32_t index, ValueId id) {
  touched_.push_back(index);
  values[index].id = id;
}

const Literal* ReadState::literal_of(std::uint32_t index) {
  Value& value = values[index];
  if (const Tensor* tensor = origin(value).tensor; value.literal == -1 && tensor) {
    value.literal = -2;
    if (auto literal = read_literal(*tensor)) set_literal(index, std::move(*literal));
  }
  return value.literal >= 0 ? &literals[static_cast<std::size_t>(value.literal)] : nullptr;
}

void ReadState::set_literal(std::uint32_t index, Literal literal) {
  touched_.push_back(index);
  values[index].literal = static_cast<std::int32_t>(literals.size());
  literals.push_back(std::move(literal));
}

const Origin& ReadState::origin(const Value& value) const {
  static constexpr Origin kUnsaid;
  return value.origin == kNoIndex ? kUnsaid : origins[value.origin];
}

/// A new one each time: values that were copied share theirs.
void ReadState::set_origin(Value& value, const Origin& origin) {
  value.origin = static_cast<std::uint32_t>(origins.size());
  origins.push_back(origin);
}

bool ReadState::is_anchored(Dim size) {
  const auto s = size.symbol().index;
  if (s >= anchored_.size()) anchored_.resize(s + 1, -1);
  if (anchored_[s] < 0)
    anchored_[s] = std::ranges::all_of(symbols_in(types.sizes.expression(size)),
                                       [&](const std::string& name) { return input_symbols.contains(name); });
  return anchored_[s] != 0;
}

TypeId ReadState::merged(TypeId stated, TypeId inferred) {
  if (!stated.valid() || !inferred.valid() || stated == inferred) return types.merged(stated, inferred);
  const TypeId made = types.merged(stated, inferred);
  const TensorType t = types[made], other = types[inferred];
  if (!t.ranked || t.rank() != other.rank()) return made;
  std::vector<Dim> dims(t.dims.begin(), t.dims.end());
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (dims[i].is_symbolic() && other.dims[i].is_symbolic() && !is_anchored(dims[i]) &&
        is_anchored(other.dims[i]))
      dims[i] = other.dims[i];
  return types.make(t.dtype, dims);
}

bool ReadState::is_sized(TypeId type) {
  if (!type.valid() || !types[type].ranked) return false;
  return std::ranges::all_of(types[type].dims,
                             [&](Dim d) { return d.is_known() || (d.is_symbolic() && is_anchored(d)); });
}

void ReadState::note_elsewhere(NodeId node, Text tensor) {
  builder.note(Severity::note, "sizes-elsewhere",
               "sizes of its result are the numbers of " + text::quoted(tensor) +
                   ", which lie in another file that is not read; "
                   "onnx.save(..., size_threshold=1024) leaves small tensors in the model's own",
               node);
}
void ReadState::note_contradiction(const Value& value, TypeId inferred) {
  if (tallies.contradictions++ == 0)
    tallies.contradiction =
        fmt::format("{} is {} as the file states it and {} as its operands make it", text::quoted(value.name),
                    types.text(value.type), types.text(inferred));
}

void ReadState::set_sequence(Value& value, Sequence sequence) {
  value.sequence = static_cast<std::int32_t>(sequences.size());
  if (sequence.any.valid()) value.type = sequence.any;
  if (sequence.any.valid() && value.id.valid()) builder.type(value.id, value.type);
  sequences.push_back(std::move(sequence));
}

int ReadState::opset(const NameScope& scope, Text domain) const {
  for (const auto& import : *scope.opsets)
    if (import.domain == domain) return static_cast<int>(std::clamp<std::int64_t>(import.version, 1, 10000));
  return 1;
}

ReadState::Mark ReadState::mark() const {
  return {builder.mark(),   values.size(),   literals.size(), tensors.size(),
          sequences.size(), touched_.size(), opaque.size(),   impossible.size(),
          untaken.size(),   stored.size(),   nodes,           steps,
          tallies};
}

void ReadState::rewind(const Mark& mark) {
  repeated += steps - mark.steps + 1;
  builder.rewind(mark.graph), stored.cut(mark.stored);
  for (auto i = mark.touched; i < touched_.size(); ++i) {
    if (touched_[i] >= mark.values) continue;
    Value& value = values[touched_[i]];
    if (value.id.valid() && value.id.index >= mark.graph.values) value.id = ValueId();
    if (value.literal >= static_cast<std::int32_t>(mark.literals)) value.literal = -1;
  }
  values.resize(mark.values), touched_.resize(mark.touched), literals.resize(mark.literals);
  tensors.resize(mark.tensors), sequences.resize(mark.sequences);
  nodes = mark.nodes, tallies = mark.tallies;
  opaque.resize(mark.opaque), impossible.resize(mark.impossible), untaken.resize(mark.untaken);
  error.reset();
}

bool ReadState::is_in_file(Text bytes) const {
  return bytes.data() >= damage.file.data() && bytes.data() < damage.file.data() + damage.file.size();
}

Text ReadState::foreign(Text domain, Text op) {
  foreign_.assign(domain.empty() ? "ai.onnx" : domain);
  (foreign_ += "::") += op;
  return foreign_;
}

bool ReadState::check(const Tensor& t) {
  const auto where = "tensor " + text::quoted(t.name);
  if (t.dims.size() > kMostDims)
    return refuse(
               Fault::limit,
               fmt::format("a tensor has {} dimensions, allowed {}", text::grouped(t.dims.size()), kMostDims),
               where),
           false;
  for (const auto d : t.dims)
    if (d < 0)
      return refuse(Fault::model,
                    fmt::format("a dimension of a stored tensor is {}; sizes are not negative", d), where),
             false;
  const auto count = element_count(t.dims);
  const int width = bits(dtype_of(t.elem_type));
  if (!count || (width > 0 && *count > (std::uint64_t{1} << 62) / static_cast<std::uint64_t>(width)))
    return refuse(Fault::model, "the element count of a stored tensor overflows 64 bits", where), false;
  if (dtype_of(t.elem_type) == Dtype::text && !t.raw.empty())
    return refuse(Fault::model, "a stored tensor of strings holds raw_data", where), false;
  if (t.has_raw && t.has_typed && !t.raw.empty())
    return refuse(Fault::model, "a stored tensor holds its contents twice, as raw_data and as a typed list",
                  where),
           false;
  const std::uint64_t bytes = (*count * static_cast<std::uint64_t>(width) + 7) / 8;
  if (t.has_raw && !t.external && !t.raw.empty() && width > 0 && t.raw.size() != bytes)
    return refuse(Fault::model,
                  fmt::format("raw_data holds {} bytes and its dimensions need {}", t.raw.size(), bytes),
                  where),
           false;
  return true;
}

}  // namespace alidade::onnx_file
