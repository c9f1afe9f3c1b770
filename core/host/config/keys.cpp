#include "keys.hpp"

#include <algorithm>
#include <iterator>

#include "input_shape.hpp"

namespace alidade::host {
namespace {

Located<std::string> text_at(const ConfigNode& node) { return {*node.as<std::string>(), node.place}; }
std::int64_t whole(const ConfigNode& node) { return *node.as<std::int64_t>(); }
std::uint64_t count(const ConfigNode& node) { return static_cast<std::uint64_t>(whole(node)); }

double number(const ConfigNode& node) {
  return node.as<double>() ? *node.as<double>() : static_cast<double>(whole(node));
}

std::vector<Located<std::string>> texts(const ConfigNode& node) {
  if (node.as<std::string>()) return {text_at(node)};
  std::vector<Located<std::string>> out;
  for (const auto& item : *node.as<ConfigNode::List>()) out.push_back(text_at(item));
  return out;
}

Bindings bindings(const ConfigNode& node) {
  Bindings out;
  for (const auto& member : *node.as<ConfigNode::Table>()) out[member.key] = whole(member.node);
  return out;
}

InputShape shape(const ConfigNode& node) {
  if (const auto* written = node.as<std::string>()) return *read_input_shape(*written);
  InputShape out;
  for (const auto& dim : *node.as<ConfigNode::List>()) out.sizes.push_back(whole(dim));
  return out;
}
void add_shapes(ModelUse& model, const ConfigNode& node) {
  for (const auto& member : *node.as<ConfigNode::Table>()) {
    auto given = shape(member.node);
    if (!given.dtype.empty()) model.input_dtypes[member.key] = {given.dtype, member.node.place};
    model.input_shapes[member.key] = std::move(given.sizes);
  }
}

/// A positive number of [limits]; its default is the one of Limits.
Key<Limits> key_of(const LimitRow& row) {
  const auto unit = row.unit.empty() ? "" : ", in " + std::string(row.unit);
  return {{std::string(row.key), KeyKind::whole, std::string(row.counts) + unit,
           std::to_string(Limits{}.*row.member), false, 1, static_cast<std::int64_t>(row.most)},
          [member = row.member](Limits& limits, const ConfigNode& node) { limits.*member = count(node); }};
}

constexpr auto kFrontendDoc = "frontends to try, in order; the first cause of failure is always shown";

}  // namespace

template <>
const std::vector<Key<Config>>& keys<Config>() {
  static const std::vector<Key<Config>> all = {
      {{"name", KeyKind::text, "what the pipeline is called"},
       [](Config& c, const ConfigNode& n) { c.name = text_at(n).value; }},
      {{"plugin_path", KeyKind::texts, "folders with plugins, relative to this file"},
       [](Config& c, const ConfigNode& n) { c.plugin_path = texts(n); }},
      {{"threads", KeyKind::whole, "how many; 0: as many as the machine has", "0", false, 0, kMostThreads},
       [](Config& c, const ConfigNode& n) { c.threads = static_cast<unsigned>(whole(n)); }},
      {{"trust", KeyKind::flag, "no worker for files of models and for plugins in sweeps: they are your own",
        "false"},
       [](Config& c, const ConfigNode& n) { c.trust = *n.as<bool>(); }},
      {{"bind",
        KeyKind::wholes_by_name,
        "values for symbolic dimensions of every model",
        {},
        false,
        kLeastDim},
       [](Config& c, const ConfigNode& n) { c.bindings = bindings(n); }},
  };
  return all;
}

template <>
const std::vector<Key<Limits>>& keys<Limits>() {
  static const auto all = [] {
    std::vector<Key<Limits>> made;
    std::ranges::transform(limit_rows(), std::back_inserter(made), key_of);
    return made;
  }();
  return all;
}

template <>
const std::vector<Key<ModelUse>>& keys<ModelUse>() {
  static const std::vector<Key<ModelUse>> all = {
      {{"path", KeyKind::text, "a model file, or a pattern with * and ?; relative to this file", {}, true},
       [](ModelUse& m, const ConfigNode& n) { m.path = text_at(n); }},
      {{"id", KeyKind::text, "what the model is called in reports; the file's stem by default"},
       [](ModelUse& m, const ConfigNode& n) { m.id = text_at(n); }},
      {{"frontend", KeyKind::words, kFrontendDoc},
       [](ModelUse& m, const ConfigNode& n) { m.frontends = texts(n); }},
      {{"bind",
        KeyKind::wholes_by_name,
        "values for symbolic dimensions of this model",
        {},
        false,
        kLeastDim},
       [](ModelUse& m, const ConfigNode& n) { m.bindings = bindings(n); }},
      {{"batch",
        KeyKind::whole,
        "another first size of the inputs that share the first one's",
        {},
        false,
        1,
        kMostBatch},
       [](ModelUse& m, const ConfigNode& n) { m.batches = {whole(n)}; }},
      {{"inputs",
        KeyKind::shapes_by_name,
        "shapes of inputs by name; of a source also their element types: \"1,128:int64\"",
        {},
        false,
        kLeastDim},
       [](ModelUse& m, const ConfigNode& n) { add_shapes(m, n); }},
  };
  return all;
}

template <>
const std::vector<Key<Family>>& keys<Family>() {
  static const std::vector<Key<Family>> all = {
      {{"match", KeyKind::text, "a pattern with * and ? for the file's name or the model's id", {}, true},
       [](Family& f, const ConfigNode& n) { f.match = text_at(n); }},
      {{"frontend", KeyKind::words, kFrontendDoc, {}, true},
       [](Family& f, const ConfigNode& n) { f.frontends = texts(n); }},
  };
  return all;
}

template <>
const std::vector<Key<TestUse>>& keys<TestUse>() {
  static const std::vector<Key<TestUse>> all = {
      {{"that", KeyKind::text, "what has to hold: \"macs == 1814073344\"", {}, true},
       [](TestUse& t, const ConfigNode& n) { t.that = text_at(n); }},
      {{"model", KeyKind::text, "a pattern with * and ? for the ids of the models that it is about", "\"*\""},
       [](TestUse& t, const ConfigNode& n) { t.model = text_at(n); }},
      {{"id", KeyKind::text, "what a later file calls this entry to change it"},
       [](TestUse& t, const ConfigNode& n) { t.id = text_at(n); }},
  };
  return all;
}

template <>
const std::vector<Key<FrontendUse>>& keys<FrontendUse>() {
  static const std::vector<Key<FrontendUse>> all = {
      {{"worker", KeyKind::flag, "whether the frontend reads in a process of its own, under [limits]"},
       [](FrontendUse& f, const ConfigNode& n) { f.worker = *n.as<bool>(); }},
  };
  return all;
}

template <>
const std::vector<Key<Use>>& keys<Use>() {
  static const std::vector<Key<Use>> all = {
      {{"use", KeyKind::text, "the component", {}, true},
       [](Use& u, const ConfigNode& n) { u.use = text_at(n); }},
      {{"id", KeyKind::text, "what --set and reports call this entry; the component's name by default"},
       [](Use& u, const ConfigNode& n) { u.id = text_at(n); }},
  };
  return all;
}

template <>
const std::vector<Key<HardwareUse>>& keys<HardwareUse>() {
  static const std::vector<Key<HardwareUse>> all = [] {
    std::vector<Key<HardwareUse>> out;
    for (const auto& key : keys<Use>()) out.push_back({key, key.store});
    const auto add = [&](std::string name, KeyKind kind, std::string doc,
                         std::function<void(HardwareUse&, const ConfigNode&)> store) {
      out.push_back({{std::move(name), kind, std::move(doc)}, std::move(store)});
    };
    add("device", KeyKind::text,
        "a device by the name of its file: \"h100_sxm\"; what this entry says comes first",
        [](HardwareUse& h, const ConfigNode& n) { h.device = text_at(n); });
    add("name", KeyKind::text, "what the device is called in reports",
        [](HardwareUse& h, const ConfigNode& n) { h.name = text_at(n).value; });
    add("precision", KeyKind::text,
        "the numbers that models run in: bf16, f8; the component's choice by default",
        [](HardwareUse& h, const ConfigNode& n) { h.precision = text_at(n); });
    add("backend", KeyKind::text, "whose kernels: eager, inductor, tensorrt, onnxruntime or npu",
        [](HardwareUse& h, const ConfigNode& n) { h.backend = text_at(n); });
    add("layout", KeyKind::text, "how images lie in memory: as_given or channels_last",
        [](HardwareUse& h, const ConfigNode& n) { h.layout = text_at(n); });
    add("support", KeyKind::text,
        "the file that says which operators the device runs: \"neuron\" of neuron.support.toml, or a path",
        [](HardwareUse& h, const ConfigNode& n) { h.support = text_at(n); });
    add("measured", KeyKind::text,
        "a CSV of kernels that were timed on the device: what 'alidade measure' writes",
        [](HardwareUse& h, const ConfigNode& n) { h.measured = text_at(n); });
    add("usd_per_hour", KeyKind::number, "what an hour of it costs, in US dollars, for the prices of a sweep",
        [](HardwareUse&, const ConfigNode&) {});  // a sweep takes it from the tree
    add("uncertain", KeyKind::texts, "options whose figures nobody is sure of",
        [](HardwareUse& h, const ConfigNode& n) { h.uncertain = texts(n); });
    add("sources", KeyKind::texts_by_name, "where figures are from, by option",
        [](HardwareUse& h, const ConfigNode& n) {
          for (const auto& member : *n.as<ConfigNode::Table>())
            h.sources[member.key] = {text_at(member.node).value, member.place};
        });
    return out;
  }();
  return all;
}

template <>
const std::vector<Key<LinkUse>>& keys<LinkUse>() {
  static const std::vector<Key<LinkUse>> all = {
      {{"from", KeyKind::text, "a target's id", {}, true},
       [](LinkUse& l, const ConfigNode& n) { l.from = text_at(n); }},
      {{"to", KeyKind::text, "another's; the way back is the same", {}, true},
       [](LinkUse& l, const ConfigNode& n) { l.to = text_at(n); }},
      {{"gbps", KeyKind::number, "bytes that go over it, in GB/s", {}, true},
       [](LinkUse& l, const ConfigNode& n) { l.gbps = number(n); }},
      {{"latency_us", KeyKind::number, "what a tensor takes beside, in microseconds", "0.0"},
       [](LinkUse& l, const ConfigNode& n) { l.latency_us = number(n); }},
      {{"pj_per_byte", KeyKind::number, "the energy that a byte takes on it, in picojoules", "0.0"},
       [](LinkUse& l, const ConfigNode& n) { l.pj_per_byte = number(n); }},
  };
  return all;
}

template <>
const std::vector<Key<PlacementUse>>& keys<PlacementUse>() {
  static const std::vector<Key<PlacementUse>> all = [] {
    std::vector<Key<PlacementUse>> out;
    for (const auto& key : keys<Use>()) out.push_back({key, key.store});
    const auto words = [](const ConfigNode& node) {
      std::vector<std::string> list;
      for (auto& word : texts(node)) list.push_back(std::move(word.value));
      return list;
    };
    out.push_back({{"targets",
                    KeyKind::texts,
                    "ids of [[hardware]] entries, the wanted one first, the one that takes the rest last",
                    {},
                    true},
                   [](PlacementUse& p, const ConfigNode& n) { p.targets = texts(n); }});
    out.push_back({{"objective", KeyKind::text,
                    "what to take as little of as there can be: time (one operator after the other), energy, "
                    "latency (devices at work at the same time), or throughput (of many inputs)"},
                   [](PlacementUse& p, const ConfigNode& n) { p.objective = text_at(n); }});
    out.push_back({{"allow", KeyKind::texts, "operators that the first target takes, whatever it says"},
                   [=](PlacementUse& p, const ConfigNode& n) { p.allow = words(n); }});
    out.push_back({{"forbid", KeyKind::texts, "operators that the first target does not take"},
                   [=](PlacementUse& p, const ConfigNode& n) { p.forbid = words(n); }});
    out.push_back({{"partitions", KeyKind::text, "a folder to write every partition to, as a graph"},
                   [](PlacementUse& p, const ConfigNode& n) { p.partitions = *n.as<std::string>(); }});
    return out;
  }();
  return all;
}

template <>
const std::vector<Key<ReportUse>>& keys<ReportUse>() {
  static const std::vector<Key<ReportUse>> all = [] {
    std::vector<Key<ReportUse>> out;
    for (const auto& key : keys<Use>()) out.push_back({key, key.store});
    out.push_back({{"path", KeyKind::text,
                    "the file to write, {model} for one per model; \"-\" is standard output", "\"-\""},
                   [](ReportUse& r, const ConfigNode& n) { r.path = text_at(n); }});
    return out;
  }();
  return all;
}

}  // namespace alidade::host
