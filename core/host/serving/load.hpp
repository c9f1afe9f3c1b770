#pragma once
#include <cstdint>
#include <optional>

#include "engine.hpp"

namespace alidade::host::serving {

/// Clients that each ask for a prompt of `prompt` tokens and `answer` more, one request after another.
struct Load {
  std::uint64_t clients = 1, requests = 10;  ///< of each client
  std::uint64_t prompt = 1, answer = 1;      ///< tokens, the most
  double shortest = 1;                       ///< the least that these are drawn to be, as a share of the most
  double prompt_s = 0, more_s = 0;           ///< of a prompt by itself, and of one more in the same step
  double step_s = 0;                         ///< of a token of all sequences
  std::optional<std::uint64_t> room;         ///< for so many sequences at once; nothing: for all
};
/// Means over all requests, as clients see them.
struct Served {
  double first_s = 0;       ///< from asking to the first token
  double token_s = 0;       ///< from one token to the next
  double tokens_per_s = 0;  ///< of all clients
};

/// What clients see of an engine, step by step: a step makes a token of every sequence and reads prompts with
/// what it has left of the tokens of a step; where prompts go first, it does one or the other. Weights are
/// read once in a step. Its front sends the tokens of a step together, when it has made text of all of them.
[[nodiscard]] Served serve(const Load& load, const Engine& engine);

}  // namespace alidade::host::serving
