#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "host/plugins/plugins.hpp"
#include "packed_sdk.hpp"

namespace alidade::host {

/// The exit status of a worker that was given too little memory to begin.
inline constexpr int kNoMemoryToBegin = 77;

/// What a worker is asked for: the model, or with `head`, the file's first bytes, whether it is the
/// frontend's.
struct WorkerOrder {
  std::string library, component;
  OptionValues options;
  ReadRequest request;
  std::uint64_t memory_mib = 0, cpu_s = 0;
  std::optional<std::string> head = {};
};
void fields(auto& packed, WorkerOrder& o) {
  packed(o.library, o.component, o.options, o.request, o.memory_mib, o.cpu_s, o.head);
}

/// What a child process does with an order, within its limits; a copy of the program has the frontend, null:
/// it is loaded. Returns the exit code.
int carry_out(const WorkerOrder& order, const Loaded* frontend);

}  // namespace alidade::host
