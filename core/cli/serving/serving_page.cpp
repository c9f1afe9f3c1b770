// A serving plan as a page: what a device holds, then a line for each batch and length.
#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "cli/output/columns.hpp"
#include "cli/serving/serving_out.hpp"

namespace alidade::cli {
namespace {

using namespace host::serving;
using Line = std::vector<std::string>;

/// Amounts of all sizes that can be asked for, also those that no machine has.
std::string bytes(double amount) {
  constexpr double kExabyte = 1e18;
  return amount < 9 * kExabyte ? text::bytes(static_cast<std::uint64_t>(std::llround(amount)))
                               : text::grouped(static_cast<std::uint64_t>(amount / kExabyte)) + " EB";
}

std::string tokens_per_second(double rate) {
  if (rate < 0.01) return "under 0.01";
  return rate < 10 ? text::fixed(rate, 2) : text::grouped(static_cast<std::uint64_t>(std::llround(rate)));
}

std::string divided(const ServingRequest& request) {
  std::string out;
  const auto add = [&](const char* flag, std::uint64_t degree) {
    if (degree > 1) out += std::string(out.empty() ? "" : " ") + flag + std::to_string(degree);
  };
  add("tp", request.division.tensor), add("pp", request.pipeline), add("ep", request.division.expert);
  add("cp", request.division.context);
  if (request.division.imbalance > 1) out += ", imbalance " + text::number(request.division.imbalance);
  return out.empty() ? "1 device" : out;
}

/// "full 131 kB a token in 64 tensors"
std::string cache(const CacheNeed& need) {
  std::string out(name(need.kind));
  if (need.bytes_per_token > 0) out += " " + bytes(need.bytes_per_token) + " a token";
  if (need.bytes_per_sequence > 0) out += " " + bytes(need.bytes_per_sequence) + " a sequence";
  if (need.window > 0) out += " up to " + text::grouped(need.window);
  return out + " (" + text::counted(need.tensors, "tensor") + ")";
}

void write_memory(const ServingPlan& plan, Sink& out) {
  std::vector<Line> lines{
      {"on", "kernels as", "divided", "weights", "activations", "other", "for caches", "longest sequence"}};
  for (const auto& target : plan.targets) {
    const auto pool = target.memory.pool();
    lines.push_back({text::printable(target.id), describe(target.lowering), divided(plan.request),
                     text::bytes(target.memory.weights.value), text::bytes(target.memory.activations.value),
                     text::bytes(target.memory.other.value),
                     !pool        ? "unknown"
                     : *pool == 0 ? "none: what stands before it does not fit"
                                  : bytes(*pool),
                     target.largest_context ? text::grouped(*target.largest_context) : "unknown"});
  }
  write_columns(lines, 3, out);
  if (plan.targets.empty()) return;
  for (const auto& need : plan.targets.front().memory.cache) out.write("Cache: " + cache(need) + "\n");
}

/// Of a time that holds the device's so often.
std::string band(const std::optional<Estimate>& estimate, double seconds, double times) {
  if (!estimate || !estimate->band.stated()) return "not scored";
  const double device_s = estimate->latency.value * times, rest = seconds - device_s;
  return text::seconds(device_s * estimate->band.low + rest, device_s * estimate->band.high + rest) +
         (estimate->band.scored() ? "" : ", a guess");
}

std::string fits(const std::optional<bool>& fits) { return fits ? (*fits ? "yes" : "no") : "unknown"; }

void write_points(const ServingPlan& plan, Sink& out) {
  std::vector<Line> lines{{"on", "context", "batch", "first token", "80 % band", "each token", "80 % band",
                           "tokens/s", "J/token", "cache", "allocated", "fits"}};
  for (const auto& target : plan.targets)
    for (const auto& p : target.points)
      lines.push_back({text::printable(target.id), text::grouped(p.context), text::grouped(p.batch),
                       text::seconds(p.first_s), band(p.first, p.first_s, p.first_times),
                       text::seconds(p.token_s), band(p.token, p.token_s, p.token_times),
                       tokens_per_second(p.tokens_per_s),
                       p.joules_per_token ? text::joules(*p.joules_per_token) : "unknown",
                       bytes(p.needed_bytes), bytes(p.allocated_bytes), fits(p.fits)});
  write_columns(lines, 1, out);
}

/// "at most 45 sequences fit", of stages "at most 45 sequences in each of 4 batches fit"
std::string most(std::uint64_t sequences, std::uint64_t batches) {
  const std::string each = batches > 1 ? " in each of " + std::to_string(batches) + " batches" : "";
  return "at most " + text::counted(sequences, "sequence") + each + " fit" +
         (sequences == 1 && batches == 1 ? "s" : "");
}

/// "h100_sxm, 8,192 tokens: at most 45 sequences fit; up to 38 keep the goal"
void write_limits(const ServingPlan& plan, Sink& out) {
  for (const auto& target : plan.targets)
    for (const auto& limit : target.limits) {
      std::string line = text::printable(target.id) + ", " + text::counted(limit.context, "token") + ": ";
      line += limit.largest_batch ? most(*limit.largest_batch, plan.request.pipeline)
                                  : "how many sequences fit is not known";
      if (limit.goal_batch && *limit.goal_batch > 0)
        line += "; up to " + text::grouped(*limit.goal_batch) +
                (plan.request.pipeline > 1 ? " in each" : "") + " keep the goal";
      if (limit.nearest)
        line += "; no batch keeps the goal: the nearest is " + text::seconds(limit.nearest->token_s) +
                " a token after " + text::seconds(limit.nearest->first_s) + ", with one sequence";
      out.write(line + "\n");
    }
}

/// "; answers of 128 tokens, 10 requests of each client, all from 80 % of their length on"
std::string asked(const ServingRequest& request) {
  if (request.generated == 0) return {};
  return "; answers of " + text::counted(request.generated, "token") + ", " +
         text::counted(request.requests, "request") + " of each client" +
         (request.shortest < 1
              ? ", all from " + text::fixed(100 * request.shortest, 0) + " % of their length on"
              : "");
}

void write_first(const ServingPlan& plan, Sink& out) {
  for (const auto& target : plan.targets)
    if (target.unpriced > 0)
      out.write(text::printable(target.id) + ": " +
                text::counted(target.unpriced, "operator has", "operators have") +
                " no price: times are the least that they may be\n");
}

}  // namespace

void write_serving_page(const ServingPlan& plan, Sink& out) {
  const auto& engine = plan.request.engine;
  out.write(text::printable(plan.model) + ", served by " + engine.name + " " + engine.version +
            ", which takes " + text::fixed(100 * engine.memory_share, 0) + " % of the memory in pages of " +
            std::to_string(engine.page_tokens) + " tokens" + asked(plan.request) + "\n");
  write_first(plan, out);
  write_memory(plan, out);
  out.write("\n");
  write_points(plan, out);
  out.write("\n");
  write_limits(plan, out);
}

}  // namespace alidade::cli
