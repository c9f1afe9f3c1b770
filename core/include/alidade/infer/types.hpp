#pragma once
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "alidade/infer/shapes.hpp"
#include "alidade/infer/sizes.hpp"

namespace alidade::infer {

/// The types of a graph that is being built: kept once by the builder, and readable back. Spans and texts
/// stay valid as long as this lives.
class Types {
 public:
  explicit Types(GraphBuilder& builder, const Bindings& bindings = no_bindings())
      : sizes(builder, bindings), builder_(builder) {}

  Sizes sizes;

  TypeId make(Dtype dtype, std::span<const Dim> dims);
  TypeId make(Dtype dtype, const std::vector<Dim>& dims) { return make(dtype, std::span(dims)); }
  TypeId make(Dtype dtype, const Shape& shape) {
    return shape ? make(dtype, std::span(*shape)) : unranked(dtype);
  }
  TypeId unranked(Dtype dtype);
  TypeId scalar(Dtype dtype) { return make(dtype, std::span<const Dim>()); }
  [[nodiscard]] const TensorType& operator[](TypeId id) const { return rows_[id.index].type; }
  [[nodiscard]] Shape shape(TypeId id) const { return id.valid() ? shape_of((*this)[id]) : Shape(); }

  /// Same dimensions, another element type.
  TypeId with_dtype(TypeId like, Dtype dtype);
  /// Where `better` knows a dimension (or the rank, or the element type) that `id` does not, take it.
  TypeId merged(TypeId id, TypeId better);
  /// Dimensions that differ become unknown: what is true on two ways of a branch.
  TypeId common(TypeId a, TypeId b);
  /// Whether both cannot be true of one tensor: another rank, element type or size.
  [[nodiscard]] bool contradict(TypeId a, TypeId b) const;
  [[nodiscard]] bool is_static(TypeId id) const { return rows_[id.index].type.is_static(); }
  /// Ranked, and every dimension a number or a symbol.
  [[nodiscard]] bool is_complete(TypeId id) const;
  /// How the type would be printed, for messages.
  [[nodiscard]] std::string text(TypeId id) const;

 private:
  struct Row {
    std::vector<Dim> dims;
    TensorType type;
  };
  static const Bindings& no_bindings();
  TypeId keep(TypeId id, Dtype dtype, bool ranked, std::span<const Dim> dims);

  GraphBuilder& builder_;
  std::deque<Row> rows_;  // by TypeId
};

}  // namespace alidade::infer
