#pragma once
#include <array>

#include "alidade/sdk/lowering.hpp"

namespace alidade::npu {

/// One product, of `groups` pairs of matrices.
struct Product {
  double groups = 0, m = 0, n = 0, k = 0;
};

/// What the formulas read of one kernel. Bytes are those of its executed types, each once.
struct Facts {
  Product products[2];  ///< an attention has two; where no sizes are known `macs` counts
  double macs = 0;      ///< of all products
  Arithmetic arithmetic = Arithmetic::f32;
  double vector_elements = 0;  ///< passes of the vector engines, in elements
  double loose_flops = 0;      ///< of sorts and of what has no problem of its own
  bool row_wise = false, gathers = false;
  double weight_bytes = 0, tensor_bytes = 0;  ///< read; read and written of all else
  double result_bytes = 0;                    ///< written
  double picked_row_bytes = 0;                ///< of a row that is picked from a table
  double arriving_bytes = 0;      ///< inputs of the model that no kernel before reads, as the host has them
  bool behind_attention = false;  ///< all that it waits for are attentions
  bool before_attention = false;  ///< an attention reads its results
  bool unread = false;            ///< no kernel reads them: the model gives them back
  bool before_products = false;   ///< one or two products with weights read them, and nothing else does
  bool before_last = false;       ///< the results of that product leave the model
};
[[nodiscard]] Facts facts_of(const KernelGraph& graph, const Kernel& kernel);

}  // namespace alidade::npu
