#include "alone.hpp"

#include <algorithm>
#include <optional>

#include "../traffic/reads.hpp"

namespace alidade {
namespace fusion {
namespace {

using Wide = unsigned __int128;
constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

std::uint64_t parts(std::uint64_t size, std::uint64_t tile) { return (size + tile - 1) / tile; }

/// A side of a tensor of which a tile stays on the chip: its length, and what is moved for each tile along
/// it.
struct Side {
  std::uint64_t length, bytes;
};
/// The least over all tiles of so many elements. For each number of tiles along one side the other is as long
/// as fits.
std::uint64_t least_of_tiles(const Side& a, const Side& b, std::uint64_t elements) {
  Wide least = kMost;
  for (std::uint64_t tile = std::min(a.length, elements); tile > 0; --tile) {
    const auto count = parts(a.length, tile);
    tile = parts(a.length, count);  // the smallest of as many tiles
    const auto other = std::min(b.length, elements / tile);
    least = std::min(least, Wide(a.bytes) * count + Wide(b.bytes) * parts(b.length, other));
  }
  return static_cast<std::uint64_t>(least);
}

std::uint64_t elements_in(std::uint64_t capacity, std::uint64_t elements, std::uint64_t bytes) {
  const auto fit = bytes == 0 ? Wide(elements) : Wide(capacity) * elements / bytes;
  return static_cast<std::uint64_t>(std::clamp<Wide>(fit, 1, elements));
}

/// The product that an operator is, of as many as it does.
struct Products {
  MatrixProduct one;
  std::uint64_t count = 1;
};
std::uint64_t bytes_of(const FusionInput& s, NodeId n, std::size_t operand) {
  const auto inputs = s.graph().inputs(n);
  const ValueId root =
      operand < inputs.size() && inputs[operand].valid() ? s.reads().root(inputs[operand]) : ValueId();
  std::uint64_t bytes = 0;
  for (const auto& read : s.reads().of(n))
    if (root.valid() && read.root == root) bytes += read.bytes;
  return bytes;
}

/// How many products side by side an operator is, each with a part of both operands.
std::uint64_t count_of(const Graph& g, NodeId n) {
  if (g.op(n) == Op::conv) return static_cast<std::uint64_t>(g.attrs<ConvAttrs>(n).groups);
  const auto right = g.type(g.inputs(n)[1]);
  std::uint64_t count = 1;
  for (std::size_t d = 0; d + 2 < right.rank(); ++d)
    count *= static_cast<std::uint64_t>(right.dims[d].size());
  return count;
}

std::optional<Products> products_of(const FusionInput& s, NodeId n) {
  const Graph& g = s.graph();
  const Op op = g.op(n);
  if ((op != Op::conv && op != Op::linear && op != Op::matmul) || g.inputs(n).size() < 2) return std::nullopt;
  const auto y = g.type(g.outputs(n)[0]);
  const auto& work = s.cost().nodes[n].work;
  if (!y.is_static() || y.rank() < 2 || !g.type(g.inputs(n)[1]).is_static() || !work.bytes_known())
    return std::nullopt;
  const auto elements = y.elements()->get().value_or(0);
  const auto count = count_of(g, n);
  const auto columns = static_cast<std::uint64_t>(y.dims[op == Op::conv ? 1 : y.rank() - 1].size()) /
                       (op == Op::conv ? std::max<std::uint64_t>(count, 1) : 1);
  const auto rows = count == 0 || columns == 0 ? 0 : elements / count / columns;
  if (rows == 0 || work.macs.value < elements) return std::nullopt;
  return Products{{.rows = rows,
                   .inner = work.macs.value / elements,
                   .columns = columns,
                   .left_bytes = bytes_of(s, n, 0) / count,
                   .right_bytes = bytes_of(s, n, 1) / count,
                   .result_bytes = work.output.value / count},
                  count};
}

}  // namespace

std::uint64_t moved_alone(const FusionInput& input, std::uint32_t step, std::uint64_t capacity_bytes) {
  const NodeId n = input.node(step);
  if (input.is_folded(n)) return 0;
  const auto table = input.cost().nodes[n].work.traffic().value;
  const auto products = products_of(input, n);
  if (!products) return table;
  const auto& p = products->one;
  const auto once = p.left_bytes + p.right_bytes + p.result_bytes;
  const Wide again = Wide(least_of_product(p, capacity_bytes) - once) * products->count;
  return static_cast<std::uint64_t>(std::min<Wide>(again + table, kMost));
}

}  // namespace fusion

std::uint64_t least_of_product(const MatrixProduct& p, std::uint64_t capacity_bytes) {
  using namespace fusion;
  const auto room = [&](std::uint64_t a, std::uint64_t b, std::uint64_t bytes) {
    return elements_in(capacity_bytes, a * b, bytes);
  };
  const auto result = least_of_tiles({p.rows, p.right_bytes}, {p.columns, p.left_bytes},
                                     room(p.rows, p.columns, p.result_bytes));
  const auto left = least_of_tiles({p.rows, p.right_bytes}, {p.inner, 2 * p.result_bytes},
                                   room(p.rows, p.inner, p.left_bytes));
  const auto right = least_of_tiles({p.columns, p.left_bytes}, {p.inner, 2 * p.result_bytes},
                                    room(p.columns, p.inner, p.right_bytes));
  return std::min({result + p.result_bytes, left + p.left_bytes - p.result_bytes,
                   right + p.right_bytes - p.result_bytes});
}

}  // namespace alidade
