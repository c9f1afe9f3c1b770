#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "aten/graph_draft.hpp"
#include "libtorch.hpp"
#include "packed.hpp"

namespace alidade::torchscript {

[[nodiscard]] Dtype dtype_of(c10::ScalarType type);
[[nodiscard]] std::optional<c10::ScalarType> scalar_type_of(Dtype dtype);

/// A transposition of a weight that is not in the graph as long as only matrix products read it.
struct Permuted {
  std::string name, foreign;
  ModuleId module;
};

/// What the tensors that libtorch holds are in the graph. A tensor is known by its address: one that an
/// operator changed in place is another value from there on, a view is a value of its own. A tensor in
/// memory, rather than on the meta device, has elements that are known; without dimensions it is a number.
class Tensors {
 public:
  explicit Tensors(aten::GraphDraft& draft) : draft_(draft) {}

  void define(const at::Tensor& tensor, ValueId value) { held_[key(tensor)] = {tensor, value, {}}; }
  /// The tensor is the transpose of a weight.
  void define(const at::Tensor& tensor, ValueId weight, Permuted permuted) {
    held_[key(tensor)] = {tensor, weight, std::move(permuted)};
  }
  [[nodiscard]] bool knows(const at::Tensor& tensor) const { return held_.contains(key(tensor)); }
  /// A tensor that nobody defined is a constant of the program.
  [[nodiscard]] ValueId value(const at::Tensor& tensor);
  /// The value of a weight, and whether the tensor is the transpose of it.
  [[nodiscard]] std::pair<ValueId, bool> weight(const at::Tensor& tensor);

  /// A tensor of these sizes; where they are not all known, or not even how many there are, it is vague: no
  /// operator of libtorch may see it.
  [[nodiscard]] at::Tensor make(c10::ScalarType type, std::optional<std::vector<Dim>> dims);
  [[nodiscard]] bool is_vague(const at::Tensor& tensor) const { return vague_.contains(key(tensor)); }
  /// The sizes of any tensor; nothing when not even their number is known.
  [[nodiscard]] std::optional<std::vector<Dim>> dims(const at::Tensor& tensor) const;
  [[nodiscard]] TypeId type(const at::Tensor& tensor);
  /// Another tensor of the same shape, and one of the shape that two have in common.
  [[nodiscard]] at::Tensor twin(const at::Tensor& tensor);
  [[nodiscard]] at::Tensor common(const at::Tensor& a, const at::Tensor& b);

  /// An object that packs weights, and what is in it.
  void hold(const c10::ivalue::Object& object, Parts parts) { packed_[&object] = std::move(parts); }
  [[nodiscard]] const Parts* parts(const c10::IValue& value) const;
  [[nodiscard]] const c10::IValue* part(const c10::IValue& value, std::string_view name) const;

  /// The element type of an input was not recorded, and is assumed; of its views, too.
  void assume(const at::Tensor& tensor, std::string input) { assumed_[key(tensor)] = std::move(input); }
  [[nodiscard]] const std::string* assumed(const at::Tensor& tensor) const {
    const auto found = assumed_.find(key(tensor));
    return found == assumed_.end() ? nullptr : &found->second;
  }

  /// What tensors stand for, to be brought back when a region ends.
  struct Held {
    at::Tensor tensor;
    ValueId value;
    std::optional<Permuted> permuted;
  };
  using Snapshot = std::unordered_map<const void*, Held>;
  [[nodiscard]] Snapshot snapshot() const { return held_; }
  void restore(Snapshot before) { held_ = std::move(before); }
  /// How constants are called and what they count as: in a frozen module the weights are among them.
  void frozen() { constants_ = ValueKind::parameter; }

 private:
  struct Vague {
    at::Tensor tensor;
    std::optional<std::vector<Dim>> dims;
  };
  [[nodiscard]] static const void* key(const at::Tensor& tensor) { return tensor.unsafeGetTensorImpl(); }
  [[nodiscard]] ValueId constant(const at::Tensor& tensor);
  [[nodiscard]] ValueId written_out(const at::Tensor& tensor, Held held);

  aten::GraphDraft& draft_;
  Snapshot held_;
  std::unordered_map<const void*, Vague> vague_;
  std::unordered_map<const void*, std::string> assumed_;
  std::unordered_map<const void*, Parts> packed_;
  ValueKind constants_ = ValueKind::constant;
  std::size_t constant_count_ = 0;
};

/// Whether the tensor is a number that is known: in memory, without dimensions.
[[nodiscard]] inline bool is_number(const at::Tensor& tensor) {
  return !tensor.is_meta() && tensor.dim() == 0;
}

}  // namespace alidade::torchscript
