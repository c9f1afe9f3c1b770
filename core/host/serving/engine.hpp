#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "alidade/base/error.hpp"

namespace alidade::host::serving {

/// How an engine serves: what it allocates beside what a model needs, and what a step takes beside its
/// kernels.
struct Engine {
  std::string name, version;
  std::uint64_t page_tokens = 16;  ///< rows of a page of the cache
  double memory_share = 0.9;       ///< of the device's memory that it takes
  double usable_share = 1;         ///< of the device's memory that the driver leaves
  double step_s = 0;               ///< of the host between two steps
  double sequence_s = 0;           ///< more of it for each sequence that has a token
  double prompt_s = 0;             ///< of the host for a prompt, while the devices wait
  double request_s = 0;            ///< from a client's asking to the request being in the queue
  double token_s = 0;              ///< of its front, which makes text of one token after another
  std::uint64_t step_tokens = 0;   ///< of prompts that it reads in one step at most; 0: any number
  double logit_rows = 0, bytes_per_logit = 0;   ///< of the scores that it sorts at once
  double other_mib = 0, other_divided_mib = 0;  ///< of libraries on one device, and on each of several
  bool prompts_first = false;                   ///< a step reads prompts or makes tokens; else both
  bool whole_prompts = false;                   ///< a step reads no part of a prompt
  bool windows = true;                          ///< sliding layers keep their window alone
};
/// Of the host for a step that makes a token of so many sequences.
[[nodiscard]] inline double host_s(const Engine& engine, std::uint64_t sequences) {
  return engine.step_s + engine.sequence_s * static_cast<double>(sequences);
}
/// What a share may be: of a device's memory, or of a length.
inline constexpr double kLeastShare = 0.01, kMostShare = 1;
[[nodiscard]] Result<Engine> read_engine(const std::string& name);

}  // namespace alidade::host::serving
