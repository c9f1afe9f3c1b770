#pragma once
#include <deque>
#include <span>
#include <vector>

#include "alidade/ir/builder.hpp"

namespace alidade::aten {

/// The types of a graph that is being built, readable back.
class Types {
 public:
  explicit Types(GraphBuilder& builder) : builder_(builder) {}
  [[nodiscard]] TypeId make(Dtype dtype, std::span<const Dim> dims);
  [[nodiscard]] TypeId unranked(Dtype dtype);
  [[nodiscard]] const TensorType& operator[](TypeId id) const { return rows_[id.index].type; }

 private:
  struct Row {
    std::vector<Dim> dims;
    TensorType type;
  };
  Row& row(TypeId id);

  GraphBuilder& builder_;
  std::deque<Row> rows_;  // by TypeId
};

}  // namespace alidade::aten
