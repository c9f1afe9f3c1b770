#include "retyped.hpp"

namespace alidade::lowering {
namespace {

/// Elements that share a scale of 8 bits, which is stored beside them; 0: none is counted.
unsigned block_of(Precision precision) {
  if (precision == Precision::nvfp4) return 16;
  return precision == Precision::mxfp4 ? 32 : 0;
}

}  // namespace

Count retyped(std::uint64_t bytes, Dtype from, Dtype to, Precision precision) {
  using Wide = unsigned __int128;
  const auto before = static_cast<unsigned>(bits(from)), now = static_cast<unsigned>(bits(to));
  if (before == now || before == 0 || now == 0) return bytes;
  auto wide = (Wide(bytes) * now + before - 1) / before;
  if (const unsigned block = block_of(precision); block > 0 && to == Dtype::f4e2m1)
    wide += (Wide(bytes) * 8 + before * block - 1) / (before * block);
  return wide >> 63 == 0 ? Count(static_cast<std::uint64_t>(wide)) : Count(INT64_MAX) + Count(INT64_MAX);
}

}  // namespace alidade::lowering
