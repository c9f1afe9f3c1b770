// What a reader has to say of a file in the end, from what it noted on the way.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "alidade/base/text.hpp"
#include "read_state.hpp"

namespace alidade::onnx_file {
namespace {

std::string first_few(std::span<const std::string> all) {
  constexpr std::size_t kNamed = 5;
  const auto shown = all.first(std::min(all.size(), kNamed));
  return text::join(shown, ", ") + (all.size() > kNamed ? ", ..." : "");
}

class Notes {
 public:
  explicit Notes(ReadState& read) : r_(read), tallies_(read.tallies) {}
  void write() {
    write_opaque();
    write_changes();
    write_contradictions();
    write_damage();
  }

 private:
  void note(Severity severity, Text code, const std::string& text) { r_.builder.note(severity, code, text); }

  void write_opaque() {
    std::map<std::string_view, std::size_t> counts;
    for (const std::string* foreign : r_.opaque) ++counts[*foreign];
    for (const auto& [foreign, count] : counts)
      note(Severity::warning, "opaque-operator",
           fmt::format("{} has no counterpart here: {} kept as opaque, with bounds in place of a cost",
                       text::printable(foreign), text::counted(count, "node is", "nodes are")));
  }
  /// What was changed on the way.
  void write_changes() {
    if (tallies_.folded_norms > 0)
      note(Severity::note, "batch-norm-folded",
           fmt::format(
               "the exporter folded BatchNorm into {}: the file has about {} parameters fewer than the "
               "model that was trained",
               text::counted(tallies_.folded_norms, "convolution", "convolutions"),
               text::grouped(static_cast<std::uint64_t>(tallies_.folded_params))));
    if (tallies_.constants > 0)
      note(Severity::note, "constant-nodes",
           fmt::format("{} became constant values",
                       text::counted(tallies_.constants, "Constant node", "Constant nodes")));
    if (tallies_.sorted_graphs > 0)
      note(Severity::warning, "unsorted-nodes",
           "the nodes of the file are not in topological order; they were sorted");
    if (tallies_.scaled_reshapes > 0)
      note(Severity::warning, "reshape-scaled",
           fmt::format("the targets of {} are fixed for another input shape; their first size was scaled to "
                       "the one asked for",
                       text::counted(tallies_.scaled_reshapes, "Reshape", "Reshapes")));
  }
  void write_contradictions() {
    if (tallies_.contradictions > 0)
      note(Severity::warning, "stated-type",
           fmt::format("{} stated other than {} operands make {}, and what they make counts: {}",
                       text::counted(tallies_.contradictions, "type is", "types are"),
                       tallies_.contradictions == 1 ? "its" : "their",
                       tallies_.contradictions == 1 ? "it" : "them", tallies_.contradiction));
    if (!r_.untaken.empty())
      note(Severity::note, "impossible-branch",
           fmt::format("{} cannot run with these shapes, and {} not counted: {}",
                       text::counted(r_.untaken.size(), "branch", "branches"),
                       r_.untaken.size() == 1 ? "is" : "are", first_few(r_.untaken)));
  }
  void write_damage() {
    if (r_.types.negative_dims > 0)
      note(Severity::warning, "negative-dimension",
           fmt::format("{} stated below zero and taken as unknown",
                       text::counted(r_.types.negative_dims, "size is", "sizes are")));
    if (r_.model.ir_version > kKnownIrVersion)
      note(Severity::warning, "newer-ir-version",
           fmt::format("the file has ir_version {} and this program knows {}: what is new in it is not seen",
                       r_.model.ir_version, kKnownIrVersion));
    if (r_.model.unknown_bytes > 0)
      note(Severity::warning, "unknown-fields",
           fmt::format("{} in fields that ONNX does not define were skipped",
                       text::counted(r_.model.unknown_bytes, "byte", "bytes")));
    for (const auto& [elem, count] : r_.types.unknown_elem_types)
      note(Severity::warning, "unknown-element-type",
           fmt::format("element type {} is not known; it stands in {}", elem,
                       text::counted(count, "type", "types")));
  }

  ReadState& r_;
  const Tallies& tallies_;
};

}  // namespace

void ReadState::write_notes() { Notes(*this).write(); }

}  // namespace alidade::onnx_file
