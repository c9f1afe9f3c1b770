#pragma once
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "alidade/ir/attrs.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

struct NodeRow {
  StringId name, foreign;
  RegionId region;
  ModuleId module;
  SourceId source;
  std::uint32_t inputs_first = 0, inputs_count = 0;    // into GraphArrays::operands
  std::uint32_t outputs_first = 0, outputs_count = 0;  // consecutive values
  std::uint32_t regions_first = 0, regions_count = 0;  // consecutive regions
  std::uint32_t attrs = 0;                             // row in the array of the operator's family
  std::uint32_t op = 0;
};
struct ValueRow {
  StringId name;
  TypeId type;
  NodeId producer;
  std::uint32_t kind = 0;
  IntList literal;  // small integer constants
  std::uint32_t literal_known = 0;
};
struct TypeRow {
  std::uint32_t dtype = 0, ranked = 0;
  std::uint32_t dims_first = 0, dims_count = 0;
};
struct RegionRow {
  NodeId owner;
  std::uint32_t nodes_first = 0, nodes_count = 0;  // into node_order
  std::uint32_t args_first = 0, args_count = 0;    // into operands
  std::uint32_t results_first = 0, results_count = 0;
};
struct ModuleRow {
  ModuleId parent;
  StringId name, type;
};
struct SourceRow {
  StringId file;
  std::uint32_t line = 0;
};
struct NoteRow {
  std::uint32_t severity = 0;
  StringId code, text;
  NodeId node;
};

struct AttachmentRow {
  StringId name, text;
};
struct StatedRow {
  NodeId node;
  StringId by;
  std::uint64_t macs = 0, flops = 0, input = 0, output = 0, weight = 0;
};

/// The storage of a graph: nothing but flat arrays. each() is the one list of them; the wire form is their
/// bytes.
struct GraphArrays {
  std::vector<char> chars;               // all strings, end to end
  std::vector<std::uint32_t> chars_end;  // one per StringId
  std::vector<std::int64_t> ints;
  std::vector<Dim> dims;
  std::vector<TypeRow> types;
  std::vector<StringId> symbols;
  std::vector<ValueRow> values;
  std::vector<NodeRow> nodes;
  std::vector<ValueId> operands;
  std::vector<NodeId> node_order;
  std::vector<RegionRow> regions;  // 0 is the outermost
  std::vector<ModuleRow> modules;  // 0 is the root
  std::vector<SourceRow> sources;
  std::vector<NoteRow> notes;
  std::vector<StringId> facts;  // name, format, producer
  std::vector<AttachmentRow> attachments;
  std::vector<StatedRow> stated;  // ascending by node
  std::tuple<std::vector<ConvAttrs>, std::vector<PoolAttrs>, std::vector<MatmulAttrs>,
             std::vector<EinsumAttrs>, std::vector<AttentionAttrs>, std::vector<RecurrentAttrs>,
             std::vector<NormAttrs>, std::vector<AxesAttrs>, std::vector<PermAttrs>, std::vector<SliceAttrs>,
             std::vector<ResizeAttrs>, std::vector<ClipAttrs>, std::vector<QuantAttrs>,
             std::vector<ScatterAttrs>, std::vector<LoopAttrs>, std::vector<OpaqueAttrs>>
      attrs;

  template <class Self, class F>
  static void each(Self& a, F&& f) {
    f(a.chars), f(a.chars_end), f(a.ints), f(a.dims), f(a.types), f(a.symbols), f(a.values), f(a.nodes);
    f(a.operands), f(a.node_order), f(a.regions), f(a.modules), f(a.sources), f(a.notes), f(a.facts);
    f(a.attachments), f(a.stated);
    std::apply([&](auto&... family) { (f(family), ...); }, a.attrs);
  }
};

}  // namespace alidade
