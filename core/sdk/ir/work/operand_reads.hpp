#pragma once
#include <optional>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade::work_parts {

/// What the cost table counts of one operand that an operator reads.
struct OperandRead {
  ValueId operand;             ///< none where an operand is missing that has to be there
  std::optional<Count> bytes;  ///< at stored width; nothing where a size is not known
  bool stored = false;         ///< in the model file, behind views
  bool some = false;           ///< only so much of it, and the data decide which: rows of a table, experts
};
/// Adds what a node reads, each operand once. What the user states of an operator is not in it.
void operand_reads(const Graph& graph, NodeId node, std::vector<OperandRead>& out);

}  // namespace alidade::work_parts
