#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "alidade/ir/wire.hpp"
#include "child.hpp"
#include "confine.hpp"
#include "frame.hpp"
#include "host/plugins/enlist.hpp"
#include "host/plugins/guard.hpp"
#include "host/plugins/library.hpp"
#include "worker.hpp"
#include "worker_order.hpp"

// The worker's side of worker.hpp.
namespace alidade::host {
namespace {

constexpr std::uint64_t kStackMib = 256;

/// A library or a file that there was no room for is the doing of the limit on memory, not of the plugin: the
/// parent has the words for that.
Error judged(Error error, const WorkerOrder& order) {
  if (says_no_room(error.what) || error.what.contains("there is not enough memory to read"))
    error.fault = Fault::limit, error.where = order.library;
  return error;
}

using MadeFrontend = Result<std::unique_ptr<Frontend>>;

MadeFrontend frontend_of(const WorkerOrder& order) {
  auto plugin = load_plugin(order.library);
  if (!plugin) return std::unexpected(plugin.error());
  const auto found =
      std::ranges::find(*plugin, order.component, [](const Loaded& l) -> const auto& { return l.info.name; });
  if (found == plugin->end())
    return fail(Fault::plugin, fmt::format("'{}' is gone from {}", order.component, order.library),
                order.library, "run again");
  return make_component<Frontend>(*found, order.options);
}

Result<Graph> read_here(const WorkerOrder& order, const Frontend& frontend) {
  const PluginCall call{order.component, order.library, "reading this file"};
  auto graph = guarded(call, [&] { return frontend.read(order.request); });
  if (!graph && graph.error().fault == Fault::plugin && graph.error().where == order.library)
    graph.error().where = order.request.path + ", read by " + order.library;
  return graph;
}

int answer_recognition(const WorkerOrder& order, const Frontend& frontend) {
  const PluginCall call{order.component, order.library, "looking at the first bytes of the model"};
  const auto word = guarded(call, [&] { return frontend.recognises(order.request.path, *order.head); });
  if (!word) return 1;
  return answer(frame_head(Answer::recognition, 1)) && answer(std::string(1, static_cast<char>(*word))) ? 0
                                                                                                        : 1;
}

int answer_order(const WorkerOrder& order, const MadeFrontend& frontend) {
  if (order.head) return frontend ? answer_recognition(order, **frontend) : 1;
  const auto graph =
      frontend ? read_here(order, **frontend) : Result<Graph>(std::unexpected(frontend.error()));
  auto wire = graph ? guarded({order.component, order.library, "handing its graph over"},
                              [&] { return to_wire(*graph); })
                    : Result<std::string>(std::unexpected(graph.error()));
  const auto payload = wire ? std::move(*wire) : pack_error(judged(wire.error(), order));
  const auto head = frame_head(wire ? Answer::graph : Answer::error, payload.size());
  return answer(head) && answer(payload) ? 0 : 1;
}

/// Runs f on a thread with a stack large enough for parsers that recurse on the depth of a file.
int on_large_stack(std::function<int()> f) {
  struct Task {
    std::function<int()> f;
    int code;
  } task{std::move(f), 1};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackMib << 20);
  pthread_t thread{};
  const auto body = [](void* t) -> void* {
    auto& given = *static_cast<Task*>(t);
    given.code = given.f();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, body, &task) != 0) return kNoMemoryToBegin;
  pthread_join(thread, nullptr);
  return task.code;
}

}  // namespace

int carry_out(const WorkerOrder& order, const Loaded* frontend) {
  mallopt(M_ARENA_MAX, 1);      // one thread computes: what is free of the first arena is its own
  mallopt(M_TOP_PAD, 1 << 20);  // fewer calls for more
  confine({.memory_mib = order.memory_mib + kStackMib,
           .cpu_s = order.cpu_s,
           .files_of_parent = order.request.path.starts_with("/proc/")});
  return on_large_stack([&] {
    return answer_order(order,
                        frontend ? make_component<Frontend>(*frontend, order.options) : frontend_of(order));
  });
}

int worker_main() {
  const auto order = unpack<WorkerOrder>(read_order());
  if (!order) return 2;
  _exit(carry_out(*order, nullptr));
}

}  // namespace alidade::host
