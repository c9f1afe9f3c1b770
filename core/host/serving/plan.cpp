// What a model takes to serve on a target, over batches and lengths.
#include "plan.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "host/plugins/guard.hpp"
#include "host/run/estimate.hpp"
#include "load.hpp"
#include "memory.hpp"

namespace alidade::host::serving {
namespace {

using Kind = SampledPhase::Kind;

constexpr std::uint64_t kMostSequences = std::uint64_t{1} << 40;  // that a plan looks for

std::unexpected<Error> indivisible(const std::string& flag, std::uint64_t degree, std::uint64_t count,
                                   const std::string& what) {
  std::vector<std::string> degrees;
  for (std::uint64_t d = 1; d <= count; ++d)
    if (count % d == 0) degrees.push_back(std::to_string(d));
  return fail(
      Fault::config,
      flag + " " + std::to_string(degree) + " does not divide the " + std::to_string(count) + " " + what, {},
      "these do: " + text::join(degrees, ", "));
}

/// Sums of collectives in one step of a phase.
Result<double> time_of(const std::vector<Collective>& all, const LinkTable& links) {
  double sum = 0;
  for (const auto& one : all) {
    auto time = links.time(one.kind, one.devices, static_cast<double>(one.bytes.value));
    if (!time) return std::unexpected(std::move(time).error());
    sum += time->value * static_cast<double>(one.count);
  }
  return sum;
}

/// One target: its model, its kernels of both phases, and the links between several of it.
class TargetPlan {
 public:
  TargetPlan(const HardwareStep& step, const ServingRequest& request) : step_(step), request_(request) {}

  Result<ServingTarget> plan(SampledPhase& prefill, SampledPhase& decode) {
    if (auto ready = prepare(prefill, decode); !ready) return std::unexpected(std::move(ready).error());
    out_.memory = memory_of(*decode_, decode.graph(), machine_, request_);
    find_longest();
    for (const auto context : request_.contexts)
      if (auto done = plan_context(context); !done) return std::unexpected(std::move(done).error());
    return std::move(out_);
  }

 private:
  Result<void> prepare(SampledPhase& prefill, SampledPhase& decode) {
    auto model = make_component<HardwareModel>(*step_.loaded, step_.options);
    if (!model) return std::unexpected(std::move(model).error());
    model_ = std::move(*model);
    const PluginCall call{step_.loaded->info.name, step_.loaded->library, "describing its machine"};
    auto machine = guarded(call, [&] { return model_->machine(); });
    if (!machine) return std::unexpected(std::move(machine).error());
    machine_ = std::move(*machine);
    out_.id = step_.id, out_.name = step_.name.empty() ? machine_.name : step_.name;
    out_.lowering = lowering_of(step_, *model_);
    for (auto [phase, kind, place] :
         {std::tuple{&prefill, Kind::prefill, &prefill_}, std::tuple{&decode, Kind::decode, &decode_}}) {
      auto kernels = phase->kernels(kind, out_.lowering);
      if (!kernels) return std::unexpected(std::move(kernels).error());
      *place = *kernels;
      auto verdicts = verdicts_in(**kernels);
      if (!verdicts) return std::unexpected(std::move(verdicts).error());
      verdicts_[static_cast<std::size_t>(kind)] = std::move(*verdicts);
    }
    return divide();
  }
  /// What the target's rules and its model say of a graph.
  Result<std::vector<OperatorVerdict>> verdicts_in(const SampledPhase::Kernels& kernels) const {
    const auto& graph = kernels.functions.graph();
    auto ruled = Estimator(graph, kernels.cost).model_of(step_);
    if (!ruled) return std::unexpected(std::move(ruled).error());
    return verdicts_of(**ruled, graph, kernels.cost);
  }
  /// Whether heads and experts come out even, and what the devices' links take.
  Result<void> divide() {
    const auto& f = decode_->functions;
    const auto [tensor, expert, context, imbalance] = request_.division;
    if (tensor > 1 && f.heads() % tensor != 0)
      return indivisible("--tp", tensor, f.heads(), "heads of the model");
    if (expert > 1 && f.experts() == 0)
      return fail(Fault::config, "--ep " + std::to_string(expert) + " divides experts: the model has none",
                  {}, "leave --ep out");
    if (expert > 1 && f.experts() % expert != 0)
      return indivisible("--ep", expert, f.experts(), "experts of the model");
    if (expert > 1 && tensor > expert && tensor % expert != 0)
      return indivisible("--ep", expert, tensor, "devices of --tp");
    if (imbalance > static_cast<double>(expert))
      return fail(Fault::config,
                  "--imbalance " + text::number(imbalance) + " is more than the " +
                      text::counted(expert, "device") + " of --ep",
                  {}, "one of them can have all rows, which is so many times the mean; 1: each has as many");
    if (f.layers() > 0 && request_.pipeline > f.layers())
      return fail(Fault::config,
                  "--pp " + std::to_string(request_.pipeline) + " is more than the " +
                      text::counted(f.layers(), "layer") + " of the model",
                  {}, "a stage holds a layer at least");
    if (request_.devices() == 1 && expert == 1 && context == 1) return {};
    auto links = links_of(out_.id);
    if (!links) return std::unexpected(std::move(links).error());
    links_ = std::move(*links);
    return {};
  }

  /// Kernels of a step, and what devices tell one another beside them.
  struct Step {
    Estimate estimate;
    double collectives_s = 0;
  };
  Result<Step> step(Kind kind, double batch, double length) {
    const auto* kernels = kind == Kind::prefill ? prefill_ : decode_;
    const StepSizes sizes{batch, length, request_.cache};
    const PluginCall call{step_.loaded->info.name, step_.loaded->library, "estimating the model"};
    auto estimate = guarded(call, [&] {
      return estimate_in_turn(
          *model_, kernels->functions.graph(),
          std::make_shared<const KernelGraph>(kernels->functions.at(sizes, request_.division)),
          verdicts_[static_cast<std::size_t>(kind)], step_.id, step_.loaded->info.name);
    });
    if (!estimate) return std::unexpected(std::move(estimate).error());
    Step out{std::move(*estimate), 0};
    if (!links_) return out;
    auto told = kernels->functions.collectives(sizes, request_.division);
    const double tokens = kind == Kind::prefill ? batch * length : batch;
    const auto row =
        Bytes(static_cast<std::uint64_t>(tokens * 2 * static_cast<double>(kernels->functions.hidden())));
    if (request_.pipeline > 1) told.push_back({Collective::Kind::all_gather, 2, request_.pipeline - 1, row});
    auto time = time_of(told, *links_);
    if (!time) return std::unexpected(std::move(time).error());
    out.collectives_s = *time, out_.collectives = std::move(told);
    return out;
  }

  /// A prompt by itself, and what one more in the same step takes.
  struct Prompt {
    Step alone;
    double more_s = 0;
  };
  Result<Prompt> prompt(std::uint64_t context) {
    constexpr std::uint64_t kMost = 16;
    const auto parts = request_.division.context, tokens = context - request_.generated;
    const auto length = static_cast<double>((tokens + parts - 1) / parts);
    auto alone = step(Kind::prefill, 1, length);
    if (!alone) return std::unexpected(std::move(alone).error());
    Prompt out{std::move(*alone), 0};
    if (request_.generated == 0) return out;
    const auto several = std::clamp<std::uint64_t>(request_.engine.step_tokens / tokens, 2, kMost);
    auto all = step(Kind::prefill, static_cast<double>(several), length);
    if (!all) return std::unexpected(std::move(all).error());
    const double more = all->estimate.latency.value + all->collectives_s - out.alone.estimate.latency.value -
                        out.alone.collectives_s;
    out.more_s = std::max(more, 0.0) / static_cast<double>(several - 1) + request_.engine.prompt_s;
    return out;
  }

  void find_longest() {
    const auto pool = out_.memory.pool();
    if (!pool) return;
    std::uint64_t low = 0, high = std::uint64_t{1} << 40;
    while (low + 1 < high) {
      const auto middle = low + (high - low) / 2;
      (out_.memory.allocated(middle, request_.engine) <= *pool ? low : high) = middle;
    }
    out_.largest_context = low;
  }
  /// Batches whose caches a device holds: one for each stage, so that none of them waits.
  [[nodiscard]] double under_way() const { return static_cast<double>(request_.pipeline); }
  [[nodiscard]] std::optional<std::uint64_t> largest_batch(std::uint64_t context) const {
    const auto pool = out_.memory.pool();
    if (!pool) return std::nullopt;
    const double each = out_.memory.allocated(context, request_.engine) * under_way();
    return static_cast<std::uint64_t>(std::min(*pool / each, static_cast<double>(kMostSequences)));
  }

  /// The time of a prompt by itself, which does not depend on the batch of those that are answered.
  Result<ServingPoint> point(std::uint64_t context, std::uint64_t batch, const Prompt& prompts) {
    const auto& prompt = prompts.alone;
    const auto generated = request_.generated;
    const double mean = (1 + request_.shortest) / 2;
    const double middle =
        mean * (static_cast<double>(context - generated) + static_cast<double>(generated) / 2);
    auto token = step(Kind::decode, static_cast<double>(batch), middle);
    if (!token) return std::unexpected(std::move(token).error());
    const auto& engine = request_.engine;
    ServingPoint out;
    out.context = context, out.batch = batch, out.first = prompt.estimate;
    const double device_s = token->estimate.latency.value;
    out.first_collective_s = prompt.collectives_s, out.token_collective_s = token->collectives_s;
    const double prompt_s = prompt.estimate.latency.value + prompt.collectives_s + engine.prompt_s;
    out.token_s = device_s + token->collectives_s + host_s(engine, batch);
    out.first_s = engine.request_s + prompt_s + engine.step_s;
    out.tokens_per_s = static_cast<double>(batch * request_.pipeline) / out.token_s;
    if (generated > 0) load(out, prompt_s, prompts.more_s, device_s + token->collectives_s);
    out.joules_per_token = joules_per_token(out, token->estimate, prompt.estimate);
    out.needed_bytes =
        out_.memory.needed(static_cast<double>(context)) * static_cast<double>(batch) * under_way();
    out.allocated_bytes = out_.memory.allocated(context, engine) * static_cast<double>(batch) * under_way();
    if (const auto pool = out_.memory.pool()) out.fits = out.allocated_bytes <= *pool;
    out_.unpriced = std::max(token->estimate.unpriced, prompt.estimate.unpriced);
    out.token = std::move(token->estimate);
    return out;
  }

  /// What kernels of a step take, a token's part of its prompt, and what all devices draw meanwhile whatever
  /// they do.
  [[nodiscard]] std::optional<double> joules_per_token(const ServingPoint& point, const Estimate& token,
                                                       const Estimate& prompt) const {
    const double idle = machine_.idle_watts.value_or(0);
    const auto above_idle = [&](const Estimate& e) { return e.energy->value - idle * e.latency.value; };
    if (!token.energy || !prompt.energy) return std::nullopt;
    double kernels = above_idle(token) / static_cast<double>(point.batch);
    if (request_.generated > 0) kernels += above_idle(prompt) / static_cast<double>(request_.generated);
    const auto devices = static_cast<double>(request_.devices());
    const double wanted =
        kernels * devices / static_cast<double>(request_.pipeline) + idle * devices / point.tokens_per_s;
    return machine_.cap_watts ? std::min(wanted, *machine_.cap_watts * devices / point.tokens_per_s) : wanted;
  }

  /// What clients see: a sequence that ends makes room for a prompt, which others wait for.
  void load(ServingPoint& out, double prompt_s, double more_s, double token_s) const {
    Load load;
    load.clients = out.batch, load.requests = request_.requests;
    load.prompt = out.context - request_.generated, load.answer = request_.generated;
    load.prompt_s = prompt_s, load.more_s = more_s, load.step_s = token_s;
    load.shortest = request_.shortest;
    load.room = largest_batch(out.context);
    const auto served = serve(load, request_.engine);
    out.first_times = served.first_s / out.first_s, out.token_times = served.token_s / out.token_s;
    out.first_s = served.first_s, out.token_s = served.token_s;
    out.tokens_per_s = served.tokens_per_s * static_cast<double>(request_.pipeline);
  }

  [[nodiscard]] std::vector<std::uint64_t> batches(std::optional<std::uint64_t> largest) const {
    if (!request_.batches.empty()) return request_.batches;
    std::vector<std::uint64_t> out{1};
    const auto most = largest.value_or(256);
    while (out.back() * 2 <= std::min<std::uint64_t>(most, 256)) out.push_back(out.back() * 2);
    return out;
  }
  Result<void> plan_context(std::uint64_t context) {
    auto prompt = this->prompt(context);
    if (!prompt) return std::unexpected(std::move(prompt).error());
    ServingLimit limit;
    limit.context = context, limit.largest_batch = largest_batch(context);
    for (const auto batch : batches(limit.largest_batch)) {
      auto one = point(context, batch, *prompt);
      if (!one) return std::unexpected(std::move(one).error());
      out_.points.push_back(std::move(*one));
    }
    if (request_.token_goal_s || request_.first_goal_s)
      if (auto found = find_goal(limit, *prompt); !found) return found;
    out_.limits.push_back(std::move(limit));
    return {};
  }
  [[nodiscard]] bool keeps_goals(const ServingPoint& p) const {
    return (!request_.token_goal_s || p.token_s <= *request_.token_goal_s) &&
           (!request_.first_goal_s || p.first_s <= *request_.first_goal_s);
  }
  /// The largest batch that keeps the goals: a larger one takes longer.
  Result<void> find_goal(ServingLimit& limit, const Prompt& prompt) {
    auto one = point(limit.context, 1, prompt);
    if (!one) return std::unexpected(std::move(one).error());
    limit.goal_batch = 0;
    if (!keeps_goals(*one) || limit.largest_batch == 0)
      return limit.nearest = std::move(*one), Result<void>{};
    std::uint64_t low = 1, high = limit.largest_batch.value_or(kMostSequences) + 1;
    while (low + 1 < high) {
      const auto middle = low + (high - low) / 2;
      auto tried = point(limit.context, middle, prompt);
      if (!tried) return std::unexpected(std::move(tried).error());
      (keeps_goals(*tried) ? low : high) = middle;
    }
    limit.goal_batch = low;
    return {};
  }

  const HardwareStep& step_;
  const ServingRequest& request_;
  std::unique_ptr<HardwareModel> model_;
  Machine machine_;
  const SampledPhase::Kernels *prefill_ = nullptr, *decode_ = nullptr;
  std::array<std::vector<OperatorVerdict>, 2> verdicts_;
  std::optional<LinkTable> links_;
  ServingTarget out_;
};

}  // namespace

Result<ServingTarget> plan_target(const HardwareStep& step, SampledPhase& prefill, SampledPhase& decode,
                                  const ServingRequest& request) {
  return TargetPlan(step, request).plan(prefill, decode);
}

}  // namespace alidade::host::serving
