#pragma once
#include <string>
#include <string_view>

#include "alidade/ir/graph.hpp"
#include "alidade/sdk/frontend.hpp"
#include "host/config/limits.hpp"
#include "host/plugins/plugins.hpp"
#include "nursery.hpp"

namespace alidade::host {

/// Reads a model in a child process that loads the frontend, reads under limits on a 256 MiB stack, and hands
/// the graph back in wire form, which is verified here as if hostile. A crash there is a sentence here. The
/// process comes from the nursery of the frontend's library where one is given.
[[nodiscard]] Result<Graph> read_in_worker(const Loaded& frontend, const OptionValues& options,
                                           const ReadRequest& request, const Limits& limits,
                                           Nursery* nursery = nullptr);

/// Whether a file with these first bytes is the frontend's, asked in such a process; a worker that ends
/// without an answer says no.
[[nodiscard]] Recognition recognise_in_worker(const Loaded& frontend, const std::string& path,
                                              std::string_view head, const Limits& limits);

/// The child's side: `alidade --worker`, order on standard input, answer on kAnswerFd. Returns the exit code.
int worker_main();

}  // namespace alidade::host
