#pragma once
#include <string>
#include <string_view>

#include "alidade/base/sink.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

/// The text form of a graph; parse(print(g)) gives the same graph. Grammar in docs/text_form.md.
void print(const Graph& graph, Sink& out);
[[nodiscard]] std::string to_text(const Graph& graph);
/// The name of every value in the text form, without the %: its own where no other has it, else with its
/// number behind it, "#35" where it has none.
[[nodiscard]] PerValue<std::string> value_names(const Graph& graph);
/// Reads the text form; errors carry file:line:col and the offending line.
[[nodiscard]] Result<Graph> parse(std::string_view text, std::string_view file = "<text>");
/// The same for a file that nobody vouches for: regions nested deeper are refused.
[[nodiscard]] Result<Graph> parse(std::string_view text, std::string_view file, std::size_t deepest_region);
/// Says whether shapes, operand counts and attributes fit the operators; the first misfit with its node.
[[nodiscard]] Result<void> verify(const Graph& graph);
/// "f32[1,3,224,224]", "i64[batch,?]", "f32[*]" when unranked.
[[nodiscard]] std::string to_text(const Graph& graph, TypeId type);

}  // namespace alidade
