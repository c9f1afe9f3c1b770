#include "children.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "host/child/confine.hpp"
#include "host/child/crash.hpp"
#include "host/child/frame.hpp"
#include "host/child/packed.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::sweep {
namespace {

using host::Answer;

/// The child's side: an alarm for each point, and one for what they all need.
int carry_out(const Job& job, std::size_t first, const host::Limits& limits) {
  const auto points = job.points - first + 1;
  host::confine({.memory_mib = limits.memory_mib,
                 .cpu_s = limits.cpu_s * points,
                 .files_of_parent = false,
                 .reads_only = false});
  host::catch_signals_in_copy();
  const auto seconds = static_cast<unsigned>(limits.wall_s);
  const auto tell = [&](Answer kind, const std::string& payload) {
    alarm(0);  // the parent may be busy with another child
    if (!host::answer(host::frame_head(kind, payload.size()) + payload)) _exit(1);
    alarm(seconds);
  };
  alarm(seconds);
  job.work(
      first, [&] { tell(Answer::nothing, {}); }, [&](const Row& row) { tell(Answer::row, host::pack(row)); });
  return 0;
}

/// Why a child ended before it was done. Where it could, it has said so itself.
Error loss(const host::ChildEnd& end) {
  const bool told = end.how == host::ChildEnd::How::exited && !end.last_words.empty();
  if (told && end.code == host::kBadPlugin)
    return {Fault::plugin,
            end.last_words,
            {},
            "this is a bug of the plugin: tell its author, with the model and the options"};
  if (told && end.code == host::kLimitHit)
    return {Fault::limit,
            end.last_words,
            {},
            "raise that limit, for one run with --set, or tell the plugin's author"};
  const auto how = end.how == host::ChildEnd::How::signalled  ? host::signal_text(end.code)
                   : end.how == host::ChildEnd::How::deadline ? std::string("out of time")
                   : end.how == host::ChildEnd::How::flooded  ? std::string("answers without end")
                                                              : "exit status " + std::to_string(end.code);
  return {Fault::plugin,
          "its process ended without it (" + how + ")" +
              (end.last_words.empty() ? "" : "; its last words: " + end.last_words),
          {},
          "run the sweep again with --retry; where it goes again, a plugin of its targets does this"};
}

}  // namespace

Result<void> Children::start(Job job) {
  while (running_.size() >= std::max(at_once_, 1U))
    if (auto ok = take_eldest(); !ok) return ok;
  return start(std::move(job), 0);
}

Result<void> Children::start(Job job, std::size_t first) {
  // its own alarms come before
  const std::chrono::seconds most(
      std::min<std::uint64_t>(limits_.wall_s * (job.points - first + 2), host::kMostSeconds));
  auto end = host::start_child(
      {.arguments = {}, .input = {}, .wall = most, .body = [&] { return carry_out(job, first, limits_); }});
  if (!end) return std::unexpected(std::move(end).error());
  running_.push_back({std::move(job), first, std::move(*end)});
  return {};
}

Result<void> Children::take_eldest() {
  auto [job, at, wait] = std::move(running_.front());
  running_.pop_front();
  const auto end = wait();
  std::string_view bytes = end.answer;
  bool begun = false;
  for (auto frame = host::take_frame(bytes); frame && at < job.points; frame = host::take_frame(bytes)) {
    auto row = host::unpack<Row>(frame->payload);
    if (frame->answer == Answer::nothing)
      begun = true;
    else if (row)
      job.take(at++, std::move(*row));
  }
  if (at == job.points) return {};
  const auto last = begun ? at + 1 : job.points;  // without what all need, none of them can be found out
  for (; at < last; ++at) job.take(at, std::unexpected(loss(end)));
  return at < job.points ? start(std::move(job), at) : Result<void>();
}

Result<void> Children::finish() {
  while (!running_.empty())
    if (auto ok = take_eldest(); !ok) return ok;
  return {};
}

}  // namespace alidade::sweep
