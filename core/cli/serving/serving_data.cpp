// The same as JSON and CSV.
#include "alidade/base/json.hpp"
#include "cli/output/cell_writer.hpp"
#include "cli/serving/serving_out.hpp"

namespace alidade::cli {
namespace {

using namespace host::serving;

void write_time(const std::string& key, const std::optional<Estimate>& device, double seconds, double times,
                ObjectWriter& t) {
  t.real(key + "_s", seconds);
  const bool stated = device && device->band.stated();
  const double device_s = device ? device->latency.value * times : 0;
  const auto end = [&](double factor) {
    return stated ? std::optional(device_s * factor + seconds - device_s) : std::nullopt;
  };
  write_optional(t, key + "_band_low_s", end(stated ? device->band.low : 1));
  write_optional(t, key + "_band_high_s", end(stated ? device->band.high : 1));
  write_optional(t, key + "_coverage",
                 stated && device->band.scored() ? std::optional(device->band.coverage) : std::nullopt);
  write_optional(t, key + "_device_s", device ? std::optional(device->latency.value) : std::nullopt);
}

void write_point(const ServingPoint& p, ObjectWriter& t) {
  t.count("context", p.context), t.count("batch", p.batch);
  write_time("first_token", p.first, p.first_s, p.first_times, t);
  t.real("first_token_collectives_s", p.first_collective_s);
  write_time("token", p.token, p.token_s, p.token_times, t);
  t.real("token_collectives_s", p.token_collective_s);
  t.real("tokens_per_s", p.tokens_per_s);
  write_optional(t, "joules_per_token", p.joules_per_token);
  t.real("cache_needed_bytes", p.needed_bytes), t.real("cache_allocated_bytes", p.allocated_bytes);
  write_optional(t, "fits", p.fits);
}

void write_cache(const CacheNeed& need, ObjectWriter& t) {
  t.begin_object();
  t.text("kind", name(need.kind)), t.count("tensors", need.tensors);
  t.real("bytes_per_token", need.bytes_per_token), t.real("bytes_per_sequence", need.bytes_per_sequence);
  t.count("window", need.window);
  t.end_object();
}

std::optional<double> real(const std::optional<std::uint64_t>& count) {
  return count ? std::optional(static_cast<double>(*count)) : std::nullopt;
}

void write_memory(const ServingMemory& memory, ObjectWriter& t) {
  t.begin_object("memory");
  t.count("weight_bytes", memory.weights.value), t.count("activation_bytes", memory.activations.value);
  t.count("other_bytes", memory.other.value);
  write_optional(t, "engine_bytes", memory.capacity ? real(memory.capacity->value) : std::nullopt);
  write_optional(t, "cache_pool_bytes", memory.pool());
  t.begin_array("cache");
  for (const auto& need : memory.cache) write_cache(need, t);
  t.end_array();
  t.end_object();
}

void write_limit(const ServingLimit& limit, ObjectWriter& t) {
  t.begin_object();
  t.count("context", limit.context);
  write_optional(t, "largest_batch", real(limit.largest_batch));
  write_optional(t, "goal_batch", real(limit.goal_batch));
  if (limit.nearest) {
    t.begin_object("nearest");
    write_point(*limit.nearest, t);
    t.end_object();
  }
  t.end_object();
}

void write_target(const ServingTarget& target, ObjectWriter& t) {
  t.begin_object();
  t.text("target", target.id), t.text("device", target.name);
  t.text("backend", name(target.lowering.backend)), t.text("precision", name(target.lowering.precision));
  t.count("unpriced_ops", target.unpriced);
  write_memory(target.memory, t);
  write_optional(t, "largest_context", real(target.largest_context));
  t.begin_array("points");
  for (const auto& point : target.points) t.begin_object(), write_point(point, t), t.end_object();
  t.end_array();
  t.begin_array("limits");
  for (const auto& limit : target.limits) write_limit(limit, t);
  t.end_array();
  t.begin_array("collectives");
  for (const auto& one : target.collectives) {
    t.begin_object();
    t.text("kind", name(one.kind)), t.count("devices", one.devices), t.count("count", one.count);
    t.count("bytes", one.bytes.value);
    t.end_object();
  }
  t.end_array();
  t.end_object();
}

}  // namespace

void write_serving_json(const ServingPlan& plan, Sink& out) {
  JsonWriter t(out);
  const auto& request = plan.request;
  t.begin_object();
  t.text("schema", "alidade.serving/1"), t.text("model", plan.model);
  t.begin_object("engine");
  t.text("name", request.engine.name), t.text("version", request.engine.version);
  t.count("page_tokens", request.engine.page_tokens), t.real("memory_share", request.engine.memory_share);
  t.end_object();
  t.count("generated", request.generated), t.count("requests", request.requests);
  t.real("shortest", request.shortest);
  t.count("tensor_parallel", request.division.tensor), t.count("pipeline_parallel", request.pipeline);
  t.count("expert_parallel", request.division.expert), t.count("context_parallel", request.division.context);
  t.real("imbalance", request.division.imbalance);
  t.begin_array("targets");
  for (const auto& target : plan.targets) write_target(target, t);
  t.end_array();
  t.end_object();
  out.write("\n");
}

void write_serving_csv(const ServingPlan& plan, Sink& out) {
  LineWriter lines(out);
  for (const auto& target : plan.targets)
    for (const auto& point : target.points) {
      CellWriter cells;
      cells.text("model", plan.model), cells.text("target", target.id);
      write_point(point, cells);
      lines.write(cells);
    }
}

}  // namespace alidade::cli
