// Random numbers, transforms, factorisations, quantisation, and what several devices do together.
#include <algorithm>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

void random(Call& call) { call.emit(Op::random, std::span<const ValueId>()); }

/// rng_bit_generator: its first result is the state, the numbers are the second.
void random_bits(Call& call) {
  if (call.results() != 2) return call.reject("needs two results, a state and numbers");
  Held state = call.held(0), numbers;
  state.literal = -1;
  numbers.type = call.result_type(1);
  numbers.id = call.step(Op::random, std::span<const ValueId>(), numbers.type, "numbers");
  call.give(0, state), call.give(1, numbers);
}

/// Along as many of the last dimensions as it has lengths.
void fft(Call& call) {
  const auto lengths = call.integers({"fft_length", "length"}).value_or(Integers());
  const auto rank = static_cast<std::int64_t>(call.rank(0)), n = static_cast<std::int64_t>(lengths.size());
  if (call.failed()) return;
  if (n < 1 || n > rank)
    return call.reject("transforms " + std::to_string(n) + " of " + std::to_string(rank) + " dimensions");
  Integers axes;
  for (std::int64_t d = rank - n; d < rank; ++d) axes.push_back(d);
  call.emit(Op::fft, {call.in(0)}, AxesAttrs{call.list(axes), 0});
}

void factorisation(Call& call) { call.emit(call.op(), call.ins()); }

/// Axis and scales stand in the type.
void quantisation(Call& call) {
  call.settle(0, call.shape(0));
  call.emit(call.op(), {call.in(0)}, QuantAttrs{});
}

/// What devices hand to each other is no work of this one; what they add up together is not known.
void collective(Call& call) {
  call.reading().note_opaque(call.name());
  call.opaque();
}

constexpr Rule kRules[] = {
    {"stablehlo.rng", Op::random, 2, random},
    {"stablehlo.rng_bit_generator", Op::random, 1, random_bits},
    {"stablehlo.fft", Op::fft, 1, fft},
    {"stablehlo.cholesky", Op::cholesky, 1, factorisation},
    {"stablehlo.triangular_solve", Op::triangular_solve, 2, factorisation},
    {"stablehlo.uniform_quantize", Op::quantize, 1, quantisation},
    {"stablehlo.uniform_dequantize", Op::dequantize, 1, quantisation},
    {"stablehlo.all_reduce", Op::opaque, 1, collective},
    {"stablehlo.all_gather", Op::opaque, 1, collective},
    {"stablehlo.all_to_all", Op::opaque, 1, collective},
    {"stablehlo.reduce_scatter", Op::opaque, 1, collective},
    {"stablehlo.collective_permute", Op::opaque, 1, collective},
    {"stablehlo.collective_broadcast", Op::opaque, 1, collective},
    {"stablehlo.cross-replica-sum", Op::opaque, 1, collective},
    {"stablehlo.send", Op::opaque, 0, collective},
    {"stablehlo.recv", Op::opaque, 0, collective},
    {"stablehlo.infeed", Op::opaque, 0, collective},
    {"stablehlo.outfeed", Op::opaque, 0, collective},
};

}  // namespace

std::span<const Rule> other_rules() { return kRules; }

}  // namespace alidade::stablehlo
