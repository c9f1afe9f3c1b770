#pragma once
#include <string>
#include <string_view>

namespace alidade::cli {

/// A graph in text form with numbers in place of what its author named: values, nodes, modules, classes that
/// are not torch's, source files. What an operator is called by its framework stays, and so do symbols of
/// sizes; texts beside the model go.
[[nodiscard]] std::string with_hidden_names(std::string_view graph_text);

}  // namespace alidade::cli
