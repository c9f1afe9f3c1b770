// Fourier transforms.
#include <numeric>

#include "rules.hpp"
#include "steps.hpp"

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

/// The axes of a transform; `s` alone names the last ones.
std::vector<std::int64_t> axes_of(Operation& o, ValueId x) {
  auto named = o.axes(x, "dim");
  if (!named.empty()) return named;
  named = usual(o, x);
  const auto sizes = o.count("s");
  if (sizes > 0 && sizes < named.size()) named.erase(named.begin(), named.end() - static_cast<long>(sizes));
  return named;
}

bool has(std::string_view base, std::string_view part) { return base.contains(part); }
/// From a spectrum of half the length to real numbers.
bool to_real(std::string_view base) {
  return has(base, "irfft") || (has(base, "hfft") && !has(base, "ihfft")) || has(base, "c2r");
}

/// How many points the transform takes along each of its axes, -1 where as many as there are: `n` or `s` pad
/// or cut the operand; one that makes real numbers takes n / 2 + 1 of the last.
std::vector<std::int64_t> points_taken(Operation& o, std::size_t axes) {
  auto sizes = o.has("n") ? std::vector{o.integer("n", -1)} : o.integers("s");
  sizes.resize(axes, -1);
  if (to_real(o.base()) && !sizes.empty() && sizes.back() >= 0) sizes.back() = sizes.back() / 2 + 1;
  return sizes;
}

/// The operand with as many points as the transform takes. As many as it has are a part, too: of a longer
/// one.
ValueId fitted(Operation& o, Steps& s, ValueId x, const std::vector<std::int64_t>& axes) {
  const auto sizes = points_taken(o, axes.size());
  auto dims = dims_of(o, x);
  bool longer = false;
  std::vector<std::int64_t> stated, points;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] < 0 || static_cast<std::size_t>(axes[i]) >= dims.size() || sizes[i] < 0) continue;
    auto& dim = dims[static_cast<std::size_t>(axes[i])];
    longer |= !dim.is_known() || dim.size() < sizes[i];
    stated.push_back(axes[i]), points.push_back(sizes[i]);
    dim = Dim(sizes[i]);
  }
  if (stated.empty()) return x;
  if (longer) x = s(Op::pad, {x}, type_of(o, x, dims));
  if (longer && stated.size() == 1) return x;
  auto& b = o.draft().builder;
  const std::vector<std::int64_t> zeros(stated.size(), 0), ones(stated.size(), 1);
  return s(Op::slice, {x}, type_of(o, x, dims),
           SliceAttrs{b.ints(stated), b.ints(zeros), b.ints(points), b.ints(ones)});
}

Dtype complex_of(Dtype dtype) {
  if (is_complex(dtype)) return dtype;
  return dtype == Dtype::f64 ? Dtype::c128 : dtype == Dtype::f16 ? Dtype::c32 : Dtype::c64;
}

/// A spectrum given as real numbers is made complex first.
ValueId as_spectrum(Operation& o, Steps& s, ValueId x) {
  const auto& type = o.type(x);
  if (!to_real(o.base()) || is_complex(type.dtype)) return x;
  return s(Op::cast, {x}, o.draft().types.make(complex_of(type.dtype), type.dims));
}

void transform(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto axes = axes_of(o, x);
  Steps s(o);
  o.emit(op, {as_spectrum(o, s, fitted(o, s, x, axes))}, axes_attrs(o, axes));
}

/// Frames [..., frames, points] of a signal, or of what makes one.
TypeId frames_type(Operation& o, ValueId like, Dtype dtype, ValueId shaped, bool pairs, Dim points) {
  auto dims = dims_of(o, shaped);
  if (pairs && !dims.empty()) dims.pop_back();
  if (dims.size() < 2) return o.draft().type_id(like);
  const Dim frames = dims.back();
  dims.pop_back();
  dims.back() = frames, dims.push_back(points);
  return o.draft().types.make(dtype, dims);
}

/// Overlapping frames times the window, a transform of each; the result is their transpose.
void short_time(Operation& o, Op op) {
  const ValueId x = first_operand(o), window = o.tensor("window");
  const auto made = o.draft().types[o.result_type()];
  const Dtype real = o.type(x).dtype;
  const bool pairs = !is_complex(made.dtype);
  Dims dims(made.dims.begin(), made.dims.end());
  if (pairs && !dims.empty()) dims.pop_back();
  if (dims.size() < 2) return every_tensor(o, Op::opaque);
  std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
  const TypeId spectrum = o.draft().types.make(complex_of(made.dtype), dims);
  const auto n = o.number("n_fft");
  dims.back() = n ? Dim(*n) : Dim();
  const TypeId frames = o.draft().types.make(real, dims);
  Steps s(o);
  ValueId each = s(Op::expand, {x}, frames);
  if (window.valid()) each = s(Op::mul, {each, window}, frames);
  const ValueId bins = s(op, {each}, spectrum, axes_attrs(o, {static_cast<std::int64_t>(dims.size()) - 1}));
  o.emit(Op::reshape, {bins});
}

/// A transform of each frame, times the window, added where frames overlap; divided by the windows' squares,
/// added in the same way.
void from_short_time(Operation& o, Op op) {
  const ValueId x = first_operand(o), window = o.tensor("window");
  const bool pairs = !is_complex(o.type(x).dtype);
  const auto n = o.number("n_fft");
  const auto made = o.draft().types[o.result_type()];
  const Dtype dtype = made.dtype;
  Steps s(o);
  const ValueId last_bins = x;
  const auto bins_dims = dims_of(o, x);
  const auto at = bins_dims.size() - (pairs ? 2 : 1);
  const Dim bins = at >= 1 && at < bins_dims.size() ? bins_dims[at - 1] : Dim();
  const ValueId spectrum =
      s(Op::reshape, {x}, frames_type(o, x, complex_of(o.type(x).dtype), last_bins, pairs, bins));
  const TypeId frames = frames_type(o, x, dtype, last_bins, pairs, n ? Dim(*n) : Dim());
  ValueId each = s(op, {spectrum}, frames, axes_attrs(o, {o.rank(spectrum) - 1}));
  ValueId squares = each;
  if (window.valid()) {
    each = s(Op::mul, {each, window}, frames);
    squares = s(Op::mul, {window, window}, o.draft().type_id(window));
    squares = s(Op::expand, {squares}, frames);
  }
  const TypeId signal = o.result_type();
  const ValueId zeros = s(Op::constant, {x}, signal), places = s(Op::constant, {each}, frames);
  const ValueId sum = s(Op::scatter, {zeros, places, each}, signal, ScatterAttrs{0, 1});
  const ValueId weights = s(Op::scatter, {zeros, places, squares}, signal, ScatterAttrs{0, 1});
  o.emit(Op::div, {sum, weights});
}

constexpr Rule kRules[] = {
    {"fft_fft", Op::fft, transform},     {"fft_ifft", Op::fft, transform},
    {"fft_rfft", Op::fft, transform},    {"fft_irfft", Op::fft, transform},
    {"fft_hfft", Op::fft, transform},    {"fft_ihfft", Op::fft, transform},
    {"fft_fft2", Op::fft, transform},    {"fft_ifft2", Op::fft, transform},
    {"fft_rfft2", Op::fft, transform},   {"fft_irfft2", Op::fft, transform},
    {"fft_fftn", Op::fft, transform},    {"fft_ifftn", Op::fft, transform},
    {"fft_rfftn", Op::fft, transform},   {"fft_irfftn", Op::fft, transform},
    {"_fft_r2c", Op::fft, transform},    {"fft_hfft2", Op::fft, transform},
    {"fft_hfftn", Op::fft, transform},   {"fft_ihfft2", Op::fft, transform},
    {"fft_ihfftn", Op::fft, transform},  {"stft", Op::fft, short_time},
    {"istft", Op::fft, from_short_time}, {"_fft_c2r", Op::fft, transform},
    {"_fft_c2c", Op::fft, transform},
};

}  // namespace

std::span<const Rule> spectral_rules() { return kRules; }

}  // namespace alidade::aten
