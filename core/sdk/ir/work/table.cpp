#include "alidade/ir/work_table.hpp"

#include <iterator>

namespace alidade::work_table {
namespace {

using enum Traffic;

// One primitive (+ - x / compare select sqrt exp log erf sin) is 1; everything else is the sum of its
// definition.
// clang-format off
constexpr Rule kRules[] = {
  {Op::opaque, all, 0, 0, "0 .. half the upper FLOPs", "0 .. upper bound", "unknown operator; see Bounds"},
  {Op::conv, all, 0, 0, "elements(y) x elements(w) / Cout", {}, "every output element meets one filter, padding taps included; the bias starts the accumulator"},
  {Op::conv_transpose, all, 0, 0, "elements(x) x elements(w) / Cin", {}, "every input element meets one filter"},
  {Op::linear, all, 0, 0, "elements(y) x K", {}, "one dot product of length K per output element; the bias starts the accumulator"},
  {Op::matmul, all, 0, 0, "elements(y) x K", {}, "as linear; elements(y) holds the broadcast batch"},
  {Op::routed_matmul, banks, 0, 0, "elements(y) x K", {}, "every row of x meets the one expert of the bank w [E, K, N] that it is routed to; the third operand says which"},
  {Op::einsum, all, 0, 0, "product of the sizes of the distinct indices", "1 per product without a summed index, 1 per element of an index summed alone", "operands pairwise from left to right; an index of one operand alone is summed first; one of size 1 is not summed"},
  {Op::attention, all, 0, 0, "scores x (D + Dv), scores = B x heads x Lq x (past + Lk)", "6 per score, 7 with a mask", "scale 1, softmax 5, mask 1; dense unless the setting says that causal attention counts what each query sees; keys and values shared by grouped queries are counted once per query head"},
  {Op::rnn, all, 0, 0, "T x B x directions x 1 x H x (in + H), layer by layer", "5 per hidden unit and step", "tanh 5; a later layer's input is directions x H wide"},
  {Op::lstm, all, 0, 0, "T x B x directions x 4 x H x (in + H), layer by layer; with a projection P x H more, and P in the place of the state's H", "26 per hidden unit and step", "3 sigmoids 12, 2 tanhs 10, 3 products, 1 sum"},
  {Op::gru, all, 0, 0, "T x B x directions x 3 x H x (in + H), layer by layer", "18 per hidden unit and step", "2 sigmoids 8, 1 tanh 5, 3 products, 1 sum, 1 difference"},
  {Op::batch_norm, all, 0, 2, {}, "in training 5, + 1 for scale, + 1 for shift", "in inference the statistics are constants: one factor and one shift per element"},
  {Op::layer_norm, all, 0, 5, {}, "+ 1 for scale, + 1 for shift", "sum, difference, square, sum of squares, factor; what is done once per row is left out"},
  {Op::rms_norm, all, 0, 3, {}, "+ 1 for scale, + 1 for shift", "square, sum of squares, factor"},
  {Op::group_norm, all, 0, 5, {}, "+ 1 for scale, + 1 for shift", "as layer_norm"},
  {Op::instance_norm, all, 0, 5, {}, "+ 1 for scale, + 1 for shift", "as layer_norm"},
  {Op::lp_norm, all, 0, 3, {}, {}, "power, sum, quotient"},
  {Op::local_response_norm, all, 0, 7, {}, {}, "square, moving sum 2, factor, offset, power, quotient"},
  {Op::softmax, all, 5, 0, {}, {}, "maximum, difference, exp, sum, quotient"},
  {Op::log_softmax, all, 5, 0, {}, {}, "maximum, difference, exp, sum, difference"},
  {Op::relu, all, 1, 0, {}, {}, "maximum"},
  {Op::leaky_relu, all, 2, 0, {}, {}, "compare, product"},
  {Op::clip, all, 2, 0, {}, {}, "maximum, minimum"},
  {Op::gelu, all, 5, 0, {}, {}, "x/2 (1 + erf(x / sqrt 2)): two factors, erf, sum, product"},
  {Op::silu, all, 5, 0, {}, {}, "sigmoid, product"},
  {Op::sigmoid, all, 4, 0, {}, {}, "negate, exp, sum, quotient"},
  {Op::tanh, all, 5, 0, {}, {}, "(e^2x - 1) / (e^2x + 1): double, exp, difference, sum, quotient"},
  {Op::hardswish, all, 5, 0, {}, {}, "hardsigmoid, product"},
  {Op::hardsigmoid, all, 4, 0, {}, {}, "factor, offset, maximum, minimum"},
  {Op::elu, all, 4, 0, {}, {}, "compare, exp, difference, factor"},
  {Op::mish, all, 9, 0, {}, {}, "softplus 3, tanh 5, product"},
  {Op::softplus, all, 3, 0, {}, {}, "exp, sum, log"},
  {Op::erf, all, 1, 0, {}, {}, "a primitive"},
  {Op::exp, all, 1, 0, {}, {}, "a primitive"},
  {Op::log, all, 1, 0, {}, {}, "a primitive"},
  {Op::sqrt, all, 1, 0, {}, {}, "a primitive"},
  {Op::rsqrt, all, 1, 0, {}, {}, "a primitive"},
  {Op::reciprocal, all, 1, 0, {}, {}, "a primitive"},
  {Op::trig, all, 1, 0, {}, {}, "a primitive"},
  {Op::neg, all, 1, 0, {}, {}, "a primitive"},
  {Op::abs, all, 1, 0, {}, {}, "a primitive"},
  {Op::round, all, 1, 0, {}, {}, "a primitive"},
  {Op::unary, all, 1, 0, {}, {}, "any other function of one element, taken as a primitive"},
  {Op::add, all, 1, 0, {}, {}, "a primitive"},
  {Op::sub, all, 1, 0, {}, {}, "a primitive"},
  {Op::mul, all, 1, 0, {}, {}, "a primitive"},
  {Op::div, all, 1, 0, {}, {}, "a primitive"},
  {Op::pow, all, 1, 0, {}, {}, "a primitive"},
  {Op::minimum, all, 1, 0, {}, "1 more for each operand after the second", "compare"},
  {Op::maximum, all, 1, 0, {}, "1 more for each operand after the second", "compare"},
  {Op::binary, all, 1, 0, {}, {}, "any other function of two elements, taken as a primitive"},
  {Op::compare, all, 1, 0, {}, {}, "a primitive"},
  {Op::logic, all, 1, 0, {}, {}, "a primitive, although no float is touched"},
  {Op::where, all, 1, 0, {}, {}, "select"},
  {Op::cast, all, 0, 0, {}, {}, "a copy in another width"},
  {Op::reduce_sum, all, 0, 1, {}, {}, "every element is added to an accumulator that starts at 0"},
  {Op::reduce_mean, all, 1, 1, {}, {}, "sum, then one quotient per result"},
  {Op::reduce, all, 0, 1, {}, {}, "one step of the accumulator per element"},
  {Op::arg_reduce, all, 0, 1, {}, {}, "one comparison per element"},
  {Op::cumulative, all, 0, 1, {}, {}, "one step of the accumulator per element"},
  {Op::max_pool, all, 0, 0, {}, "elements(y) x window", "one comparison per tap, padding taps included"},
  {Op::avg_pool, all, 1, 0, {}, "elements(y) x window", "one sum per tap, then a quotient"},
  {Op::adaptive_avg_pool, all, 1, 0, {}, "N x C x product over dimensions of (in + out - gcd(in, out))", "the windows' exact taps, then a quotient; in when out divides in"},
  {Op::adaptive_max_pool, all, 0, 0, {}, "N x C x product over dimensions of (in + out - gcd(in, out))", "the windows' exact taps"},
  {Op::resize, all, 0, 0, {}, "2 x taps^spatial per output element; nearest 0", "one product and one sum per tap; nearest is a copy; with antialiasing a dimension that shrinks has ceil(taps x in / out) taps"},
  {Op::grid_sample, all, 0, 0, {}, "2 x taps^spatial per output element; nearest 0", "as resize; the weights are shared by the channels and left out"},
  {Op::roi_align, all, 0, 0, {}, "2 x taps^2 per output element", "taps holds the samples: 2 x sampling ratio"},
  {Op::reshape, none, 0, 0, {}, {}, "a view"},
  {Op::identity, none, 0, 0, {}, {}, "a view"},
  {Op::dropout, none, 0, 0, {}, {}, "a view in inference"},
  {Op::expand, none, 0, 0, {}, {}, "a view; its reader reads the source"},
  {Op::slice, none, 0, 0, {}, {}, "a view"},
  {Op::split, none, 0, 0, {}, {}, "views"},
  {Op::shape_of, none, 0, 0, {}, {}, "known without reading a tensor"},
  {Op::sequence, none, 0, 0, {}, {}, "a list of views"},
  {Op::transpose, all, 0, 0, {}, {}, "a copy in another order"},
  {Op::concat, all, 0, 0, {}, {}, "a copy"},
  {Op::pad, all, 0, 0, {}, {}, "a copy"},
  {Op::tile, all, 0, 0, {}, {}, "a copy"},
  {Op::copy, all, 0, 0, {}, {}, "a copy"},
  {Op::rearrange, all, 0, 0, {}, {}, "a copy in another order"},
  {Op::gather, rows, 0, 0, {}, {}, "the picked elements, each no more than once, and the indices; not the table"},
  {Op::embedding, rows, 0, 0, {}, {}, "the picked rows, each no more than once, and the indices; not the table"},
  {Op::scatter, all, 0, 0, {}, "1 per update when reducing", "a copy of the tensor with the updates in it; the updates alone where a loop carries it"},
  {Op::topk, all, 0, 0, {}, "elements(x) x max(1, ceil(log2 k))", "comparisons of a heap of k"},
  {Op::sort, all, 0, 0, {}, "elements(x) x ceil(log2 n)", "comparisons of a merge sort of rows of n"},
  {Op::nms, all, 0, 0, {}, "13 x n (n - 1) / 2 per row of n scores", "the worst case: every pair of boxes is compared once"},
  {Op::nonzero, all, 0, 1, {}, {}, "one comparison per element"},
  {Op::search, all, 0, 0, {}, "ceil(log2 (n + 1)) per element of y", "comparisons of a binary search in a sorted row of n, the first operand"},
  {Op::quantize, all, 4, 0, {}, {}, "factor, round, zero point, clamp"},
  {Op::dequantize, scales, 2, 0, {}, {}, "zero point, factor; done in the reader's registers"},
  {Op::constant, none, 0, 0, {}, {}, "counted where it is read"},
  {Op::range, made, 1, 0, {}, {}, "one sum per element"},
  {Op::random, made, 1, 0, {}, {}, "taken as a primitive"},
  {Op::fft, all, 0, 0, {}, "5 n ceil(log2 n) per transform of n points, half of it for real data", "the radix-2 count"},
  {Op::cholesky, all, 0, 0, {}, "n^3 / 3 per matrix of n x n", "Golub and Van Loan, Matrix Computations, 4th edition, 4.2.5; lower orders are left out, here and below"},
  {Op::lu, all, 0, 0, {}, "k^2 (l - k / 3) per matrix, k the smaller and l the larger side", "with partial pivoting; Golub and Van Loan 3.4.4, LAPACK working note 41, getrf; 2 n^3 / 3 for a square"},
  {Op::qr, all, 0, 0, {}, "2 k^2 (l - k / 3) per matrix, k the smaller and l the larger side", "R and the Householder vectors of Q; Golub and Van Loan 5.2.2, LAPACK working note 41, geqrf"},
  {Op::householder, all, 0, 0, {}, "with a third operand 4 m n k - 2 n k^2, else 4 m n k - 2 (m + n) k^2 + 4 k^3 / 3", "k vectors of m elements applied to m x n, or made into the first n columns of Q; Golub and Van Loan 5.1.6, LAPACK working note 41, ormqr and orgqr"},
  {Op::eigh, all, 0, 0, {}, "4 n^3 / 3 per matrix for the values alone, 9 n^3 with vectors", "the symmetric QR algorithm; Golub and Van Loan 8.3.5"},
  {Op::eig, all, 0, 0, {}, "10 n^3 per matrix for the values alone, 25 n^3 with vectors", "the QR algorithm; Golub and Van Loan 7.5.6"},
  {Op::svd, all, 0, 0, {}, "4 l k^2 - 4 k^3 / 3 per matrix for the values alone, 14 l k^2 + 8 k^3 with the first k vectors of both sides, 4 l^2 k + 8 l k^2 + 9 k^3 with all", "Golub and Reinsch; Golub and Van Loan 8.6.4"},
  {Op::triangular_solve, all, 0, 0, {}, "n per element of y, the triangle n x n; n^3 / 3 without right sides", "n^2 for each right side; Golub and Van Loan 3.1.2. Without them, the inverse of the triangle; LAPACK working note 41, trtri"},
  {Op::if_else, none, 0, 0, {}, {}, "from the cheaper branch to the costlier one"},
  {Op::loop, none, 0, 0, {}, {}, "the body times the trips"},
  {Op::scan, none, 0, 0, {}, {}, "the body times the trips"},
  {Op::call, none, 0, 0, {}, {}, "the body"},
};
// clang-format on

#define ALIDADE_OP_COUNT_(id, name, cls, family, label) +1
static_assert(std::size(kRules) == 0 ALIDADE_OPS(ALIDADE_OP_COUNT_));
#undef ALIDADE_OP_COUNT_
consteval bool in_order() {
  for (std::size_t i = 0; i < std::size(kRules); ++i)
    if (kRules[i].op != static_cast<Op>(i)) return false;
  return true;
}
static_assert(in_order());

}  // namespace

const Rule& rule(Op op) { return kRules[static_cast<std::size_t>(op)]; }
std::span<const Rule> rules() { return kRules; }

std::string_view words(Traffic traffic) {
  switch (traffic) {
    case all:
      return "operands, results";
    case none:
      return "free";
    case rows:
      return "picked rows (at most the table), indices, result";
    case scales:
      return "scales alone";
    case made:
      return "result";
    case banks:
      return "operands, of the weight no more experts than rows; results";
  }
  return {};
}

}  // namespace alidade::work_table
