// What a placement says of itself.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "alidade/base/text.hpp"
#include "alidade/results/placement.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

void write_optional(std::string_view key, std::optional<double> value, ObjectWriter& t) {
  if (value)
    t.real(key, *value);
  else
    t.nothing(key);
}

/// A value of the objective under the name with its unit; nothing under the other one.
void write_value(const std::string& key, const Placement& p, std::optional<double> value, ObjectWriter& t) {
  const bool energy = p.objective == Objective::energy;
  write_optional(key + "_s", energy ? std::nullopt : value, t);
  write_optional(key + "_j", energy ? value : std::nullopt, t);
}

void write_partitions(const Placement& p, ObjectWriter& t) {
  t.begin_array("partitions");
  for (std::size_t i = 0; i < p.partitions.size(); ++i) {
    const auto& one = p.partitions[i];
    t.begin_object();
    t.count("partition", i + 1), t.text("device", p.devices[one.device]);
    t.count("ops", one.operators), t.count("macs", one.macs.value), t.real("time_s", one.time.value);
    if (one.bound)
      t.text("bound", name(*one.bound));
    else
      t.nothing("bound");
    t.count("in_bytes", one.in.value), t.count("out_bytes", one.out.value);
    if (one.takes_batch)
      t.flag("takes_batch", *one.takes_batch);
    else
      t.nothing("takes_batch");
    t.text("batch_reason", one.batch_reason);
    t.end_object();
  }
  t.end_array();
}

void write_operators(const Placement& p, const Graph& graph, ObjectWriter& t) {
  const auto names = layer_names(graph);
  t.begin_array("operators");
  for (const auto& one : p.operators) {
    t.begin_object();
    t.text("operator", names[one.node]), t.text("framework_op", framework_name(graph, one.node));
    t.text("device", p.devices[one.device]), t.count("partition", one.partition + std::uint64_t{1});
    t.real("placed_time_s", one.time.value), t.text("verdict", name(one.wanted.how));
    t.text("reason", one.wanted.reason);
    write_value("margin", p, one.margin, t);
    t.end_object();
  }
  t.end_array();
}

void write_transfers(const Placement& p, const Graph& graph, ObjectWriter& t) {
  const auto names = layer_names(graph);
  t.begin_array("transfers");
  for (const auto& one : p.transfers) {
    t.begin_object();
    t.text("made_by", names[graph.producer(one.value)]);
    t.text("from", p.devices[one.from]), t.text("to", p.devices[one.to]);
    t.count("bytes", one.bytes.value), t.real("time_s", one.time.value);
    t.end_object();
  }
  t.end_array();
}

void write_unsplit(const Placement& p, ObjectWriter& t) {
  t.begin_array("unsplit");
  for (const auto& one : p.unsplit) {
    t.begin_object();
    t.text("device", p.devices[one.device]);
    write_value("value", p, one.value, t);
    t.text("blocked_by", one.blocked_by);
    t.end_object();
  }
  t.end_array();
}

void write_weights(const Placement& p, ObjectWriter& t) {
  t.begin_array("weights");
  for (std::size_t d = 0; d < p.weights.size(); ++d) {
    t.begin_object();
    t.text("device", p.devices[d]), t.count("bytes", p.weights[d].bytes.value);
    if (p.weights[d].room)
      t.count("room_bytes", p.weights[d].room->value);
    else
      t.nothing("room_bytes");
    t.end_object();
  }
  t.end_array();
}

Macs macs(const Placement& p, std::optional<std::uint8_t> device) {
  Macs sum;
  for (const auto& one : p.partitions)
    if (!device || one.device == *device) sum += one.macs;
  return sum;
}

/// "neuron 381/412 ops (97.8 % of MACs), cpu 31"
std::string counts(const Placement& p) {
  const auto all = macs(p, {}).value, wanted = macs(p, std::uint8_t{0}).value;
  auto out = fmt::format("{} {}/{} ops", p.devices[0], p.count(0), p.operators.size());
  if (all > 0)
    out += fmt::format(" ({} % of MACs)",
                       text::fixed(100 * static_cast<double>(wanted) / static_cast<double>(all), 1));
  for (std::size_t d = 1; d < p.devices.size(); ++d)
    out += fmt::format(", {} {}", p.devices[d], p.count(static_cast<std::uint8_t>(d)));
  return out;
}

/// An amount of the objective; operators without a price take more.
std::string bounded(const Placement& p, double value) {
  return (p.at_least ? "at least " : "") + amount(p.objective, value);
}

/// "cpu alone 9.80 ms, neuron alone impossible: aten::sort"
std::string alternatives(const Placement& p) {
  std::vector<std::string> out;
  for (const auto& one : p.unsplit)
    out.push_back(p.devices[one.device] + " alone " +
                  (one.value ? bounded(p, *one.value) : "impossible: " + one.blocked_by));
  return text::join(out, ", ");
}

/// The reason that keeps most operators away from the first device.
std::string top_reason(const Placement& p) {
  std::map<std::string, int> reasons;
  for (const auto& one : p.operators)
    if (one.wanted.how == Verdict::How::unsupported) ++reasons[one.wanted.reason];
  if (reasons.empty()) return {};
  const auto most = std::ranges::max_element(reasons, {}, [](const auto& entry) { return entry.second; });
  return "; top reason: " + most->first;
}

std::string time_text(const Placement& p) {
  auto time =
      text::seconds(p.time.total().value, p.at_least ? std::nullopt : std::optional(p.time.total().value));
  if (!p.band.stated() || p.at_least) return time;
  return fmt::format("{} ({} between {} and {})", time, p.band.scored() ? "four of five" : "a guess:",
                     text::seconds(p.time.total().value * p.band.low),
                     text::seconds(p.time.total().value * p.band.high));
}

/// What it takes of the objective, and of a sum of times beside it.
std::string value_text(const Placement& p) {
  switch (p.objective) {
    case Objective::time:
      return time_text(p);
    case Objective::energy:
      return bounded(p, p.value) + ", in " + time_text(p);
    case Objective::latency:
      return bounded(p, p.value) + " with devices at work at the same time, one after the other " +
             time_text(p);
    case Objective::throughput:
      break;
  }
  return "an input every " + bounded(p, p.value) + ", each in " + time_text(p);
}

}  // namespace

std::uint32_t Placement::count(std::uint8_t device) const {
  return static_cast<std::uint32_t>(std::ranges::count(operators, device, &PlacedOperator::device));
}

Bytes Placement::moved() const {
  Bytes sum;
  for (const auto& one : transfers) sum += one.bytes;
  return sum;
}

double Placement::gap() const { return least > 0 ? std::max(0.0, value / least - 1) : 0; }

const UnsplitModel* Placement::better_unsplit() const {
  const UnsplitModel* best = nullptr;
  for (const auto& one : unsplit)
    if (one.value && *one.value < value && (!best || *one.value < *best->value)) best = &one;
  return best;
}

std::string Placement::advice() const {
  const auto* better = better_unsplit();
  if (!better) return {};
  return fmt::format("{}: all of it on {} takes {}, {} less",
                     partitions.size() > 1 ? "do not split" : "do not move it", devices[better->device],
                     amount(objective, *better->value), amount(objective, value - *better->value));
}

std::string Placement::summary() const {
  return fmt::format("{}; {}, {}, {}; {} ({}){}", counts(*this),
                     text::counted(partitions.size(), "partition"),
                     text::counted(transfers.size(), "transfer"), text::bytes(moved().value),
                     value_text(*this), alternatives(*this), top_reason(*this));
}

void Placement::write(const Graph& graph, ObjectWriter& t) const {
  t.text("placer", placer);
  t.begin_array("devices");
  for (const auto& device : devices) t.text({}, device);
  t.end_array();
  t.text("summary", summary()), t.text("advice", advice());
  t.text("objective", alidade::name(objective));
  t.real("time_s", time.total().value), t.flag("at_least", at_least);
  t.real("latency_s", latency.value), t.real("interval_s", interval.value);
  write_optional("energy_j", value_of(energy), t);
  t.real("operators_s", time.steps.value), t.real("transfers_s", time.transfers.value);
  t.real("fixed_s", time.fixed.value);
  write_value("least", *this, least, t), t.real("gap", gap());
  if (band.stated())
    t.real("band_low", band.low), t.real("band_high", band.high);
  else
    t.nothing("band_low"), t.nothing("band_high");
  t.count("moved_bytes", moved().value);
  write_weights(*this, t), write_unsplit(*this, t), write_partitions(*this, t),
      write_transfers(*this, graph, t);
  write_operators(*this, graph, t);
}

}  // namespace alidade
