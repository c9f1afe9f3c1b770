#pragma once
#include <initializer_list>
#include <string>
#include <vector>

#include "operation.hpp"

namespace alidade::aten {

/// What an operator is made of, node by node: `s(Op::sub, {x, y}, type)` adds one and gives its result.
class Steps {
 public:
  explicit Steps(Operation& o) : o_(o) {}
  ValueId operator()(Op op, std::initializer_list<ValueId> inputs, TypeId type) {
    return o_.step(op, inputs, type, std::string(name(op)) + std::to_string(++made_));
  }
  template <class A>
  ValueId operator()(Op op, std::initializer_list<ValueId> inputs, TypeId type, const A& attrs) {
    const ValueId made = (*this)(op, inputs, type);
    o_.draft().builder.attrs(o_.draft().last(), attrs);
    return made;
  }

  /// One node that makes several values.
  std::vector<ValueId> all(Op op, std::initializer_list<ValueId> inputs, const std::vector<TypeId>& types) {
    return o_.steps(op, std::span(inputs.begin(), inputs.size()), types,
                    std::string(name(op)) + std::to_string(++made_));
  }

 private:
  Operation& o_;
  int made_ = 0;
};

/// Nodes that make values of one type: `e(Op::mul, {x, y})`.
class Elements {
 public:
  Elements(Operation& o, TypeId type) : o(o), type(type), steps_(o) {}
  ValueId operator()(Op op, std::initializer_list<ValueId> inputs) { return steps_(op, inputs, type); }
  /// A truth for each element.
  ValueId truth(Op op, std::initializer_list<ValueId> inputs) {
    return steps_(op, inputs, o.draft().types.make(Dtype::boolean, o.draft().types[type].dims));
  }
  ValueId number(const std::string& text) { return o.draft().scalar(o.draft().types[type].dtype, text); }
  Steps& steps() { return steps_; }

  Operation& o;
  const TypeId type;

 private:
  Steps steps_;
};

using Dims = std::vector<Dim>;
[[nodiscard]] Dims dims_of(Operation& o, ValueId v);
[[nodiscard]] TypeId type_of(Operation& o, ValueId like,
                             const Dims& dims);  ///< with the element type of `like`
[[nodiscard]] Dim smaller(Dim a, Dim b);         ///< unknown unless both are numbers, or the same
/// The tensor with dimensions of 1 put in, so that it has these; the shape alone changes.
[[nodiscard]] ValueId reshaped(Operation& o, Steps& s, ValueId x, const Dims& dims);
/// A row of numbers as it lies along one axis of another tensor.
[[nodiscard]] ValueId along_axis(Operation& o, Steps& s, ValueId row, ValueId of, std::int64_t axis);
/// The type that two operands broadcast to.
[[nodiscard]] TypeId broadcast(Operation& o, ValueId a, ValueId b);
/// A tensor without some of its dimensions, or with 1 in their place.
[[nodiscard]] TypeId reduced_type(Operation& o, ValueId x, const std::vector<std::int64_t>& axes,
                                  bool keep = false);
[[nodiscard]] AxesAttrs axes_attrs(Operation& o, const std::vector<std::int64_t>& axes, bool keep = false);
/// A reduction of x along some dimensions, as a step.
[[nodiscard]] ValueId reduced(Operation& o, Steps& s, Op op, ValueId x, const std::vector<std::int64_t>& axes,
                              bool keep = false);
[[nodiscard]] ValueId number_beside(Operation& o, ValueId x, const std::string& number);

}  // namespace alidade::aten
