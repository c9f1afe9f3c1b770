#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "alidade/ir/op.hpp"

// What is declared about every operator's cost; docs/counting.md prints it, the formulas compute from it.
namespace alidade::work_table {

/// What an operator moves through memory. all: reads its operands, writes its results; rows: reads only what
/// the indices pick, no more than there is; scales: reads the scales alone (its reader takes the values at
/// stored width); made: writes only; banks: as all, but of the weight no more experts than there are rows.
enum class Traffic : std::uint8_t { all, none, rows, scales, made, banks };
[[nodiscard]] std::string_view words(Traffic traffic);

/// One operator: FLOPs for each element of its first result and of its first operand, and in words what is
/// not that.
struct Rule {
  Op op;
  Traffic traffic = Traffic::all;
  int per_output = 0, per_input = 0;
  std::string_view macs = {};   ///< multiply-accumulates; empty: none
  std::string_view flops = {};  ///< element work beside the two numbers; empty: none
  std::string_view why = {};    ///< where the numbers come from
};

[[nodiscard]] const Rule& rule(Op op);
[[nodiscard]] std::span<const Rule> rules();  ///< in the order of Op

// Constants of the formulas in words above.
inline constexpr int kFlopsPerScore = 6;            ///< attention: scale, then softmax
inline constexpr int kFlopsPerLstmUnit = 26;        ///< 3 sigmoids, 2 tanhs, 3 products, 1 sum
inline constexpr int kFlopsPerGruUnit = 18;         ///< 2 sigmoids, 1 tanh, 3 products, 1 sum, 1 difference
inline constexpr int kFlopsPerRnnUnit = 5;          ///< 1 tanh
inline constexpr int kFlopsPerOverlap = 13;         ///< nms: one intersection over union and its comparison
inline constexpr int kOpaqueFlopsPerElement = 100;  ///< upper bound for an opaque operator of one tensor

}  // namespace alidade::work_table
