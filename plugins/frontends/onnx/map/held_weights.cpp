#include "held_weights.hpp"

#include "infer/types.hpp"
#include "wire/decode.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::uint32_t kFew = 16;  ///< numbers of a setting, not of weights

/// Floats are trained; whole numbers and texts say how a tree or a table is built. How often a node of a tree
/// was met in training is no part of what it computes.
ValueKind kind_of(Text name, Dtype dtype) {
  return is_floating(dtype) && !name.contains("hitrates") ? ValueKind::parameter : ValueKind::buffer;
}

class Held {
 public:
  Held(Call& call, std::vector<ValueId>& operands)
      : call_(call), few_(call.domain() == "ai.onnx.ml" ? 0 : kFew), operands_(operands) {}

  Unbounded add_all() {
    for (const auto& a : call_.attributes().all)
      if (!a.graph.empty()) return Unbounded::graphs;
    const auto before = operands_.size();
    for (const auto& a : call_.attributes().all) add(a);
    return operands_.size() > before ? Unbounded::stored : Unbounded::no;
  }

 private:
  void add(const Attribute& a) {
    if (!a.tensor.empty()) add_tensor(a);
    if (a.floats.count > few_) add(a, Dtype::f32, {Dim(a.floats.count)});
    if (a.ints.count > few_) add(a, Dtype::i64, {Dim(a.ints.count)});
    if (a.strings.count > few_) add_texts(a);
  }
  void add(const Attribute& a, Dtype dtype, std::vector<Dim> dims) {
    operands_.push_back(call_.stored(a.name, kind_of(a.name, dtype), call_.types().make(dtype, dims),
                                     {call_.reading().is_in_file(a.message) ? a.message.data() : nullptr}));
  }
  void add_tensor(const Attribute& a) {
    auto& reading = call_.reading();
    const Tensor tensor = decode_tensor(a.tensor, reading.damage);
    if (!reading.check(tensor)) return;
    add(a, dtype_of(tensor.elem_type), std::vector<Dim>(tensor.dims.begin(), tensor.dims.end()));
  }
  /// As many bytes as the file has letters.
  void add_texts(const Attribute& a) {
    std::int64_t bytes = 0;
    for (std::uint32_t i = 0; i < a.strings.count; ++i)
      bytes += static_cast<std::int64_t>(call_.attributes().strings[a.strings.first + i].size());
    add(a, Dtype::u8, {Dim(bytes)});
  }

  Call& call_;
  std::uint32_t few_;
  std::vector<ValueId>& operands_;
};

}  // namespace

Unbounded hold_weights(Call& call, std::vector<ValueId>& operands) { return Held(call, operands).add_all(); }

}  // namespace alidade::onnx_file
