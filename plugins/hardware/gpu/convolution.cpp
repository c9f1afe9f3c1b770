// Convolutions as MIOpen goes about them: the fastest of several ways, each as its sources describe it.
// Constants are of the library; docs/hardware_models.md has the formulas and where the numbers come from.
#include "convolution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cache.hpp"
#include "library.hpp"

namespace alidade::gpu {
namespace {

constexpr std::array<Tile, 8> kTiles{
    {{256, 128}, {128, 256}, {128, 128}, {128, 64}, {64, 128}, {64, 64}, {32, 64}, {64, 32}}};
constexpr std::array<Tile, 5> kVectorTiles{{{128, 128}, {128, 64}, {64, 128}, {64, 64}, {32, 64}}};
constexpr std::array<double, 8> kSplits{1, 2, 4, 8, 16, 32, 64, 128};
constexpr std::array<double, 3> kFewSplits{1, 2, 4};
/// Kernels that write windows out while they multiply.
constexpr Library kImplicit{.tiles = kTiles,
                            .splits = kNoSplits,
                            .share = 1.127,
                            .feed = 0.748,
                            .whole_waves = 0.229,
                            .fill_cycles = 15730,
                            .refill_cycles = 3292,
                            .l2_share = 1.481,
                            .split_cycles = 6965};
constexpr Library kOfWeights = [] {
  auto out = kImplicit;
  out.splits = kSplits;
  return out;
}();
/// Products of rocBLAS.
constexpr Library kMatrices = [] {
  auto out = kImplicit;
  out.share = 1.014, out.fill_cycles = 3007;
  return out;
}();
constexpr Library kDeepMatrices = [] {
  auto out = kMatrices;
  out.splits = kFewSplits;
  return out;
}();
/// Kernels of the vector units.
constexpr Library kVectors = [] {
  auto out = kImplicit;
  out.tiles = kVectorTiles, out.feed = 0.5;
  return out;
}();
constexpr double kVectorFlops = 128;  // of a compute unit, a clock
constexpr double kVectorShare = 0.386, kWinograd = 0.618,
                 kDirect = 0.428;            // of these, what ways of them reach
constexpr double kWinogradSaves = 2.25;      // products of F(2 x 2, 3 x 3)
constexpr double kWide = 1.25;               // that 32-bit floats sustain more of their peak than 16-bit ones
constexpr double kOdd = 0.77;                // rows that no load of a vector fits
constexpr double kOddChannels = 0.404;       // likewise, of channels in 16 bits
constexpr double kPlain = 0.8;               // where images lie channels first, of what the others reach
constexpr double kElementsPerClock = 0.541;  // of a core, that are written out, or summed
// In launches.
constexpr double kStart = 3, kImplicitStart = 5.75, kTurned = 3.06, kLoops = 15.7, kWrittenOut = 12.3,
                 kNext = 0.955;

double volume(const std::array<double, 3>& sizes) { return sizes[0] * sizes[1] * sizes[2]; }
bool divides(double part, double whole) { return std::fmod(whole, part) == 0; }

class Ways {
 public:
  Ways(const Figures& gpu, const Convolution& c)
      : gpu_(gpu),
        c_(c),
        size_(c.product.left_element_bytes),
        window_(volume(c.window)),
        given_(volume(c.given)),
        result_(volume(c.result)),
        images_bytes_(size_ * c.images * c.groups * c.taken * given_),
        results_bytes_(size_ * c.images * c.groups * c.made * result_),
        weights_bytes_(size_ * c.groups * c.taken * c.made * window_),
        rate_(c.product.flops_per_s * (size_ >= 4 ? kWide : 1)) {
    best_.seconds = std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] ConvolutionTime best() {
    if (c_.rank <= 2) implicit(), plain(), direct(), winograd();
    if (size_ >= 4) vectors();
    if (points()) {
      matrices();
    } else if (!c_.channels_last || c_.rank > 2) {
      written_out();
    }
    return best_;
  }

 private:
  void take(double compute_s, double memory_s, double seconds) {
    if (seconds < best_.seconds) best_ = {compute_s, memory_s, seconds};
  }
  /// `times` of the product, one after the other, and what is beside.
  void take(const ProductTime& t, double beside_s, double times = 1) {
    take(times * t.compute_s, times * std::max(t.memory_s, t.cache_s), times * t.seconds + beside_s);
  }
  [[nodiscard]] double launches(double count) const { return count * gpu_.launch_s; }
  [[nodiscard]] double all_bytes() const { return images_bytes_ + results_bytes_ + weights_bytes_; }
  [[nodiscard]] double vector_rate() const { return kVectorFlops * gpu_.cores * gpu_.clock_hz; }
  [[nodiscard]] bool points() const { return window_ == 1 && volume(c_.steps) == 1 && given_ == result_; }
  [[nodiscard]] Product of(double groups, double m, double n, double k, double flops_per_s) const {
    return dense(groups, m, n, k, size_, flops_per_s);
  }
  [[nodiscard]] static Product with(Product p, double left, double right, double out) {
    p.left_bytes = left, p.right_bytes = right, p.out_bytes = out;
    return p;
  }
  /// The one product of all images.
  [[nodiscard]] Product whole(double flops_per_s) const {
    const double rows = c_.images * result_, depth = c_.taken * window_;
    if (c_.found == Found::result)
      return with(of(c_.groups, rows, c_.made, depth, flops_per_s), images_bytes_, weights_bytes_,
                  results_bytes_);
    if (c_.found == Found::weights)
      return with(of(c_.groups, c_.made, depth, rows, flops_per_s), results_bytes_, images_bytes_,
                  weights_bytes_ * (size_ < 4 ? 2 : 1));
    double places = c_.images, taps = 1;  // by step: those of a step have the same taps of the window
    for (std::size_t d = 0; d < 3; ++d) {
      const double shared = std::min(c_.steps.at(d), c_.window.at(d));
      places *= std::ceil(c_.given.at(d) / c_.steps.at(d)) * shared, taps *= c_.window.at(d) / shared;
    }
    return with(of(c_.groups, places, c_.taken, c_.made * taps, flops_per_s), results_bytes_, weights_bytes_,
                images_bytes_);
  }
  /// Places that no window meets are filled with zeros; sums of weights are turned into their type.
  [[nodiscard]] double after() const {
    const bool gaps = c_.found == Found::images && window_ < volume(c_.steps);
    const double bytes = gaps ? images_bytes_ : c_.found == Found::weights ? weights_bytes_ / 2 : 0;
    return bytes / gpu_.dram_bytes_per_s;
  }
  [[nodiscard]] const Library& by_depth(const Library& deep, const Library& other) const {
    return c_.found == Found::weights ? deep : other;
  }
  /// Images are turned to channels last, and back.
  void implicit() {
    const double turning = c_.channels_last ? 0 : 2 * all_bytes() / gpu_.dram_bytes_per_s + launches(kTurned);
    const bool odd_taken = !divides(16 / size_, c_.taken), odd_made = !divides(16 / size_, c_.made);
    const bool odd = c_.found == Found::result ? false : odd_taken || (odd_made && c_.found == Found::images);
    const auto& library = by_depth(kOfWeights, kImplicit);
    const auto product = whole(rate_ * (odd && size_ < 4 ? kOddChannels : 1));
    take(time_of(gpu_, product, library, library.tiles), launches(kImplicitStart) + turning + after());
  }
  /// Windows of one element, where they lie.
  void plain() {
    if (c_.channels_last || window_ != 1 || volume(c_.steps) != 1) return;
    const auto& library = by_depth(kOfWeights, kImplicit);
    take(time_of(gpu_, whole(rate_ * kPlain), library, library.tiles), launches(kStart) + after());
  }
  /// Without tiles, for few channels.
  void direct() {
    const bool by_channel = c_.taken == 1 && c_.made == 1;
    if (c_.found == Found::weights ? !by_channel : c_.bfloats || c_.channels_last) return;
    const double columns = c_.found == Found::result ? c_.made : c_.taken;
    const double filled = by_channel ? 1 : columns / (std::ceil(columns / 8) * 8);
    on_vectors(2 * c_.images * result_ * c_.groups * c_.taken * c_.made * window_ / filled, kDirect);
  }
  void winograd() {
    const bool small = window_ > 1 && *std::ranges::max_element(c_.window) <= 3 && volume(c_.steps) == 1;
    if (!small || c_.dilated || c_.groups > 1 || c_.bfloats || c_.channels_last || c_.found == Found::weights)
      return;
    double places = c_.images;
    for (const double size : c_.result) places *= size > 1 ? std::ceil(size / 2) * 2 : 1;
    const double filled = std::ceil(c_.taken / 8) * 8 * std::ceil(c_.made / 32) * 32;
    on_vectors(2 * places * filled * 9 / kWinogradSaves, kWinograd * (size_ < 4 ? 2 : 1));
  }
  void on_vectors(double flops, double share) {
    const double compute = flops / (vector_rate() * share), memory = all_bytes() / gpu_.dram_bytes_per_s;
    take(compute, memory, together(compute, memory) + launches(kStart));
  }
  /// In whole tiles alone.
  void vectors() {
    const double rate = vector_rate() * kVectorShare, depth = c_.taken * window_,
                 places = c_.images * result_;
    const auto p = c_.found == Found::images ? with(of(1, depth, places, c_.made, rate), weights_bytes_,
                                                    results_bytes_, images_bytes_)
                                             : whole(rate);
    const double rows = c_.found == Found::result ? places : c_.found == Found::images ? depth : c_.made;
    const double columns = c_.found == Found::result ? c_.made : c_.found == Found::images ? places : depth;
    if (c_.groups > 1 || !divides(32, rows) || !divides(32, columns)) return;
    take(time_of(gpu_, p, kVectors, kVectors.tiles), launches(kLoops) + after());
  }
  [[nodiscard]] double matrix_rate() const { return rate_ * (divides(16, result_) ? 1 : kOdd); }
  /// Windows of one element by rocBLAS: a batch of products, for weights one after the other.
  void matrices() {
    const double groups = c_.images * c_.groups, rate = matrix_rate();
    if (c_.found == Found::weights) {
      const auto each = with(of(c_.groups, c_.made, c_.taken, result_, rate), results_bytes_ / c_.images,
                             images_bytes_ / c_.images, 2 * weights_bytes_);
      return take(time_of(gpu_, each, kDeepMatrices, kTiles), c_.images * launches(kNext), c_.images);
    }
    const bool forward = c_.found == Found::result;
    const auto p = with(of(groups, result_, forward ? c_.made : c_.taken, forward ? c_.taken : c_.made, rate),
                        forward ? images_bytes_ : results_bytes_, weights_bytes_,
                        forward ? results_bytes_ : images_bytes_);
    take(time_of(gpu_, p, kMatrices, kTiles), launches(kStart));
  }
  /// Image by image: its windows are written out, or summed up, beside a product of rocBLAS.
  void written_out() {
    const double elements = c_.groups * c_.taken * window_ * result_, depth = c_.taken * window_;
    const double bytes = size_ * elements, out = results_bytes_ / c_.images, rate = matrix_rate();
    Product p = with(of(c_.groups, result_, c_.made, depth, rate), bytes, weights_bytes_, out);
    if (c_.found == Found::images)
      p = with(of(c_.groups, result_, depth, c_.made, rate), out, weights_bytes_, bytes);
    if (c_.found == Found::weights)
      p = with(of(c_.groups, c_.made, depth, result_, rate), out, bytes, 2 * weights_bytes_);
    const double moving = gpu_.seconds_of(elements / (gpu_.cores * kElementsPerClock));
    take(time_of(gpu_, p, by_depth(kDeepMatrices, kMatrices), kTiles),
         launches(kLoops) + c_.images * (launches(kWrittenOut) + moving), c_.images);
  }

  const Figures& gpu_;
  const Convolution& c_;
  double size_, window_, given_, result_, images_bytes_, results_bytes_, weights_bytes_, rate_;
  ConvolutionTime best_;
};

}  // namespace

ConvolutionTime time_by_miopen(const Figures& gpu, const Convolution& convolution) {
  return Ways(gpu, convolution).best();
}

}  // namespace alidade::gpu
