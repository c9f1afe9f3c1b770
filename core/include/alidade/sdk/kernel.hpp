#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

#include "alidade/base/ids.hpp"
#include "alidade/base/units.hpp"
#include "alidade/sdk/precision.hpp"

namespace alidade {

/// What a kernel does, as devices tell kernels apart.
enum class KernelKind : std::uint8_t {
  gemm,
  conv,
  depthwise,  ///< a convolution with one input channel a group
  attention,
  recurrent,
  pointwise,
  row_wise,  ///< norms, softmax, reductions: along rows
  window,    ///< pooling and resampling
  gather,    ///< gather, scatter, embedding: bytes at places that the data name
  sort,
  copy,     ///< moves bytes: transpose, concat, pad, cast
  opaque,   ///< an unknown operator, or one of a kind that has no problem here: spectra, factorisations
  control,  ///< if, loop, scan, call: takes what its regions take
};
[[nodiscard]] std::string_view name(KernelKind kind);

/// `groups` times [m, k] x [k, n], one weight or one product of a batch each. `experts` > 0: each of m rows
/// meets one of that many right operands.
struct GemmProblem {
  std::uint64_t groups = 1, m = 0, n = 0, k = 0, experts = 0;
  bool transposed_left = false, transposed_right = false;  ///< as stored
  bool weight = false;                                     ///< the right operand comes with the model
};

using Sizes3 = std::array<std::uint32_t, 3>;  ///< up to three spatial dimensions, in order; 1 for none

/// A convolution, or a pool with as many groups as channels. Of a transposed one `in` is still its input.
struct ConvProblem {
  std::uint64_t batch = 1, in_channels = 0, out_channels = 0, groups = 1;
  Sizes3 in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1}, strides{1, 1, 1}, dilations{1, 1, 1};
  std::uint8_t rank = 0;  ///< spatial dimensions
  bool transposed = false;
  bool channels_last = false;  ///< how its input and result lie
};
/// The product that a convolution is when its windows are written out as rows; of a transposed one the
/// product whose results are summed into its windows.
[[nodiscard]] GemmProblem unrolled(const ConvProblem& conv);

/// softmax(query keyT) value, for every batch and head. Causal: a query sees the keys up to its own place.
struct AttentionProblem {
  std::uint64_t batch = 1, heads = 1, kv_heads = 1, query = 0, key = 0, width = 0, value_width = 0;
  std::uint8_t rank = 4;  ///< of its operands; libraries have no fused kernel for more than 4
  bool causal = false, masked = false;
};
struct RecurrentProblem {
  std::uint64_t steps = 0, batch = 1, input = 0, hidden = 0, gates = 1, directions = 1, layers = 1;
};
/// `rows` times `columns` elements, worked along the columns, each `inner` elements after the one before:
/// a norm, a softmax or a reduction; rows that are picked from a table; rows that are sorted. `passes`: how
/// often a row is read where it does not stay on the chip.
struct RowProblem {
  std::uint64_t rows = 0, columns = 0, inner = 1, passes = 1;
};
/// Nothing where a size is not known, and for kernels that need no more than their traffic.
using Problem =
    std::variant<std::monostate, GemmProblem, ConvProblem, AttentionProblem, RecurrentProblem, RowProblem>;

/// A tensor, or the part of it, that a kernel reads or writes: each byte once.
struct Access {
  static constexpr std::uint32_t kNone = 0xffffffff;
  ValueId value;  ///< in whose memory it lies; none for what the user states beyond the operands
  Bytes bytes;    ///< in the type that it has in memory when this runs: the least
  Upper bytes_upper;
  std::uint32_t kernel = kNone;  ///< of a read: which kernel wrote it; none: stored, an input, or of a region
  Dtype type = Dtype::unknown;   ///< that type
  bool weight = false;           ///< comes with the model
};

/// Elements that a kernel's operators beside its products work on, all of them added up, by what they do.
struct ElementCounts {
  std::uint64_t pointwise = 0;  ///< results of element-wise operators, inference's batch norm and casts
  std::uint64_t special = 0;    ///< exponentials, error functions, tangents, powers: two in a GELU
  std::uint64_t rows = 0;       ///< that norms and softmax read
  std::uint64_t reduced = 0;    ///< that sums, means and pools over whole maps read
  std::uint64_t windows = 0;    ///< in all windows of pools
  std::uint64_t moved = 0;      ///< transposed, padded, tiled, picked from tables
  std::uint64_t joined = 0;     ///< concatenated
};

/// What one launch does. Figures are of one run: the least, those that end in _upper the most.
struct Kernel {
  KernelKind kind = KernelKind::opaque;
  Arithmetic arithmetic = Arithmetic::f32;  ///< of `matrix`, and of `vector` where there is no product
  Dtype sums = Dtype::f32;                  ///< that sums of products are kept in
  bool cast = false;          ///< put in by the precision, no operator of the model: `node` is who wants it
  bool transpose = false;     ///< put in by the layout, likewise
  bool conditional = false;   ///< it may not run: it is in a branch or a loop that only the data decide
  std::uint8_t products = 0;  ///< contractions in it; `problem` is of the largest, side by side of their sum
  NodeId node;                ///< the operator that it is named after: the largest product, or the last
  Problem problem;
  Flops matrix, vector;  ///< of contractions, and all others
  Upper matrix_upper, vector_upper;
  Bytes read, written;  ///< sums over its accesses
  Upper read_upper, written_upper;
  std::uint64_t elements = 0;  ///< of the largest tensor that it reads or writes; 0: not known
  ElementCounts counts;        ///< of sizes that are known
  std::uint64_t runs = 1;      ///< the least; 1 for what may not run at all
  Upper runs_upper = 1;
  std::uint32_t first_node = 0, node_count = 0;  ///< its operators, views among them: see KernelGraph::nodes
  std::uint32_t first_read = 0, read_count = 0, first_write = 0, write_count = 0;

  [[nodiscard]] Bytes traffic() const { return read + written; }
  /// All of its work and its traffic are known.
  [[nodiscard]] bool known() const {
    return matrix_upper == matrix.value && vector_upper == vector.value && read_upper == read.value &&
           written_upper == written.value;
  }
};

}  // namespace alidade
