#include "graph_draft.hpp"

#include "alidade/base/text.hpp"

namespace alidade::dynamo {

ModuleId GraphDraft::owner(ValueId v) {
  const auto name = weights_.find(v);
  return name == weights_.end() ? ModuleId() : provenance.owner(name->second);
}

void GraphDraft::write_notes() {
  aten::GraphDraft::write_notes();
  if (sizes.unreadable > 0)
    builder.note(Severity::warning, "unreadable-size",
                 text::counted(sizes.unreadable, "formula of a size is", "formulas of sizes are") +
                     " not understood; such sizes are unknown");
  for (const auto& [number, count] : sizes.unknown_dtypes)
    builder.note(Severity::warning, "unknown-element-type",
                 "element type " + std::to_string(number) + " is not known; it stands in " +
                     text::counted(count, "tensor", "tensors"));
}

}  // namespace alidade::dynamo
