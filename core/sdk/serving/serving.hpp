#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "alidade/sdk/estimate.hpp"

// Of the program, no part of what plugins see: it makes kernels of samples, which only this library can.
namespace alidade {

/// What a language model keeps between tokens. full: a row for every token; sliding: for those of a window;
/// latent: of what keys and values are made of; state: of a size that tokens do not change; cross: of the
/// encoder's output.
enum class CacheKind : std::uint8_t { full, sliding, latent, state, cross };
inline constexpr std::array kCacheKinds{CacheKind::full, CacheKind::sliding, CacheKind::latent,
                                        CacheKind::state, CacheKind::cross};
[[nodiscard]] std::string_view name(CacheKind kind);

/// One tensor of a cache, as a graph takes it and gives it back.
struct CacheTensor {
  CacheKind kind = CacheKind::full;
  ValueId input, output;     ///< no input: the graph makes it, as prefill does
  int axis = 0;              ///< of tokens
  std::uint64_t window = 0;  ///< of a sliding one: the tokens that it holds at most
};

/// How a model is divided among devices: every product and head over `tensor`, experts over `expert`, the
/// tokens of each sequence and their rows of the cache over `context`.
struct Division {
  std::uint64_t tensor = 1, expert = 1, context = 1;
  double imbalance = 1;  ///< rows of the busiest device of `expert`, as so many times the mean
  bool operator==(const Division&) const = default;
  /// Devices that share each expert.
  [[nodiscard]] std::uint64_t of_expert() const { return tensor > expert ? tensor / expert : 1; }
  /// Of all rows that go to experts those of the busiest device.
  [[nodiscard]] double busiest() const { return imbalance / static_cast<double>(expert); }
};

/// What a collective moves: `bytes` of each device, in every step so many times.
struct Collective {
  enum class Kind : std::uint8_t { all_reduce, all_gather, all_to_all, send };
  Kind kind = Kind::all_reduce;
  std::uint64_t devices = 1, count = 0;
  Bytes bytes;
};
[[nodiscard]] std::string_view name(Collective::Kind kind);

/// The kernels of a graph that was bound to one batch and one length of the context.
struct KernelSample {
  std::uint64_t batch = 0, length = 0;
  std::shared_ptr<const Graph> graph;
  std::shared_ptr<const KernelGraph> kernels;
};

/// What a step is: so many sequences, each with so many tokens that it reads or has in its cache; of a prompt
/// whose tokens are divided those of one device. The cache is kept in another type where one is named.
struct StepSizes {
  double batch = 1, length = 0;
  Dtype cache = Dtype::unknown;
};

/// The kernels of a model as functions of the batch and the length, alike ones together. Figures that are
/// polynomials of the sizes, of a degree below the number of samples, are exact; experts are those that
/// tokens which choose evenly meet. New rows of the cache are written in place.
class KernelFunctions {
 public:
  /// Samples of a grid: every batch with every length. An error where the kernels differ by more than sizes.
  [[nodiscard]] static Result<KernelFunctions> fitted(std::vector<KernelSample> samples,
                                                      std::span<const CacheTensor> cache);

  [[nodiscard]] KernelGraph at(const StepSizes& sizes, const Division& division = {}) const;
  /// What devices tell one another in a step.
  [[nodiscard]] std::vector<Collective> collectives(const StepSizes& sizes, const Division& division) const;

  [[nodiscard]] const Graph& graph() const { return *samples_.front().graph; }
  [[nodiscard]] const KernelGraph& sample() const { return *samples_.front().kernels; }
  [[nodiscard]] std::size_t distinct() const { return entries_.size(); }
  [[nodiscard]] std::uint64_t heads() const { return heads_; }        ///< 0: no attention is known
  [[nodiscard]] std::uint64_t kv_heads() const { return kv_heads_; }  ///< the most of a layer
  [[nodiscard]] std::uint64_t experts() const { return experts_; }    ///< 0: none
  /// Those with attention; 0: not known.
  [[nodiscard]] std::uint64_t layers() const { return layers_; }
  /// Of `amount` in all layers what the fullest of so many stages has: it holds whole layers.
  [[nodiscard]] double in_stage(double amount, std::uint64_t pipeline) const {
    if (layers_ == 0) return amount / static_cast<double>(pipeline);
    const auto fullest = (layers_ + pipeline - 1) / pipeline;
    return amount * static_cast<double>(fullest) / static_cast<double>(layers_);
  }
  [[nodiscard]] std::uint64_t hidden() const { return hidden_; }  ///< the width that layers pass on
  /// Of a product's columns those that are keys and values of heads that several queries share.
  [[nodiscard]] std::uint64_t key_columns(std::uint64_t columns) const;
  /// The part of keys and values that each of so many devices has: where there are fewer heads, several have
  /// the same one.
  [[nodiscard]] double keys_share(std::uint64_t devices) const;

 private:
  /// Kernels that are alike at every sample.
  struct Entry {
    Kernel kernel;  ///< at the first sample, its figures aside
    std::vector<Access> reads, writes;
    std::vector<NodeId> nodes;
    std::vector<char> cached;     ///< of every access: whether it is the cache
    std::vector<double> figures;  ///< of every sample, one after another
    std::uint64_t chosen = 0;     ///< experts that a token meets; 0: none
  };
  void find_shape();
  [[nodiscard]] std::optional<Collective> context_collective(const StepSizes& sizes, const Division& division,
                                                             std::uint64_t queries) const;
  [[nodiscard]] std::vector<double> weights_of(double batch, double length) const;

  std::vector<KernelSample> samples_;
  std::vector<double> batches_, lengths_;  ///< of the grid
  std::vector<Entry> entries_;
  std::uint64_t heads_ = 0, kv_heads_ = 0, experts_ = 0, hidden_ = 0, layers_ = 0;
  std::uint64_t width_ = 0, value_width_ = 0;  ///< of a head
  friend class KernelFitter;
};

/// What kernels take one after another, as `estimate` has it: no schedule, no memory. `verdicts` are what the
/// model says of the graph that they are of.
[[nodiscard]] Result<Estimate> estimate_in_turn(const HardwareModel& model, const Graph& graph,
                                                std::shared_ptr<const KernelGraph> kernels,
                                                std::span<const OperatorVerdict> verdicts, std::string target,
                                                std::string component);
[[nodiscard]] std::vector<OperatorVerdict> verdicts_of(const HardwareModel& model, const Graph& graph,
                                                       const CostProfile& cost);

}  // namespace alidade
