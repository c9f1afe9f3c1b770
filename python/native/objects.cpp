#include "objects.hpp"

#include <cmath>

#include <nanobind/stl/string.h>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/work.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace alidade::python {
namespace {

nb::str text(std::string_view view) { return nb::str(view.data(), view.size()); }
nb::object of_class(const char* name, const nb::dict& members) {
  return nb::module_::import_("alidade.graphs").attr(name)(**members);
}
/// A tuple of what `make` makes of each.
template <class Range, class F>
nb::tuple each(const Range& range, F&& make) {
  nb::list out;
  for (const auto& one : range) out.append(make(one));
  return nb::tuple(out);
}
template <class Id>
nb::object index_or_none(Id id) {
  return id.valid() ? nb::object(nb::int_(id.index)) : nb::none();
}

nb::object size_object(const Graph& graph, Dim dim) {
  if (dim.is_known()) return nb::int_(dim.size());
  return dim.is_symbolic() ? nb::object(text(graph.expression(dim.symbol()))) : nb::none();
}

const char* name(ValueKind kind) {
  static constexpr const char* kNames[] = {"result", "input", "parameter", "buffer", "constant", "argument"};
  return kNames[static_cast<std::size_t>(kind)];
}

nb::object value_object(const Graph& graph, ValueId v) {
  if (!v.valid()) return nb::none();
  const auto type = graph.type(v);
  const auto bytes = type.size_bytes();
  const auto known = bytes ? bytes->get() : std::nullopt;
  nb::dict out;
  out["index"] = v.index, out["name"] = text(graph.name(v)), out["kind"] = name(graph.kind(v));
  out["dtype"] = text(alidade::name(type.dtype));
  out["shape"] =
      type.ranked ? nb::object(each(type.dims, [&](Dim d) { return size_object(graph, d); })) : nb::none();
  out["bytes"] = known ? nb::object(nb::int_(*known)) : nb::none();
  out["maker"] = index_or_none(graph.producer(v));
  return of_class("Value", out);
}
template <class Values>
nb::tuple values_object(const Graph& graph, const Values& values) {
  return each(values, [&](ValueId v) { return value_object(graph, v); });
}

nb::object attribute(const Graph&, std::int64_t number) { return nb::int_(number); }
nb::object attribute(const Graph&, double number) { return nb::float_(number); }
nb::object attribute(const Graph& graph, StringId id) { return text(graph.text(id)); }
nb::object attribute(const Graph& graph, IntList list) {
  return each(graph.ints(list), [](std::int64_t n) { return nb::int_(n); });
}
nb::object attribute(const Graph&, const Spatial& sizes) {
  return each(std::span(sizes.at).first(static_cast<std::size_t>(sizes.rank)),
              [](std::int64_t n) { return nb::int_(n); });
}

template <class A>
void add_attributes(const Graph& graph, NodeId node, nb::dict& out) {
  if (family_of(graph.op(node)) != A::family) return;
  const A& row = graph.attrs<A>(node);
  A::fields([&](std::string_view key, auto member) {
    if (!(row.*member == A{}.*member)) out[text(key)] = attribute(graph, row.*member);
  });
}
nb::dict attributes(const Graph& graph, NodeId node) {
  nb::dict out;
  std::apply([&]<class... A>(const std::vector<A>&...) { (add_attributes<A>(graph, node, out), ...); },
             graph.arrays().attrs);
  return out;
}

/// Members of the problem that a kernel is.
struct ProblemMembers {
  nb::dict& out;
  static nb::tuple sizes(const Sizes3& of, std::uint8_t rank) {
    return each(std::span(of).first(rank), [](std::uint32_t n) { return nb::int_(n); });
  }
  void operator()(std::monostate) const {}
  void operator()(const GemmProblem& p) const {
    out["groups"] = p.groups, out["m"] = p.m, out["n"] = p.n, out["k"] = p.k, out["experts"] = p.experts;
    out["weight"] = p.weight;
  }
  void operator()(const ConvProblem& p) const {
    out["batch"] = p.batch, out["in_channels"] = p.in_channels, out["out_channels"] = p.out_channels;
    out["groups"] = p.groups, out["transposed"] = p.transposed;
    out["in_sizes"] = sizes(p.in, p.rank), out["out_sizes"] = sizes(p.out, p.rank);
    out["kernel"] = sizes(p.kernel, p.rank), out["strides"] = sizes(p.strides, p.rank);
    out["dilations"] = sizes(p.dilations, p.rank);
  }
  void operator()(const AttentionProblem& p) const {
    out["batch"] = p.batch, out["heads"] = p.heads, out["kv_heads"] = p.kv_heads, out["query"] = p.query;
    out["key"] = p.key, out["width"] = p.width, out["value_width"] = p.value_width;
    out["causal"] = p.causal, out["masked"] = p.masked;
  }
  void operator()(const RecurrentProblem& p) const {
    out["steps"] = p.steps, out["batch"] = p.batch, out["input"] = p.input, out["hidden"] = p.hidden;
    out["gates"] = p.gates, out["directions"] = p.directions, out["layers"] = p.layers;
  }
  void operator()(const RowProblem& p) const {
    out["rows"] = p.rows, out["columns"] = p.columns, out["inner"] = p.inner;
  }
};

nb::object step_object(const PlacementTask& task, std::size_t step) {
  nb::dict out;
  out["node"] = node_object(*task.graph, task.nodes[step]);
  out["seconds"] = each(task.devices, [&](const PlacementDevice& device) {
    const double seconds = device.seconds[step];
    return device.runs(step) && std::isfinite(seconds) ? nb::object(nb::float_(seconds)) : nb::none();
  });
  out["reasons"] =
      each(task.devices, [&](const PlacementDevice& d) { return text(d.verdicts[step].reason); });
  out["after"] = each(task.before.of(step), [](std::uint32_t before) { return nb::int_(before); });
  return of_class("Step", out);
}

nb::object handed_object(const HandedOn& tensor) {
  nb::dict out;
  out["maker"] = tensor.maker, out["bytes"] = tensor.bytes.value;
  out["readers"] = each(tensor.readers, [](std::uint32_t reader) { return nb::int_(reader); });
  return of_class("Handed", out);
}

}  // namespace

nb::object node_object(const Graph& graph, NodeId node) {
  nb::dict out;
  out["index"] = node.index, out["name"] = text(graph.name(node)),
  out["op"] = text(alidade::name(graph.op(node)));
  out["foreign"] = text(graph.foreign(node)), out["module"] = text(graph.path(graph.module(node)));
  out["inputs"] = values_object(graph, graph.inputs(node));
  out["outputs"] = values_object(graph, graph.outputs(node));
  out["attributes"] = attributes(graph, node);
  out["inside"] = index_or_none(graph.owner(graph.region_of(node)));
  const auto counted = work(graph, node);
  const auto once = counted ? *counted : Work{};
  out["macs"] = once.macs.value, out["flops"] = once.flops.value, out["input_bytes"] = once.input.value;
  out["output_bytes"] = once.output.value, out["weight_bytes"] = once.weight.value,
  out["exact"] = once.known();
  return of_class("Node", out);
}

nb::object graph_object(const Graph& graph) {
  nb::dict out;
  out["name"] = text(graph.name()), out["format"] = text(graph.format());
  out["nodes"] = each(graph.nodes(), [&](NodeId node) { return node_object(graph, node); });
  out["inputs"] = values_object(graph, graph.inputs()),
  out["outputs"] = values_object(graph, graph.outputs());
  return of_class("Graph", out);
}

nb::object kernel_object(const KernelGraph& graph, const Kernel& kernel) {
  nb::dict out, problem;
  std::visit(ProblemMembers{problem}, kernel.problem);
  out["kind"] = text(alidade::name(kernel.kind)), out["arithmetic"] = text(alidade::name(kernel.arithmetic));
  out["matrix_flops"] = kernel.matrix.value, out["vector_flops"] = kernel.vector.value;
  out["read_bytes"] = kernel.read.value, out["written_bytes"] = kernel.written.value;
  out["elements"] = kernel.elements, out["runs"] = kernel.runs, out["problem"] = problem;
  out["nodes"] = each(graph.nodes(kernel), [](NodeId node) { return nb::int_(node.index); });
  return of_class("Kernel", out);
}

nb::object task_object(const PlacementTask& task) {
  nb::dict out;
  out["devices"] = each(task.devices, [](const PlacementDevice& device) { return text(device.id); });
  nb::list steps, links;
  for (std::size_t step = 0; step < task.nodes.size(); ++step) steps.append(step_object(task, step));
  for (std::size_t from = 0; from < task.devices.size(); ++from)
    links.append(each(
        std::span(task.links).subspan(from * task.devices.size(), task.devices.size()),
        [](const DeviceLink& link) { return nb::make_tuple(link.latency.value, link.bytes_per_second); }));
  out["steps"] = nb::tuple(steps), out["tensors"] = each(task.tensors, handed_object),
  out["links"] = nb::tuple(links);
  return of_class("PlacementTask", out);
}

}  // namespace alidade::python
