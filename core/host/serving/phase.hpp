#pragma once
#include <string>
#include <vector>

#include "host/plan/plan.hpp"
#include "sdk/serving/serving.hpp"

namespace alidade::host::serving {

/// A graph of a language model with its cache, sizes open, and what they are called in it.
struct PhaseGraph {
  std::string wire;  ///< the graph as it was read
  std::string name, path;
  std::vector<CacheTensor> cache;
  std::string batch, past, seq;  ///< names of sizes; empty: none has a name of its own
  std::vector<std::string>
      whole_lengths;  ///< names of sizes that are all tokens, those in the cache and new ones
  [[nodiscard]] bool has(CacheKind kind) const;
  [[nodiscard]] bool grows() const;  ///< whether any tensor of the cache gets longer with every token
};

/// What a graph says of its cache: as a capture recorded it, else by the names that exporters give
/// (past_key_values.0.key and present.0.key). None: it has no cache.
[[nodiscard]] std::vector<CacheTensor> cache_of(const Graph& graph);

/// The model of a step as one of the two phases needs it, read without bindings. An error where it keeps no
/// cache, or where its sizes have no names.
[[nodiscard]] Result<PhaseGraph> read_phase(const ModelStep& step, const Limits& limits);

/// The graph for so many sequences of `tokens` new ones each and `past` in the cache.
[[nodiscard]] Result<Graph> bound(const PhaseGraph& phase, std::uint64_t batch, std::uint64_t tokens,
                                  std::uint64_t past);

}  // namespace alidade::host::serving
