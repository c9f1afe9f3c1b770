// Which types tensors have under each precision, and which casts are kernels: by hand, by PyTorch's own
// lists, and one way of lowering against another.
#include "lowering_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// Functions of PyTorch that run under autocast on CUDA in 16 bits and in f32: the macros
/// AT_FORALL_LOWER_PRECISION_FP, AT_FORALL_FP32 and AT_FORALL_FP32_SET_OPT_DTYPE of ATen/autocast_mode.h in
/// torch 2.13 (BSD-3-Clause), those that the graph has an operator for.
struct Listed {
  std::string function, call;
};
const std::vector<Listed> kSixteen{
    {"linear", "linear(%x, %w)"},
    {"matmul", "matmul(%x, %w)"},
    {"mm", "matmul(%x, %w)"},
    {"bmm", "matmul(%x, %w)"},
    {"baddbmm", "matmul(%x, %w)"},
    {"addmm", "matmul(%x, %w)"},
    {"mv", "matmul(%x, %w)"},
    {"prelu", "leaky_relu(%x)"},
    {"einsum", "einsum(%x, %w) {equation=\"ab,bc->ac\"}"},
};
const std::vector<Listed> kWide{
    {"acos", "trig(%x)"},
    {"asin", "trig(%x)"},
    {"cosh", "trig(%x)"},
    {"erfinv", "unary(%x)"},
    {"exp", "exp(%x)"},
    {"expm1", "unary(%x)"},
    {"log", "log(%x)"},
    {"log10", "unary(%x)"},
    {"log2", "unary(%x)"},
    {"log1p", "unary(%x)"},
    {"reciprocal", "reciprocal(%x)"},
    {"rsqrt", "rsqrt(%x)"},
    {"sinh", "trig(%x)"},
    {"tan", "trig(%x)"},
    {"pow", "pow(%x, %x)"},
    {"softplus", "softplus(%x)"},
    {"layer_norm", "layer_norm(%x) {axis=1}"},
    {"rms_norm", "rms_norm(%x) {axis=1}"},
    {"group_norm", "group_norm(%x)"},
    {"cumsum", "cumulative(%x) {axes=[1]}"},
    {"cumprod", "cumulative(%x) {axes=[1]}"},
};
/// The last macro hands f32 to the function as the type of its result: the kernel reads 16 bits.
const std::vector<Listed> kWidens{
    {"softmax", "softmax(%x) {axes=[1]}"},
    {"log_softmax", "log_softmax(%x) {axes=[1]}"},
};
/// In none of the lists.
const std::vector<Listed> kAsTheyCome{
    {"relu", "relu(%x)"},
    {"gelu", "gelu(%x)"},
    {"silu", "silu(%x)"},
    {"sigmoid", "sigmoid(%x)"},
    {"tanh", "tanh(%x)"},
    {"sqrt", "sqrt(%x)"},
    {"cos", "trig(%x)"},
    {"sin", "trig(%x)"},
    {"mul", "mul(%x, %x)"},
    {"add", "add(%x, %x)"},
    {"batch_norm", "batch_norm(%x)"},
};

/// One function of an input of this type, as autocast runs it.
Lowered run(const Listed& listed, const std::string& type, Precision precision = Precision::amp_bf16) {
  return Lowered("input %x : " + type + "[8,8]\nparameter %w : " + type + "[8,8]\n%y = " + listed.call +
                     " : " + type + "[8,8] as \"aten." + listed.function + ".default\"\nreturn %y",
                 {Backend::eager, precision});
}
Dtype made(const Lowered& l) { return l.kernels.type(l.graph.outputs()[0]); }

const std::string kBlock =
    "input %x : f32[2,4,8]\nparameter %g : f32[8]\nparameter %b : f32[8]\n"
    "parameter %wq : f32[8,8]\nparameter %bq : f32[8]\nparameter %wk : f32[8,8]\nparameter %wv : f32[8,8]\n"
    "parameter %w1 : f32[16,8]\nparameter %w2 : f32[8,16]\n"
    "%n = layer_norm(%x, %g, %b) {axis=2} : f32[2,4,8]\n"
    "%q = linear(%n, %wq, %bq) {transpose_b=1} : f32[2,4,8]\n"
    "%k = linear(%n, %wk) {transpose_b=1} : f32[2,4,8]\n"
    "%v = linear(%n, %wv) {transpose_b=1} : f32[2,4,8]\n"
    "%s = matmul(%q, %k) {transpose_b=1} : f32[2,4,4]\n"
    "%p = softmax(%s) {axes=[2]} : f32[2,4,4]\n"
    "%o = matmul(%p, %v) : f32[2,4,8]\n"
    "%r = add(%x, %o) : f32[2,4,8]\n"
    "%m = layer_norm(%r, %g, %b) {axis=2} : f32[2,4,8]\n"
    "%h = linear(%m, %w1) {transpose_b=1} : f32[2,4,16]\n"
    "%a = gelu(%h) : f32[2,4,16]\n"
    "%d = linear(%a, %w2) {transpose_b=1} : f32[2,4,8]\n"
    "%y = add(%r, %d) : f32[2,4,8]\nreturn %y";
const std::string kNet =
    "input %x : f32[1,4,8,8]\nparameter %w1 : f32[8,4,3,3]\nparameter %b1 : f32[8]\n"
    "parameter %g : f32[8]\nparameter %s : f32[8]\nbuffer %mu : f32[8]\nbuffer %va : f32[8]\n"
    "parameter %w2 : f32[8,8,3,3]\nparameter %wf : f32[10,8]\nparameter %bf : f32[10]\n"
    "%c = conv(%x, %w1, %b1) {pads_begin=[1,1], pads_end=[1,1]} : f32[1,8,8,8]\n"
    "%n = batch_norm(%c, %g, %s, %mu, %va) : f32[1,8,8,8]\n"
    "%r = relu(%n) : f32[1,8,8,8]\n"
    "%e = conv(%r, %w2) {pads_begin=[1,1], pads_end=[1,1]} : f32[1,8,8,8]\n"
    "%t = add(%e, %r) : f32[1,8,8,8]\n"
    "%p = adaptive_avg_pool(%t) : f32[1,8,1,1]\n"
    "%f = reshape(%p) : f32[1,8]\n"
    "%l = linear(%f, %wf, %bf) {transpose_b=1} : f32[1,10]\n"
    "%y = softmax(%l) {axes=[1]} : f32[1,10]\nreturn %y";

using Casts = std::vector<std::string>;

}  // namespace

TEST_CASE("precisions and arithmetics have names that read back") {
  for (const auto p : kPrecisions) CHECK(precision_named(name(p)) == p);
  for (const auto a : kArithmetics) CHECK(arithmetic_named(name(a)) == a);
  for (const auto b : kBackends) CHECK(backend_named(name(b)) == b);
  for (const auto l : kLayouts) CHECK(layout_named(name(l)) == l);
  CHECK_FALSE(precision_named("half").has_value());
  CHECK(describe({Backend::inductor, Precision::amp_f16, Layout::channels_last}) ==
        "inductor, amp_f16, channels_last");
  CHECK(describe({}) == "eager");
  CHECK(arithmetic_of(Dtype::i32) == Arithmetic::f32);
  CHECK(arithmetic_of(Dtype::u4) == Arithmetic::i4);
  CHECK(sums_of(Arithmetic::i8) == Dtype::i32);
  CHECK(sums_of(Arithmetic::bf16) == Dtype::f32);
}

TEST_CASE("autocast runs what PyTorch lists in 16 bits, in f32, and all else as it comes") {
  for (const auto& f : kSixteen) {
    INFO(f.function);
    CHECK(made(run(f, "f32")) == Dtype::bf16);
    CHECK(made(run(f, "f32", Precision::amp_f16)) == Dtype::f16);
    CHECK_FALSE(run(f, "f32").casts().empty());
    CHECK(run(f, "bf16").casts().empty());
  }
  for (const auto& f : kWide) {
    INFO(f.function);
    CHECK(made(run(f, "bf16")) == Dtype::f32);
    CHECK(run(f, "bf16").casts() == Casts{"x bf16>f32 before y"});
    CHECK(run(f, "f32").casts().empty());
  }
  for (const auto& f : kWidens) {
    INFO(f.function);
    CHECK(made(run(f, "bf16")) == Dtype::f32);
    CHECK(run(f, "bf16").casts().empty());
    CHECK(run(f, "bf16").reads("y") == "x bf16 128");
  }
  for (const auto& f : kAsTheyCome) {
    INFO(f.function);
    for (const auto type : {Dtype::bf16, Dtype::f32}) {
      CHECK(made(run(f, std::string(name(type)))) == type);
      CHECK(run(f, std::string(name(type))).casts().empty());
    }
  }
}

TEST_CASE("under autocast the casts of a transformer block are those counted by hand") {
  const Lowered eager(kBlock, {Backend::eager, Precision::amp_bf16});
  CHECK(eager.casts() == Casts{"n f32>bf16 before q", "wq f32>bf16 before q", "bq f32>bf16 before q",
                               "n f32>bf16 before k", "wk f32>bf16 before k", "n f32>bf16 before v",
                               "wv f32>bf16 before v", "p f32>bf16 before o", "m f32>bf16 before h",
                               "w1 f32>bf16 before h", "w2 f32>bf16 before d"});
  CHECK(eager.kernels.weight_copies().value == 2 * (3 * 64 + 8 + 2 * 128));
  CHECK(eager.kernels.weights().value == 4 * (8 + 8 + 3 * 64 + 8 + 2 * 128));
  CHECK(eager.reads("q") == "bq bf16 16, n bf16 128, wq bf16 128");
  CHECK(eager.writes("q") == "q bf16 128");
  CHECK(eager.reads("r") == "o bf16 128, x f32 256");
  CHECK(eager.writes("r") == "r f32 256");
  CHECK(eager.of("q").arithmetic == Arithmetic::bf16);
  CHECK(eager.of("q").sums == Dtype::f32);
  const Lowered loops(kBlock, {Backend::inductor, Precision::amp_bf16});  // a loop writes what is read
  CHECK(loops.casts() == Casts{"wq f32>bf16 before q", "bq f32>bf16 before q", "wk f32>bf16 before k",
                               "wv f32>bf16 before v", "w1 f32>bf16 before h", "w2 f32>bf16 before d"});
  CHECK(loops.writes("n") == "n bf16 128");
  CHECK(loops.writes("p") == "p bf16 64");
  const Lowered compiled(kBlock, {Backend::tensorrt, Precision::amp_bf16});  // and weights are cast at load
  CHECK(compiled.casts().empty());
  CHECK(compiled.kernels.weights().value == 4 * (8 + 8) + 2 * (3 * 64 + 8 + 2 * 128));
  CHECK(compiled.kernels.weight_copies().value == 0);
}

TEST_CASE("under autocast the casts of a convolutional net are those counted by hand") {
  const Lowered eager(kNet, {Backend::eager, Precision::amp_f16});
  CHECK(eager.casts() == Casts{"x f32>f16 before c", "w1 f32>f16 before c", "b1 f32>f16 before c",
                               "w2 f32>f16 before e", "wf f32>f16 before l", "bf f32>f16 before l"});
  CHECK(eager.reads("n") == "c f16 1024, g f32 32, mu f32 32, s f32 32, va f32 32");
  CHECK(eager.writes("n") == "n f16 1024");
  CHECK(eager.reads("t") == "e f16 1024, r f16 1024");
  CHECK(eager.reads("y") == "l f16 20");
  CHECK(eager.writes("y") == "y f32 40");
  const Lowered compiled(kNet, {Backend::onnxruntime, Precision::amp_f16});
  CHECK(compiled.casts() == Casts{"x f32>f16 before c"});
}

TEST_CASE("a weight that several operators read is cast once a run, in a loop before the loop") {
  const std::string tied =
      "input %x : f32[4,8]\nparameter %w : f32[8,8]\n%a = linear(%x, %w) : f32[4,8]\n"
      "%b = linear(%a, %w) : f32[4,8]\nreturn %b";
  CHECK(Lowered(tied, {Backend::eager, Precision::amp_bf16}).casts() ==
        Casts{"x f32>bf16 before a", "w f32>bf16 before a"});
  const Lowered loop(
      "input %x : f32[4,8]\nparameter %w : f32[8,8]\n%y = loop(%x) {trips=5} : f32[4,8] {\n"
      "argument %i : f32[4,8]\n%a = linear(%i, %w) : f32[4,8]\n%c = compare(%a, %a) : bool[4,8]\n"
      "yield %c, %a\n}\nreturn %y",
      {Backend::eager, Precision::amp_bf16});
  CHECK(loop.casts() == Casts{"w f32>bf16 before y", "i f32>bf16 before a"});
  CHECK(loop.kernels.kernels()[0].runs == 1);
  CHECK(loop.kernels.outermost() == 2);
  CHECK(loop.of("a").runs == 5);
  CHECK(std::ranges::equal(loop.kernels.before().of(1), std::vector<std::uint32_t>{0}));
}

TEST_CASE("in 8 bits products read quantised operands, and who makes them writes them so where it can") {
  const std::string body =
      "input %x : f32[4,8]\nparameter %w : f32[8,8]\nparameter %b : f32[8]\nparameter %u : f32[8,8]\n"
      "%a = linear(%x, %w, %b) : f32[4,8]\n%r = relu(%a) : f32[4,8]\n%c = linear(%r, %u) : f32[4,8]\n"
      "%y = add(%c, %r) : f32[4,8]\n%z = sort(%r) {axes=[1]} : f32[4,8]\nreturn %y, %z";
  const Lowered eager(body, {Backend::eager, Precision::i8});
  CHECK(eager.casts() == Casts{"x bf16>i8 before a", "r bf16>i8 before c"});
  CHECK(eager.reads("a") == "b bf16 16, w i8 64, x i8 32");
  CHECK(eager.writes("a") == "a bf16 64");
  CHECK(eager.of("a").arithmetic == Arithmetic::i8);
  CHECK(eager.of("a").sums == Dtype::i32);
  CHECK(eager.kernels.weights().value == 64 + 16 + 64);
  const Lowered compiled(body, {Backend::tensorrt, Precision::f8});
  CHECK(compiled.casts() == Casts{"x bf16>f8e4m3 before a"});
  CHECK(compiled.writes("a") == "r bf16 64, r f8e4m3 32");
  CHECK(compiled.reads("c") == "r f8e4m3 32, u f8e4m3 64");  // the sum behind the product takes what is there
  CHECK(compiled.reads("z") == "r bf16 64");
  CHECK(compiled.of("a").arithmetic == Arithmetic::f8);
}

TEST_CASE("weights of products alone are stored in 8 and 4 bits, and multiplied in 16") {
  const std::string body =
      "input %i : i64[4]\nparameter %t : f32[16,8]\nparameter %w : f32[8,8]\nparameter %b : f32[8]\n"
      "%e = embedding(%t, %i) {axes=[0]} : f32[4,8]\n%v = transpose(%w) {perm=[1,0]} : f32[8,8]\n"
      "%a = linear(%e, %v, %b) {transpose_b=1} : f32[4,8]\n%l = linear(%a, %t) {transpose_b=1} : f32[4,16]\n"
      "return %l";
  const Lowered four(body, {Backend::tensorrt, Precision::w4});
  CHECK(four.reads("a") == "b bf16 16, e bf16 64, v i4 32");
  CHECK(four.of("a").arithmetic == Arithmetic::bf16);
  CHECK(four.reads("l") == "a bf16 64, t bf16 256");  // looked up, too: as it is
  CHECK(four.kernels.weights().value == 256 + 32 + 16);
  const Lowered eight(body, {Backend::tensorrt, Precision::w8});
  CHECK(eight.reads("a") == "b bf16 16, e bf16 64, v i8 64");
  CHECK(eight.casts().empty());
}

TEST_CASE("numbers of 4 bits in blocks have the scales of their blocks beside them") {
  const std::string body =
      "input %x : f32[4,48]\nparameter %w : f32[5,48]\nparameter %u : f32[5,7]\n"
      "%a = linear(%x, %w) {transpose_b=1} : f32[4,5]\n%y = matmul(%a, %u) : f32[4,7]\nreturn %y";
  const Lowered both(body, {Backend::tensorrt, Precision::nvfp4});
  CHECK(both.reads("a") == "w f4e2m1 135, x f4e2m1 108");  // 240 / 2 + 240 / 16, 192 / 2 + 192 / 16
  CHECK(both.of("a").arithmetic == Arithmetic::f4);
  CHECK(both.casts() == Casts{"x bf16>f4e2m1 before a"});
  CHECK(both.kernels.kernels()[0].elements == 192);      // of the cast
  CHECK(both.reads("y") == "a f4e2m1 12, u f4e2m1 21");  // 20 / 2 + 2 scales, 35 in 18 bytes and 3 scales
  const Lowered weights(body, {Backend::tensorrt, Precision::mxfp4});
  CHECK(weights.reads("a") == "w f4e2m1 128, x bf16 384");  // 240 / 2 + 8 scales
  CHECK(weights.of("a").arithmetic == Arithmetic::bf16);
  CHECK(weights.casts().empty());
  CHECK(weights.kernels.weights().value == 128 + 18 + 2);
}

TEST_CASE("a model that is quantised already multiplies what it stores") {
  const std::string body =
      "input %x : f32[4,8]\nparameter %w : i8[8,8]\nparameter %s : f32[]\nparameter %z : i8[]\n"
      "%q = quantize(%x, %s, %z) : i8[4,8]\n%d = dequantize(%q, %s, %z) : f32[4,8]\n"
      "%v = dequantize(%w, %s, %z) : f32[8,8]\n%y = linear(%d, %v) {transpose_b=1} : f32[4,8]\nreturn %y";
  const Lowered l(body, {Backend::tensorrt});
  CHECK(l.of("y").arithmetic == Arithmetic::i8);
  CHECK(l.of("y").sums == Dtype::i32);
  CHECK(l.reads("y") == "q i8 32, s f32 4, w i8 64, z i8 1");
  const Lowered half(body, {Backend::tensorrt, Precision::bf16});
  CHECK(half.of("y").arithmetic == Arithmetic::i8);
  CHECK(half.writes("y") == "y bf16 64");
  const std::string weights =
      "input %x : f16[4,8]\nparameter %w : i4[8,8]\nparameter %s : f16[8]\n"
      "%v = dequantize(%w, %s) {axis=0} : f16[8,8]\n%y = linear(%x, %v) {transpose_b=1} : f16[4,8]\nreturn "
      "%y";
  CHECK(Lowered(weights).of("y").arithmetic == Arithmetic::f16);
}

TEST_CASE("tf32 stores f32 and multiplies faster, what is no real number stays as it is") {
  const std::string body =
      "input %x : f32[4,8]\nparameter %w : f32[8,8]\ninput %i : i32[4,8]\n%a = linear(%x, %w) : f32[4,8]\n"
      "%c = cast(%i) : f32[4,8]\n%y = add(%a, %c) : f32[4,8]\nreturn %y";
  const Lowered l(body, {Backend::eager, Precision::tf32});
  CHECK(l.of("a").arithmetic == Arithmetic::tf32);
  CHECK(l.of("y").arithmetic == Arithmetic::f32);
  CHECK(l.reads("a") == "w f32 256, x f32 128");
  CHECK(Lowered(body, {Backend::eager, Precision::f16}).reads("c") == "i i32 128");
}
