#pragma once
#include "alidade/sdk/lowering.hpp"

namespace alidade::cpu {

/// What CPU libraries tell apart.
enum class Kind : std::uint8_t { conv, grouped, depthwise, gemm, attention, recurrent, joined, other };

/// What the formulas read of one kernel. Bytes are those of its executed types, each once.
struct Facts {
  Kind kind = Kind::other;
  Arithmetic arithmetic = Arithmetic::f32;
  double macs = 0;              ///< of its products
  double loose_flops = 0;       ///< of sorts and of what has no problem of its own, one element at a time
  double masked_scores = 0;     ///< of an attention with a mask
  double row_elements = 0;      ///< that norms, softmax and reductions read
  double reduced_elements = 0;  ///< those of them that reductions read
  double moved_elements = 0, special_elements = 0;
  double weight_bytes = 0, tensor_bytes = 0;       ///< read; read and written of all else
  std::uint64_t window = 1;                        ///< elements of a convolution's kernel
  std::uint64_t channels = 0;                      ///< that a convolution makes
  double pooled_elements = 0, pooled_results = 0;  ///< of pools: in all their windows; that they make
  double resized_elements = 0;                     ///< that a resize makes
  bool eager = false;                              ///< one of PyTorch's operators by itself
  bool channels_last = false;                      ///< how images lie
  bool parallel = false;                           ///< large enough to be cut among cores by PyTorch
  unsigned large_tensors = 0;                      ///< read or written that are so

  [[nodiscard]] bool windowed() const { return kind == Kind::conv && window > 1; }
  /// Patches and the like: no library has a good kernel for an even window.
  [[nodiscard]] bool even() const { return windowed() && window % 2 == 0; }
};
[[nodiscard]] Facts facts_of(const KernelGraph& graph, const Kernel& kernel);

/// Whether it is of a kind and a size that the formulas were scored on.
[[nodiscard]] bool is_scored(const Facts& facts);

}  // namespace alidade::cpu
