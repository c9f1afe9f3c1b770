#include <unistd.h>

#include <array>
#include <charconv>

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/command_line/python_program.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/progress_line.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/sweeps/fleet.hpp"
#include "cli/sweeps/points_out.hpp"
#include "cli/sweeps/sweep_config.hpp"
#include "cli/sweeps/sweep_verbs.hpp"
#include "host/child/crash.hpp"
#include "host/run/exit_code.hpp"
#include "sweep/points.hpp"
#include "sweep/run.hpp"
#include "sweep/store.hpp"

namespace alidade::cli {
namespace {

/// The first one is for people, where no file is asked for.
constexpr std::array kFormats{Format{"text", ".txt"}, Format{"store", ".db"}, Format{"store", ".sqlite"},
                              Format{"html", ".html"}, Format{"csv", ".csv"}};
/// The first sign ends a line of progress, which only a terminal has.
constexpr const char* kLastWords =
    "\ninterrupted: the points so far are kept, and the same command goes on with the others\n";
/// Where SQLite keeps what is in no file.
constexpr const char* kInMemory = ":memory:";

std::optional<std::size_t> whole(std::string_view text) {
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

/// "2/4"
std::optional<sweep::Shard> shard_of(const std::string& written, std::vector<host::Mistake>& mistakes) {
  if (written.empty()) return sweep::Shard{};
  const auto slash = written.find('/');
  const auto part = whole(std::string_view(written).substr(0, slash));
  const auto of = slash == written.npos ? std::nullopt : whole(std::string_view(written).substr(slash + 1));
  if (part && of && *part >= 1 && *part <= *of) return sweep::Shard{*part, *of};
  mistakes.push_back({{"--shard", 0, 0, host::Origin::flag},
                      "expected a part of so many, 1/4 to 4/4 for four, found " + text::quoted(written),
                      {}});
  return std::nullopt;
}

/// "resnet18, batch 3, on l4"
std::string point_name(const sweep::Row& row, const sweep::Head& head) {
  std::string out = std::get<std::string>(row[1]);
  for (std::size_t i = 0; i < head.axes.size(); ++i)
    out += ", " + head.axes[i].key + " " + host::query::to_text(row[2 + i]);
  return text::printable(out);
}

/// How many points failed, and the first of them; `path` is that of the store, if there is one.
int say_failed(const sweep::Tally& tally, const sweep::Store& store, const std::string& path) {
  if (tally.failed == 0) return host::kDone;
  const auto& row = *tally.first_failed;
  say(Error{Fault::model,
            std::to_string(tally.failed) + " of " + std::to_string(tally.there) +
                " points failed; the first, " + point_name(row, store.head()) + ": " +
                host::query::to_text(row[row.size() - 2]),
            {},
            path.empty() ? "keep the points with -o sweep.db, and ask for those that failed"
                         : "'alidade query " + text::shell_word(path) + " failed' lists them"});
  return host::kSomeFailed;
}

Result<void> write(const sweep::Store& store, const std::string& format, Sink& out) {
  if (format == "html") return write_sweep_page(store, out);
  return write_points(store, format == "csv" ? Question::Form::csv : Question::Form::text, out);
}

/// What came out, as a line about the store, or all of it.
Result<void> write_out(sweep::Store& store, const sweep::Tally& tally, const SweepArgs& args,
                       const std::string& format) {
  StringSink text;
  if (format == "store") {
    if (auto ok = store.finish(); !ok) return ok;
    text.write(std::to_string(tally.there) + " of " + std::to_string(store.head().points) + " points in " +
               text::printable(args.output) + "\n");
  } else if (auto ok = write(store, format, text); !ok) {
    return ok;
  }
  return write_output(format == "store" ? "-" : args.output, args.models,
                      [&](Sink& out) { out.write(text.str()); });
}

int finish(sweep::Store& store, const SweepArgs& args, const std::string& format) {
  const auto tally = store.tally();
  if (!tally) return say(tally.error()), host::exit_code(tally.error().fault);
  const auto written = write_out(store, *tally, args, format);
  if (!written) return say(written.error()), host::exit_code(written.error().fault);
  return say_failed(*tally, store, format == "store" ? args.output : "");
}

}  // namespace

int verb_sweep(const SweepArgs& args) {
  if (args.engine != "here") return become_python_program("alidade-fleet", "the engine ray", "ray");
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  auto shard = shard_of(args.shard, mistakes);
  if (shard) shard->units = {args.units.begin(), args.units.end()};
  auto asked = sweep_config_of(args, mistakes);
  if (!mistakes.empty()) return host::settle(mistakes, asked.config.sources), write_mistakes(mistakes);
  auto pipeline = plan_config(std::move(asked.config), {});
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  const auto& plan = pipeline.outcome.plan;
  const auto points = sweep::points_of(pipeline.config, plan, asked.axes);
  if (!args.job.empty()) return write_job(args.job, pipeline, points, asked.axes);
  auto store = sweep::Store::write(format == "store" ? args.output : kInMemory, points.head());
  if (!store) return say(store.error()), host::exit_code(store.error().fault);
  if (format == "store") host::say_when_interrupted(kLastWords + (isatty(STDERR_FILENO) == 1 ? 0 : 1));
  {
    ProgressLine line("points");
    const auto ran =
        sweep::run(points, plan, *store, {*shard, args.retry, plan.threads, !pipeline.config.trust},
                   [&](const sweep::Progress& p) { line.show(p.already + p.run, p.already, p.points); });
    if (!ran) return say(ran.error()), host::exit_code(ran.error().fault);
  }
  return finish(*store, args, format);
}

}  // namespace alidade::cli
