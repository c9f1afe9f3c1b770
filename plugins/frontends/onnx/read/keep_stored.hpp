#pragma once
#include "read_state.hpp"

namespace alidade::onnx_file {

class Call;

/// Makes values of the tensors stored in a scope that no operator of the graph reads: settings, sizes, what
/// nobody uses. Those are the stored ones from `first` on.
void keep_unread(ReadState& reading, std::size_t first);
/// Keeps what a graph stores, and says what kind it is, without its operators: a branch that is not taken.
void keep_stored_of(Call& call, Text graph);

}  // namespace alidade::onnx_file
