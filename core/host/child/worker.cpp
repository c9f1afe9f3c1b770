#include "worker.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include "alidade/base/limits.hpp"
#include "alidade/ir/wire.hpp"
#include "child.hpp"
#include "frame.hpp"
#include "host/plugins/guard.hpp"
#include "sandbox.hpp"
#include "worker_order.hpp"

namespace alidade::host {
namespace {

/// One worker that has ended without a graph, in words.
struct Ended {
  const Loaded& frontend;
  const ReadRequest& request;
  const Limits& limits;
  const ChildEnd& end;

  [[nodiscard]] std::unexpected<Error> crashed() const {
    return said(
        Fault::model,
        fmt::format("the '{}' frontend crashed on this file ({})", frontend.info.name, signal_text(end.code)),
        "the file is damaged, or made to do this, or the frontend has a bug: export the model again, or name "
        "another frontend for it");
  }
  [[nodiscard]] std::unexpected<Error> cut_short() const {
    return said(
        Fault::model,
        fmt::format("the file was cut short while the '{}' frontend read it (SIGBUS)", frontend.info.name),
        "run again once the file is whole");
  }
  [[nodiscard]] std::unexpected<Error> tried_to(std::string_view deed) const {
    return said(
        Fault::model,
        fmt::format("the '{}' frontend tried to {} and was ended; reading a model needs no such thing",
                    frontend.info.name, deed),
        fmt::format(
            "the file is made to do this, or the plugin {} {} ({}) does it by itself: read the file with "
            "another frontend, or ask the plugin's author",
            frontend.plugin, frontend.version, frontend.library));
  }
  [[nodiscard]] std::unexpected<Error> out_of(std::string_view limit, std::uint64_t value,
                                              std::string_view unit) const {
    return said(Fault::limit,
                fmt::format("the '{}' frontend needed more than {} {} for this file", frontend.info.name,
                            value, unit),
                raise_limit(limit, std::to_string(value * 2)));
  }
  /// The limit of `[limits]`, or one that this process has from where it was started.
  [[nodiscard]] std::unexpected<Error> out_of_memory() const {
    rlimit own{};
    getrlimit(RLIMIT_AS, &own);
    if (own.rlim_max >= limits.memory_mib << 20)
      return out_of("memory_mib", limits.memory_mib, "MiB of memory");
    return said(
        Fault::limit,
        fmt::format("the '{}' frontend needed more memory for this file than this process may have, {} MiB",
                    frontend.info.name, own.rlim_max >> 20),
        "raise the limit that it was started with (ulimit -v), or read the file with --trust");
  }
  [[nodiscard]] std::unexpected<Error> gave_nonsense(std::string what) const {
    return said(Fault::plugin, fmt::format("the '{}' frontend {}", frontend.info.name, what),
                fmt::format("this is a bug of the plugin {} {} ({}): tell its author, with this file",
                            frontend.plugin, frontend.version, frontend.library));
  }

 private:
  [[nodiscard]] std::unexpected<Error> said(Fault fault, std::string what, std::string fix) const {
    if (!end.last_words.empty()) what += "; its last words: " + end.last_words;
    return fail(fault, std::move(what), request.path, std::move(fix));
  }
};

std::unexpected<Error> explain(const Ended& ended) {
  const auto& [frontend, request, limits, end] = ended;
  if (const auto deed = forbidden_deed(end)) return ended.tried_to(*deed);
  const bool used_up_cpu = end.cpu_s + 0.5 >= static_cast<double>(limits.cpu_s);
  switch (end.how) {
    case ChildEnd::How::deadline:
      return ended.out_of("wall_s", limits.wall_s, "seconds");
    case ChildEnd::How::flooded:
      return ended.out_of("memory_mib", limits.memory_mib, "MiB for its answer");
    case ChildEnd::How::exited:
      if (end.code == kNoMemoryToBegin) return ended.out_of_memory();
      return ended.gave_nonsense(
          fmt::format("ended its process without an answer (exit status {})", end.code));
    case ChildEnd::How::signalled:
      break;
  }
  if (end.code == SIGXCPU || (end.code == SIGKILL && used_up_cpu))
    return ended.out_of("cpu_s", limits.cpu_s, "CPU seconds");
  if (end.code == SIGKILL || (end.code == SIGABRT && end.last_words.find("bad_alloc") != std::string::npos))
    return ended.out_of_memory();
  return end.code == SIGBUS ? ended.cut_short() : ended.crashed();
}

Result<Graph> take_answer(const Ended& ended) {
  std::string_view bytes = ended.end.answer;
  const auto frame = take_frame(bytes);
  if (!frame || ended.end.how != ChildEnd::How::exited)
    return ended.end.how == ChildEnd::How::exited && !ended.end.answer.empty()
               ? ended.gave_nonsense("answered with something that is no answer")
               : explain(ended);
  if (frame->answer == Answer::error)
    if (auto error = unpack_error(frame->payload)) {
      // Running out is the limit's doing; the worker itself only knows that an allocation failed.
      if (error->fault == Fault::limit && error->where == ended.frontend.library)
        return ended.out_of("memory_mib", ended.limits.memory_mib, "MiB of memory");
      return std::unexpected(std::move(*error));
    }
  if (frame->answer != Answer::graph || !bytes.empty())
    return ended.gave_nonsense("answered with something that is no graph");
  auto graph = from_wire(frame->payload);
  if (!graph) return ended.gave_nonsense("handed over a graph that makes no sense: " + graph.error().what);
  return graph;
}

}  // namespace

Result<Graph> read_in_worker(const Loaded& frontend, const OptionValues& options, const ReadRequest& request,
                             const Limits& limits, Nursery* nursery) {
  const WorkerOrder order{frontend.library,  frontend.info.name, options, request,
                          limits.memory_mib, limits.cpu_s,       {}};
  const auto packed = pack(order);
  const PluginCall call{frontend.info.name, frontend.library, "reading the model"};
  CallTimer timer(call);
  const auto end =
      run_child({.arguments = {"--worker"},
                 .input = packed,
                 .wall = std::chrono::seconds(limits.wall_s),
                 .answer_limit = limits.memory_mib << 20,
                 .body = [&] { return carry_out(order, frontend.info.make ? &frontend : nullptr); },
                 .nursery = nursery});
  if (end) timer.in_worker(end->peak_bytes);
  if (!end) return std::unexpected(end.error());
  return take_answer({frontend, request, limits, *end});
}

Recognition recognise_in_worker(const Loaded& frontend, const std::string& path, std::string_view head,
                                const Limits& limits) {
  ReadRequest request;
  request.path = path;
  const auto order = pack(WorkerOrder{
      frontend.library, frontend.info.name, {}, request, limits.memory_mib, limits.cpu_s, std::string(head)});
  const auto end =
      run_child({.arguments = {"--worker"}, .input = order, .wall = std::chrono::seconds(limits.wall_s)});
  if (!end) return Recognition::no;
  std::string_view bytes = end->answer;
  const auto frame = take_frame(bytes);
  const bool answered = frame && frame->answer == Answer::recognition && frame->payload.size() == 1;
  const auto word = answered ? static_cast<Recognition>(frame->payload[0]) : Recognition::no;
  return word == Recognition::yes || word == Recognition::maybe ? word : Recognition::no;
}

}  // namespace alidade::host
