// Fourier transforms.
#include <numeric>

#include "rules.hpp"

namespace alidade::aten {
namespace {

/// The dimensions that a transform runs along when the file does not name them: the last, the last two, or
/// all.
std::vector<std::int64_t> usual(Operation& o, ValueId x) {
  const auto base = o.base();
  const int all = o.rank(x), count = base.ends_with('n') ? all : base.ends_with('2') ? 2 : 1;
  std::vector<std::int64_t> axes(static_cast<std::size_t>(std::min(count, all)));
  std::iota(axes.begin(), axes.end(), all - static_cast<std::int64_t>(axes.size()));
  return axes;
}

void transform(Operation& o, Op op) {
  const ValueId x = subject(o);
  const auto named = o.axes(x, "dim");
  o.emit(op, {x}, AxesAttrs{o.weave().builder.ints(named.empty() ? usual(o, x) : named), 0});
}

constexpr Rule kRules[] = {
    {"fft_fft", Op::fft, transform},    {"fft_ifft", Op::fft, transform},   {"fft_rfft", Op::fft, transform},
    {"fft_irfft", Op::fft, transform},  {"fft_hfft", Op::fft, transform},   {"fft_ihfft", Op::fft, transform},
    {"fft_fft2", Op::fft, transform},   {"fft_ifft2", Op::fft, transform},  {"fft_rfft2", Op::fft, transform},
    {"fft_irfft2", Op::fft, transform}, {"fft_fftn", Op::fft, transform},   {"fft_ifftn", Op::fft, transform},
    {"fft_rfftn", Op::fft, transform},  {"fft_irfftn", Op::fft, transform}, {"_fft_r2c", Op::fft, transform},
    {"_fft_c2r", Op::fft, transform},   {"_fft_c2c", Op::fft, transform},
};

}  // namespace

std::span<const Rule> spectral_rules() { return kRules; }

}  // namespace alidade::aten
