#pragma once
#include <map>
#include <string>

#include "aten/graph_draft.hpp"
#include "provenance.hpp"
#include "sizes.hpp"

namespace alidade::dynamo {

/// The graph that grows out of exported programs: their sizes, and where their nodes come from.
class GraphDraft : public aten::GraphDraft {
 public:
  GraphDraft(GraphBuilder& builder, const ReadRequest& request)
      : aten::GraphDraft(builder, request), sizes(types, builder, request.bindings), provenance(builder) {}

  /// The module that a weight's name speaks of; invalid for other values.
  [[nodiscard]] ModuleId owner(ValueId v);
  void name_weight(ValueId v, std::string name) { weights_.emplace(v, std::move(name)); }
  void write_notes();

  Sizes sizes;
  Provenance provenance;
  bool mangled = false;  ///< whether the modules of the file are a tracer's own, so that weights know better

 private:
  std::map<ValueId, std::string> weights_;
};

}  // namespace alidade::dynamo
