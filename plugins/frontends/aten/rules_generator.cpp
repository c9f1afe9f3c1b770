// Tensors made from nothing: constants, ranges, random numbers.
#include "rules.hpp"

namespace alidade::aten {
namespace {

constexpr Rule kRules[] = {
    {"full", Op::constant, nothing},
    {"full_like", Op::constant, nothing},
    {"new_full", Op::constant, nothing},
    {"zeros", Op::constant, nothing},
    {"zeros_like", Op::constant, nothing},
    {"new_zeros", Op::constant, nothing},
    {"ones", Op::constant, nothing},
    {"ones_like", Op::constant, nothing},
    {"new_ones", Op::constant, nothing},
    {"empty", Op::constant, nothing},
    {"empty_like", Op::constant, nothing},
    {"empty_strided", Op::constant, nothing},
    {"empty_permuted", Op::constant, nothing},
    {"new_empty", Op::constant, nothing},
    {"new_empty_strided", Op::constant, nothing},
    {"scalar_tensor", Op::constant, nothing},
    {"tensor", Op::constant, nothing},
    {"eye", Op::constant, nothing},
    {"fill", Op::constant, nothing},
    {"zero", Op::constant, nothing},
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
    {"rand_like", Op::random, nothing},
    {"randn", Op::random, nothing},
    {"randn_like", Op::random, nothing},
    {"randint", Op::random, nothing},
    {"randint_like", Op::random, nothing},
    {"randperm", Op::random, nothing},
    {"normal", Op::random, nothing},
    {"normal_functional", Op::random, nothing},
    {"uniform", Op::random, nothing},
    {"exponential", Op::random, nothing},
    {"cauchy", Op::random, nothing},
    {"geometric", Op::random, nothing},
    {"log_normal", Op::random, nothing},
    {"bernoulli", Op::random, every_tensor},
    {"multinomial", Op::random, every_tensor},
    {"poisson", Op::random, every_tensor},
};

}  // namespace

std::span<const Rule> generator_rules() { return kRules; }

}  // namespace alidade::aten
