#include <algorithm>
#include <array>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/parts.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/serving/amounts.hpp"
#include "cli/serving/serving_out.hpp"
#include "host/run/failures.hpp"

namespace alidade::cli {
namespace {

namespace serving = host::serving;

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}, Format{"csv", ".csv"}};

constexpr int kWidestCache = 32;  // bits of a number that keys and values are kept in

void wrong(std::vector<host::Mistake>& mistakes, const std::string& flag, const std::string& found,
           std::string fix) {
  mistakes.push_back({{flag, 0, 0, host::Origin::flag}, "found " + text::quoted(found), std::move(fix)});
}

std::optional<double> goal_of(const std::string& flag, const std::string& written,
                              std::vector<host::Mistake>& mistakes) {
  if (written.empty()) return std::nullopt;
  const auto seconds = seconds_in(written);
  if (!seconds) wrong(mistakes, flag, written, "write a time with its unit: 50ms, 1.5s");
  return seconds;
}

std::uint64_t tokens_of(const std::string& flag, const std::string& written,
                        std::vector<host::Mistake>& mistakes) {
  const auto tokens = tokens_in(written);
  if (!tokens) wrong(mistakes, flag, written, "write a number of tokens from 1 on: 4096, 8k");
  return tokens.value_or(1);
}

double share_of(const std::string& flag, double share, std::vector<host::Mistake>& mistakes) {
  if (!(share >= serving::kLeastShare && share <= serving::kMostShare))
    wrong(mistakes, flag, text::number(share),
          "write a share from " + text::number(serving::kLeastShare) + " to " +
              text::number(serving::kMostShare));
  return share;
}

serving::ServingRequest request_of(const ServePlanArgs& args, std::vector<host::Mistake>& mistakes) {
  serving::ServingRequest out;
  for (const auto& context : args.contexts) out.contexts.push_back(tokens_of("--context", context, mistakes));
  for (const auto batch : args.batches) out.batches.push_back(static_cast<std::uint64_t>(batch));
  if (args.generated != "0") out.generated = tokens_of("--generate", args.generated, mistakes);
  if (const auto shortest = std::ranges::min(out.contexts); out.generated >= shortest && mistakes.empty())
    wrong(mistakes, "--generate", args.generated,
          "the answer is a part of the sequence: fewer tokens than the shortest --context, " +
              text::grouped(shortest));
  out.token_goal_s = goal_of("--tpot", args.token_goal, mistakes);
  out.first_goal_s = goal_of("--ttft", args.first_goal, mistakes);
  if (!args.cache_dtype.empty()) {
    const auto type = dtype_named(args.cache_dtype);
    const bool kept = type && (is_floating(*type) || is_integer(*type)) && !is_complex(*type);
    if (!kept || bits(*type) > kWidestCache)
      wrong(mistakes, "--cache-dtype", args.cache_dtype, "name a type: bf16, f16, f8e4m3, i8");
    out.cache = type.value_or(Dtype::unknown);
  }
  out.division = {args.tensor, args.expert, args.context, args.imbalance}, out.pipeline = args.pipeline;
  out.requests = args.requests;
  if (args.shortest) out.shortest = share_of("--shortest", *args.shortest, mistakes);
  auto engine = serving::read_engine(args.engine);
  if (!engine)
    mistakes.push_back({{"--engine", 0, 0, host::Origin::flag}, engine.error().what, engine.error().fix});
  else
    out.engine = std::move(*engine);
  if (args.memory_share) out.engine.memory_share = share_of("--memory-share", *args.memory_share, mistakes);
  return out;
}

/// A source is captured in a phase, with its sizes left open.
void ask_for_phase(const std::string& phase, host::Config& config) {
  auto& options = frontend_entry(config, "capture", "serve-plan").options;
  options.push_back(option_from_flag("phase", phase, "serve-plan"));
  options.push_back(option_from_flag("leave_open", true, "serve-plan"));
}

/// The file of the other phase: the one that was given, or beside "x.decode.pt2" the file "x.prefill.pt2".
std::string prefill_of(const ServePlanArgs& args) {
  if (!args.prefill.empty()) return args.prefill;
  auto path = args.models.front();
  const auto at = path.rfind(".decode.");
  if (at == path.npos) return path;
  path.replace(at, 8, ".prefill.");
  std::error_code none;
  return std::filesystem::exists(path, none) ? path : args.models.front();
}

Pipeline pipeline_of(const ServePlanArgs& args, const std::string& model, const std::string& phase,
                     std::vector<host::Mistake> mistakes) {
  ModelArgs one = args;
  one.models = {model}, one.batches.clear();
  if (one.dtype.empty()) one.dtype = "bf16";
  auto config = config_of(one, mistakes, {from_flag(std::string("cost"), "serve-plan")});
  ask_for_phase(phase, config);
  return plan_config(std::move(config), std::move(mistakes));
}

Result<serving::SampledPhase> read(const Pipeline& pipeline) {
  const auto& plan = pipeline.outcome.plan;
  auto phase = serving::read_phase(plan.models.front(), plan.limits);
  if (!phase) return std::unexpected(std::move(phase).error());
  return serving::SampledPhase(std::move(*phase), cost_step(plan));
}

std::unexpected<Error> lacks(const std::string& phase, const std::string& path) {
  return fail(Fault::config, "the file has no open length of " + phase, path,
              "give a file of each phase: serve-plan X.decode.pt2 --prefill X.prefill.pt2");
}

Result<serving::ServingPlan> plan_of(const Pipeline& decoding, const Pipeline& prefilling,
                                     serving::ServingRequest request) {
  auto decode = read(decoding);
  if (!decode) return std::unexpected(std::move(decode).error());
  const auto& graph = decode->graph();
  if (graph.past.empty() && graph.grows()) return lacks("the cache", decode->graph().path);
  auto prefill = read(prefilling);
  if (!prefill) return std::unexpected(std::move(prefill).error());
  // what an encoder of one size reads is as long as it is
  if (prefill->graph().seq.empty() && !graph.has(CacheKind::cross))
    return lacks("the prompt", prefill->graph().path);
  const auto& steps = decoding.outcome.plan;
  serving::ServingPlan out{steps.models.front().id, std::move(request), {}};
  for (const auto& step : steps.hardware) {
    auto target = serving::plan_target(step, *prefill, *decode, out.request);
    if (!target) return std::unexpected(std::move(target).error());
    out.targets.push_back(std::move(*target));
  }
  return out;
}

void write(const std::string& format, const serving::ServingPlan& plan, Sink& out) {
  if (format == "json") return write_serving_json(plan, out);
  if (format == "csv") return write_serving_csv(plan, out);
  write_serving_page(plan, out);
}

int failed(const Error& error) {
  say(error);
  return host::exit_code(error.fault);
}

/// One model, and the code that it alone would end with.
int serve(const ServePlanArgs& args, const serving::ServingRequest& request, const std::string& format) {
  const auto decoding = pipeline_of(args, args.models.front(), "decode", {});
  if (!decoding.outcome.mistakes.empty()) return write_mistakes(decoding, false);
  const auto prefilling = pipeline_of(args, prefill_of(args), "prefill", {});
  if (!prefilling.outcome.mistakes.empty()) return write_mistakes(prefilling, false);
  const auto plan = plan_of(decoding, prefilling, request);
  if (!plan) return failed(plan.error());
  const std::vector<std::string> inputs{decoding.outcome.plan.models.front().path,
                                        prefilling.outcome.plan.models.front().path};
  const auto written = write_output(args.output, inputs, [&](Sink& out) { write(format, *plan, out); });
  return written ? host::kDone : failed(written.error());
}

}  // namespace

int verb_serve_plan(const ServePlanArgs& args) {
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  const auto request = request_of(args, mistakes);
  if (args.models.size() > 1 && !args.prefill.empty())
    wrong(mistakes, "--prefill", args.prefill, "it belongs to one model: name the models one by one");
  if (!mistakes.empty()) return write_mistakes(mistakes);
  host::Failures failures;
  for (const auto& model : args.models) {  // the next one goes on where one fails
    auto one = args;
    one.models = {model};
    const int code = serve(one, request, format);
    code == host::kDone ? failures.succeeded() : failures.failed(code);
  }
  return failures.code();
}

}  // namespace alidade::cli
