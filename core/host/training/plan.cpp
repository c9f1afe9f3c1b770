// What a training step takes on targets.
#include "plan.hpp"

#include <algorithm>
#include <set>

#include "alidade/base/text.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/training_step.hpp"
#include "device_memory.hpp"
#include "host/run/analyse.hpp"
#include "host/run/estimate.hpp"
#include "host/serving/links.hpp"
#include "sdk/training/best.hpp"
#include "update.hpp"

namespace alidade::host::training {
namespace {

namespace tape = alidade::training;

/// One target of a plan.
class TargetPlan {
 public:
  TargetPlan(const Graph& graph, const CostProfile& cost, const Step& counting, const HardwareStep& step,
             const TrainingRequest& request, const OptimizerRule& rule)
      : g_(graph), cost_(cost), counting_(counting), step_(step), request_(request), rule_(rule) {}

  Result<TrainingTarget> plan() {
    auto passes = Estimator(g_, cost_).estimate(step_);
    if (!passes) return std::unexpected(std::move(passes).error());
    out_.passes = std::move(*passes);
    const auto& kernels = *out_.passes.graph_of_kernels;
    out_.id = step_.id, out_.name = out_.passes.machine.name, out_.lowering = kernels.lowering();
    out_.batch = out_.passes.batch, out_.unpriced = out_.passes.unpriced;
    out_.runtime = out_.passes.memory.context, out_.capacity = out_.passes.machine.capacity;
    auto made = tape::tape_of(g_);
    if (!made) return std::unexpected(std::move(made).error());
    tape_ = std::move(*made);
    retype(g_, kernels, tape_);
    add_weight_copies(kernels, tape_);
    if (!request_.masters && !has_masters(kernels)) return std::unexpected(no_masters());
    if (auto found = find_blocks(); !found) return std::unexpected(std::move(found).error());
    share_ = device_share(g_, kernels, blocks_, rule_, request_);
    price_units();
    choose();
    hold();
    if (auto timed = take_time(); !timed) return std::unexpected(std::move(timed).error());
    return std::move(out_);
  }

 private:
  using How = Checkpointing::How;
  using Kind = Collective::Kind;

  /// Blocks are what is run again, and what is gathered together.
  Result<void> find_blocks() {
    const auto how = request_.checkpoint.how;
    if (how == How::named) return find_named();
    if (how != How::none || request_.devices > 1) blocks_ = tape::blocks_found(g_, tape_);
    if (how != How::all || !blocks_.empty()) return {};
    return fail(Fault::config, "no class of modules lowers the peak when each of them runs again",
                "--checkpoint", "name paths; " + some_modules());
  }
  Result<void> find_named() {
    for (const auto& pattern : request_.checkpoint.patterns)
      if (tape::blocks_named(g_, {pattern}).empty())
        return fail(Fault::config, "no module has a path like " + text::quoted(pattern), "--checkpoint",
                    some_modules());
    blocks_ = tape::blocks_named(g_, request_.checkpoint.patterns);
    return {};
  }
  [[nodiscard]] std::string some_modules() const {
    std::vector<std::string> some;
    for (std::size_t m = 1; m < g_.module_count() && some.size() < 3; ++m)
      some.push_back(g_.path(ModuleId(m)));
    return some.empty() ? "the model has no modules" : "some that there are: " + text::join(some, ", ");
  }

  [[nodiscard]] bool has_masters(const KernelGraph& kernels) const {
    return std::ranges::any_of(tape::trained_in(g_),
                               [&](const auto& p) { return has_master(kernels.type(p.value)); });
  }
  [[nodiscard]] Error no_masters() const {
    const auto precision = std::string(name(out_.lowering.precision));
    return {Fault::config,
            "no parameter has a copy in f32 to leave out: in " + precision + " all have 32 bits",
            "--no-masters", "it is of parameters of 16 bits: add --dtype bf16"};
  }

  void price_units() {
    const auto seconds = out_.passes.by_node(g_, cost_);
    price_.assign(tape_.units.size(), 0), flops_.assign(tape_.units.size(), 0);
    for (const NodeId n : g_.nodes()) {
      const auto u = tape_.unit_of[n];
      price_[u] += seconds[n].value;
      flops_[u] += cost_.nodes[n].work.flops.value * cost_.nodes[n].runs;
    }
  }

  void choose() {
    if (request_.checkpoint.how == How::best)
      out_.goal = request_.memory_goal ? request_.memory_goal : room();
    if (request_.checkpoint.how == How::none || blocks_.empty()) return;
    const auto& keep = request_.checkpoint.keep;
    std::vector<std::uint32_t> segment(blocks_.size());
    for (std::uint32_t b = 0; b < segment.size(); ++b) segment[b] = b;
    if (request_.checkpoint.how == How::best) segment = best();
    auto made = tape::checkpointed(tape_, tape::segments_of(g_, tape_, blocks_, segment, keep));
    auto& rerun = out_.rerun;
    rerun.blocks = blocks_.size(), rerun.block_class = g_.type(blocks_.front());
    for (const auto u : made.again) rerun.flops += Flops(flops_[u]), rerun.time += Seconds(price_[u]);
    std::set<std::uint32_t> segments;
    for (const auto s : segment)
      if (s != tape::kNone) ++rerun.again, segments.insert(s);
    rerun.segments = segments.size();
    tape_ = std::move(made.tape);
  }
  [[nodiscard]] std::vector<std::uint32_t> best() {
    const tape::Choices choices{g_, tape_, blocks_, request_.checkpoint.keep, price_, share_.keeps};
    if (!out_.goal) return std::vector<std::uint32_t>(blocks_.size(), tape::kNone);
    const auto beside = share_.holdings.all_along.total().value;
    return tape::best_choice(choices, out_.goal->value - std::min(out_.goal->value, beside)).segment;
  }
  /// What the device leaves to a step.
  [[nodiscard]] std::optional<Bytes> room() const {
    if (!out_.capacity) return std::nullopt;
    return Bytes(out_.capacity->value - std::min(out_.capacity->value, out_.runtime.value));
  }

  void hold() {
    out_.peak = tape::peak_of(tape_, tape::alive(tape_, share_.keeps), share_.holdings);
    if (out_.peak.node.valid()) out_.peak_operator = layer_names(g_)[out_.peak.node];
    out_.kept = tape::kept_at_turn(tape_), out_.gathered = share_.gathered;
    list_kept();
    if (const auto most = room()) out_.fits = out_.peak.bytes.total() <= *most;
    if (out_.goal) out_.rerun.keeps_goal = out_.peak.bytes.total() <= *out_.goal;
  }

  void list_kept() {
    const auto all = tape::kept_by_module(g_, tape_);
    ModuleId around(0);
    for (const auto& one : all)  // parents come before children
      if (10 * one.bytes.value >= 9 * out_.kept.value && g_.parent(one.module) == around) around = one.module;
    for (const auto& one : all)
      if (one.module != around && g_.parent(one.module) == around)
        out_.kept_by_module.emplace_back(g_.path(one.module), one.bytes);
  }

  Result<void> take_time() {
    auto graph = update_graph(rule_, share_.updated);
    if (!graph) return std::unexpected(std::move(graph).error());
    auto update = update_time(*graph, counting_, step_);
    if (!update) return std::unexpected(std::move(update).error());
    const auto passes = static_cast<double>(request_.accumulate);
    const double once = out_.passes.latency.value, again = out_.rerun.time.value;
    out_.passes_time = Seconds(passes * (once + again)), out_.update = update->latency;
    auto collectives = told();
    if (!collectives) return out_.unknown_links = collectives.error().what, Result<void>{};
    out_.collectives = *collectives, out_.step = out_.least() + *collectives;
    add_band(*update, collectives->value);
    return {};
  }
  /// At best what devices tell one another is hidden behind the passes, at worst nothing of it.
  void add_band(const Estimate& update, double beside) {
    const auto &passes = out_.passes.band, &after = update.band;
    if (!passes.stated() || !after.stated()) return;
    out_.scored = passes.scored() && after.scored();
    const double low = out_.passes_time.value * passes.low, high = out_.passes_time.value * passes.high;
    out_.low = Seconds(std::max(low, beside) + out_.update.value * after.low);
    out_.high = Seconds(high + beside + out_.update.value * after.high);
  }

  /// Of one update: gradients are summed, in parts where the update is divided; parameters come back, or are
  /// gathered in every pass. Summing in parts takes what gathering takes: the same bytes over the same links.
  [[nodiscard]] Result<Seconds> told() const {
    if (request_.devices == 1) return Seconds();
    const auto links = serving::links_of(step_.id);
    if (!links) return std::unexpected(links.error());
    const auto passes = request_.accumulate;
    if (request_.zero == 0) return told_in(*links, Kind::all_reduce, share_.gradients, 1);
    const auto sums = told_in(*links, Kind::all_gather, share_.gradients, request_.zero > 1 ? passes : 1);
    const auto back =
        told_in(*links, Kind::all_gather, share_.parameters, request_.zero > 2 ? 2 * passes : 1);
    return !sums ? sums : !back ? back : Result<Seconds>(*sums + *back);
  }
  /// So many times, group by group.
  [[nodiscard]] Result<Seconds> told_in(const serving::LinkTable& links, Kind kind, Bytes all,
                                        std::uint64_t times) const {
    const auto each = static_cast<double>(all.value) / static_cast<double>(share_.groups);
    auto once = links.time(kind, request_.devices, each);
    if (!once) return once;
    return Seconds(once->value * static_cast<double>(share_.groups * times));
  }

  const Graph& g_;
  const CostProfile& cost_;
  const Step& counting_;
  const HardwareStep& step_;
  const TrainingRequest& request_;
  const OptimizerRule& rule_;
  tape::Tape tape_;
  tape::Blocks blocks_;
  DeviceShare share_;
  std::vector<double> price_;         // of each unit in seconds
  std::vector<std::uint64_t> flops_;  // of each unit
  TrainingTarget out_;
};

}  // namespace

double TrainingTarget::per_second(Seconds step, const TrainingRequest& request) const {
  const auto examples = static_cast<double>(batch * request.accumulate * request.devices);
  return step.value > 0 ? examples / step.value : 0;
}

Result<TrainingPlan> plan_training(const ModelStep& model, const Graph& graph, const Step& cost,
                                   std::span<const HardwareStep> hardware, const TrainingRequest& request) {
  const auto step = training_step(graph);
  if (!step)
    return fail(Fault::model, "the model is no training step: it has no backward pass", model.shown,
                "capture it with one: alidade-capture MODEL --train-step -o FILE.pt2");
  if (!request.loss.empty() && request.loss != step->loss)
    return fail(
        Fault::config,
        "the file was captured with the loss " + text::quoted(text::printable(step->loss)) + ", not " +
            text::quoted(request.loss),
        "--loss",
        "leave it out, or capture the model anew: alidade-capture MODEL --train-step --loss " + request.loss);
  auto counted = analyse(cost, graph, {});
  if (!counted) return std::unexpected(std::move(counted).error());
  const auto* named = optimizer_named(step->optimizer);
  TrainingPlan out{
      model.id, step->loss, request.optimizer.value_or(named ? *named : kOptimizers.front()), 0, {}};
  for (const auto& parameter : tape::trained_in(graph)) out.trained += parameter.elements;
  for (const auto& target : hardware) {
    auto planned =
        TargetPlan(graph, *counted->as<CostProfile>(), cost, target, request, out.optimizer).plan();
    if (!planned) return std::unexpected(std::move(planned).error());
    out.targets.push_back(std::move(*planned));
  }
  return out;
}

}  // namespace alidade::host::training
