// Tensors made from nothing: constants, ranges, random numbers.
#include "rules.hpp"

namespace alidade::aten {
namespace {

/// As another tensor is, or as one that is written over: its elements are not read.
void like(Operation& o, Op op) { o.emit(op, o.every_tensor()); }

constexpr Rule kRules[] = {
    {"full", Op::constant, nothing},
    {"full_like", Op::constant, like},
    {"new_full", Op::constant, like},
    {"zeros", Op::constant, nothing},
    {"zeros_like", Op::constant, like},
    {"new_zeros", Op::constant, like},
    {"ones", Op::constant, nothing},
    {"ones_like", Op::constant, like},
    {"new_ones", Op::constant, like},
    {"empty", Op::constant, nothing},
    {"empty_like", Op::constant, like},
    {"empty_strided", Op::constant, nothing},
    {"empty_permuted", Op::constant, nothing},
    {"new_empty", Op::constant, like},
    {"new_empty_strided", Op::constant, like},
    {"scalar_tensor", Op::constant, nothing},
    {"tensor", Op::constant, nothing},
    {"eye", Op::constant, nothing},
    {"fill", Op::constant, like},
    {"zero", Op::constant, like},
    {"arange", Op::range, nothing},
    {"range", Op::range, nothing},
    {"iota", Op::range, nothing},
    {"linspace", Op::range, nothing},
    {"logspace", Op::range, nothing},
    {"tril_indices", Op::range, nothing},
    {"triu_indices", Op::range, nothing},
    {"fft_fftfreq", Op::range, nothing},
    {"fft_rfftfreq", Op::range, nothing},
    {"hann_window", Op::range, nothing},
    {"hamming_window", Op::range, nothing},
    {"blackman_window", Op::range, nothing},
    {"kaiser_window", Op::range, nothing},
    {"rand", Op::random, nothing},
    {"rand_like", Op::random, like},
    {"randn", Op::random, nothing},
    {"randn_like", Op::random, like},
    {"randint", Op::random, nothing},
    {"randint_like", Op::random, like},
    {"randperm", Op::random, nothing},
    {"normal", Op::random, like},
    {"normal_functional", Op::random, like},
    {"uniform", Op::random, like},
    {"exponential", Op::random, like},
    {"cauchy", Op::random, like},
    {"geometric", Op::random, like},
    {"log_normal", Op::random, like},
    {"bernoulli", Op::random, every_tensor},
    {"multinomial", Op::random, every_tensor},
    {"poisson", Op::random, every_tensor},
};

}  // namespace

std::span<const Rule> generator_rules() { return kRules; }

}  // namespace alidade::aten
