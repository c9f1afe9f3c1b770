// The canonical problems of kernels against loops that do the work, one multiplication at a time.
#include <map>

#include "lowering_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// What loops over an equation find: multiplications, and different elements of the two sides.
struct Looped {
  std::uint64_t products = 0;
  std::set<std::vector<int>> left, right, made;
};
/// Goes through every value of every index of "ab,bc->ac".
Looped loop(const std::string& equation, const std::map<char, int>& sizes) {
  const auto comma = equation.find(','), arrow = equation.find("->");
  const std::string a = equation.substr(0, comma), b = equation.substr(comma + 1, arrow - comma - 1),
                    y = equation.substr(arrow + 2);
  std::map<char, int> at;
  Looped out;
  const auto place = [&](const std::string& term) {
    std::vector<int> places;
    for (const char c : term) places.push_back(at[c]);
    return places;
  };
  const auto step = [&](auto&& self, auto index) -> void {
    if (index == sizes.end()) {
      ++out.products;
      out.left.insert(place(a)), out.right.insert(place(b)), out.made.insert(place(y));
      return;
    }
    for (int i = 0; i < index->second; ++i) at[index->first] = i, self(self, std::next(index));
  };
  step(step, sizes.begin());
  return out;
}
std::string type(const std::string& term, const std::map<char, int>& sizes) {
  std::string out;
  for (const char c : term) out += (out.empty() ? "" : ",") + std::to_string(sizes.at(c));
  return "f32[" + out + "]";
}

/// A convolution's multiplications, one loop for each dimension; padding counts, as the table counts it.
std::uint64_t convolved(const ConvProblem& p) {
  std::uint64_t count = 0;
  const auto& places = p.transposed ? p.in : p.out;
  for (std::uint64_t n = 0; n < p.batch; ++n)
    for (std::uint64_t o = 0; o < p.out_channels; ++o)
      for (std::uint64_t i = 0; i < p.in_channels; ++i) {
        const bool meet = o / (p.out_channels / p.groups) == i / (p.in_channels / p.groups);
        for (std::uint32_t y = 0; meet && y < places[0] * places[1] * places[2]; ++y)
          for (std::uint32_t w = 0; w < p.kernel[0] * p.kernel[1] * p.kernel[2]; ++w) ++count;
      }
  return count;
}
std::uint64_t volume(const GemmProblem& p) { return p.groups * p.m * p.n * p.k; }

}  // namespace

TEST_CASE("an einsum is the product that loops over its indices make") {
  const std::map<char, int> sizes{{'a', 2}, {'b', 3}, {'c', 4}, {'d', 5}, {'e', 6}};
  for (const std::string equation :
       {"ab,bc->ac", "abd,bdc->ac", "abc,abd->acd", "acb,dcb->acd", "abcd,abed->abce", "abcd,ced->abe",
        "ca,bc->ab", "ab,cd->abcd", "abc,abc->ab"}) {
    std::map<char, int> used;
    for (const char c : equation)
      if (sizes.contains(c)) used[c] = sizes.at(c);
    const auto comma = equation.find(','), arrow = equation.find("->");
    const Lowered l("input %l : " + type(equation.substr(0, comma), sizes) +
                    "\ninput %r : " + type(equation.substr(comma + 1, arrow - comma - 1), sizes) +
                    "\n%y = einsum(%l, %r) {equation=\"" + equation +
                    "\"} : " + type(equation.substr(arrow + 2), sizes) + "\nreturn %y");
    INFO(equation);
    const auto looped = loop(equation, used);
    if (equation == "ab,cd->abcd") {
      CHECK(l.of("y").kind == KernelKind::pointwise);
      continue;
    }
    const auto& p = l.problem<GemmProblem>("y");
    CHECK(volume(p) == looped.products);
    CHECK(p.groups * p.m * p.k == looped.left.size());
    CHECK(p.groups * p.k * p.n == looped.right.size());
    CHECK(p.groups * p.m * p.n == looped.made.size());
    CHECK(l.of("y").matrix.value == 2 * looped.products);
  }
}

TEST_CASE("an einsum of three meets from left to right, and has the problem of its largest product") {
  const Lowered l(
      "input %a : f32[2,3]\ninput %b : f32[3,4]\ninput %c : f32[4,50]\n"
      "%y = einsum(%a, %b, %c) {equation=\"ij,jk,kl->il\"} : f32[2,50]\nreturn %y");
  const auto& p = l.problem<GemmProblem>("y");
  CHECK((p.groups == 1 && p.m == 2 && p.n == 50 && p.k == 4));
  CHECK(l.of("y").matrix.value == 2 * (2 * 3 * 4 + 2 * 4 * 50));
}

TEST_CASE(
    "products have the rows, columns and depth that their operands have, and lists of them are groups") {
  struct Row {
    std::string call, left, right, made;
    GemmProblem problem;
  };
  const std::vector<Row> rows{
      {"linear(%a, %b) {transpose_b=1}", "[2,3,8]", "[5,8]", "[2,3,5]", {1, 6, 5, 8}},
      {"linear(%a, %b)", "[3,8]", "[8,5]", "[3,5]", {1, 3, 5, 8}},
      {"linear(%a, %b) {transpose_b=1}", "[8]", "[5,8]", "[5]", {1, 1, 5, 8}},
      {"matmul(%a, %b)", "[2,3,4,8]", "[2,3,8,5]", "[2,3,4,5]", {6, 4, 5, 8}},
      {"matmul(%a, %b)", "[2,3,4,8]", "[8,5]", "[2,3,4,5]", {1, 24, 5, 8}},
      {"matmul(%a, %b)", "[2,1,4,8]", "[3,8,5]", "[2,3,4,5]", {6, 4, 5, 8}},
      {"matmul(%a, %b)", "[2,3,4,8]", "[1,1,8,5]", "[2,3,4,5]", {1, 24, 5, 8}},
      {"matmul(%a, %b)", "[4,8]", "[3,8,5]", "[3,4,5]", {3, 4, 5, 8}},
      {"matmul(%a, %b) {transpose_b=1}", "[3,4,8]", "[3,5,8]", "[3,4,5]", {3, 4, 5, 8}},
      {"matmul(%a, %b) {transpose_a=1}", "[3,8,4]", "[3,8,5]", "[3,4,5]", {3, 4, 5, 8}},
      {"matmul(%a, %b)", "[8]", "[3,8,5]", "[3,5]", {3, 1, 5, 8}},
      {"matmul(%a, %b)", "[3,4,8]", "[8]", "[3,4]", {1, 12, 1, 8}},
      {"matmul(%a, %b)", "[8]", "[8]", "[]", {1, 1, 1, 8}},
  };
  for (const auto& row : rows) {
    INFO(row.call << " of " << row.left << " and " << row.right);
    const Lowered l("input %a : f32" + row.left + "\ninput %b : f32" + row.right + "\n%y = " + row.call +
                    " : f32" + row.made + "\nreturn %y");
    const auto& p = l.problem<GemmProblem>("y");
    CHECK(p.groups == row.problem.groups);
    CHECK(p.m == row.problem.m);
    CHECK(p.n == row.problem.n);
    CHECK(p.k == row.problem.k);
    CHECK(2 * volume(p) == l.of("y").matrix.value);
    CHECK_FALSE(p.weight);
  }
}

TEST_CASE("experts are right operands that the rows are spread over") {
  const Lowered l(
      "input %x : f32[6,8]\nparameter %w : f32[4,8,5]\ninput %e : i64[6]\n"
      "%y = routed_matmul(%x, %w, %e) : f32[6,5]\nreturn %y");
  const auto& p = l.problem<GemmProblem>("y");
  CHECK((p.groups == 1 && p.m == 6 && p.n == 5 && p.k == 8 && p.experts == 4 && p.weight));
}

TEST_CASE("convolutions multiply as often as loops over batch, channels, places and windows") {
  const auto sample = [](const std::string& op, const std::string& x, const std::string& w,
                         const std::string& y, const std::string& attributes) {
    return Lowered("input %x : f32" + x + "\nparameter %w : f32" + w + "\n%y = " + op + "(%x, %w) {" +
                   attributes + "} : f32" + y + "\nreturn %y");
  };
  const auto check = [](const Lowered& l, KernelKind kind) {
    const auto& p = l.problem<ConvProblem>("y");
    CHECK(l.of("y").kind == kind);
    CHECK(l.of("y").matrix.value == 2 * convolved(p));
    CHECK(volume(unrolled(p)) == convolved(p));
    CHECK(unrolled(p).groups == p.groups);
    return p;
  };
  const auto plain = check(sample("conv", "[2,4,8,6]", "[6,4,3,3]", "[2,6,4,3]",
                                  "strides=[2,2], pads_begin=[1,1], pads_end=[1,1]"),
                           KernelKind::conv);
  CHECK(plain.in == Sizes3{8, 6, 1});
  CHECK(plain.out == Sizes3{4, 3, 1});
  CHECK(plain.kernel == Sizes3{3, 3, 1});
  CHECK(plain.strides == Sizes3{2, 2, 1});
  CHECK((plain.rank == 2 && plain.batch == 2 && plain.in_channels == 4 && plain.out_channels == 6));
  check(sample("conv", "[1,4,5]", "[6,2,3]", "[1,6,3]", "groups=2"), KernelKind::conv);
  check(sample("conv", "[1,2,4,4,4]", "[3,2,1,2,3]", "[1,3,4,3,2]", ""), KernelKind::conv);
  check(sample("conv", "[1,4,5,5]", "[8,1,3,3]", "[1,8,3,3]", "groups=4"), KernelKind::depthwise);
  const auto turned = check(sample("conv_transpose", "[1,4,3,3]", "[4,6,2,2]", "[1,6,6,6]", "strides=[2,2]"),
                            KernelKind::conv);
  CHECK(turned.transposed);
  CHECK(unrolled(turned).m == 9);
  CHECK(unrolled(turned).n == 6 * 4);
  CHECK(unrolled(turned).k == 4);
  check(sample("conv_transpose", "[1,4,3]", "[4,1,2]", "[1,4,4]", "groups=4"), KernelKind::depthwise);
}

TEST_CASE("a pool has a window for every channel, one over the whole map is a mean along rows") {
  const std::string x = "input %x : f32[2,4,8,6]\n";
  const Lowered window(x + "%y = max_pool(%x) {kernel=[3,2], strides=[2,2]} : f32[2,4,3,3]\nreturn %y");
  const auto& p = window.problem<ConvProblem>("y");
  CHECK(window.of("y").kind == KernelKind::window);
  CHECK((p.groups == 4 && p.in_channels == 4 && p.kernel == Sizes3{3, 2, 1} && p.out == Sizes3{3, 3, 1}));
  const Lowered adaptive(x + "%y = adaptive_avg_pool(%x) : f32[2,4,4,3]\nreturn %y");
  CHECK(adaptive.problem<ConvProblem>("y").kernel == Sizes3{2, 2, 1});
  const Lowered whole(x + "%y = adaptive_avg_pool(%x) : f32[2,4,1,1]\nreturn %y");
  CHECK(whole.of("y").kind == KernelKind::row_wise);
  const auto& rows = whole.problem<RowProblem>("y");
  CHECK((rows.rows == 8 && rows.columns == 48 && rows.inner == 1));
}

TEST_CASE("norms, softmax and reductions work along rows of that many columns") {
  struct Row {
    std::string call, made;
    RowProblem problem;
  };
  const std::vector<Row> rows{
      {"softmax(%x) {axes=[3]}", "[2,4,8,6]", {64, 6, 1, 2}},
      {"softmax(%x) {axes=[1]}", "[2,4,8,6]", {96, 4, 48, 2}},
      {"layer_norm(%x) {axis=2}", "[2,4,8,6]", {8, 48, 1, 2}},
      {"rms_norm(%x) {axis=3}", "[2,4,8,6]", {64, 6, 1, 2}},
      {"group_norm(%x) {groups=2}", "[2,4,8,6]", {4, 96, 1, 2}},
      {"instance_norm(%x)", "[2,4,8,6]", {8, 48, 1, 2}},
      {"reduce_mean(%x) {axes=[2,3]}", "[2,4]", {8, 48, 1, 1}},
      {"reduce_sum(%x) {axes=[0]}", "[4,8,6]", {192, 2, 192, 1}},
      {"reduce_sum(%x) {axes=[0,2]}", "[4,6]", {24, 16, 6, 1}},
      {"reduce_sum(%x)", "[]", {1, 384, 1, 1}},
      {"sort(%x) {axes=[3]}", "[2,4,8,6]", {64, 6, 1, 1}},
  };
  for (const auto& row : rows) {
    INFO(row.call);
    const Lowered l("input %x : f32[2,4,8,6]\n%y = " + row.call + " : f32" + row.made + "\nreturn %y");
    const auto& p = l.problem<RowProblem>("y");
    CHECK(p.rows == row.problem.rows);
    CHECK(p.columns == row.problem.columns);
    CHECK(p.inner == row.problem.inner);
    CHECK(p.passes == row.problem.passes);
  }
  const Lowered table(
      "parameter %t : f32[100,16]\ninput %i : i64[2,5]\n%y = embedding(%t, %i) {axes=[0]} : "
      "f32[2,5,16]\nreturn %y");
  const auto& picked = table.problem<RowProblem>("y");
  CHECK((picked.rows == 10 && picked.columns == 16 && table.of("y").kind == KernelKind::gather));
}

TEST_CASE("attention is one problem, as an operator, packed, or written out") {
  const Lowered one(
      "input %q : f32[2,8,10,16]\ninput %k : f32[2,4,12,16]\ninput %v : f32[2,4,12,24]\n"
      "%y = attention(%q, %k, %v) {heads=8, kv_heads=4, causal=1} : f32[2,8,10,24]\nreturn %y");
  const auto& p = one.problem<AttentionProblem>("y");
  CHECK((p.batch == 2 && p.heads == 8 && p.kv_heads == 4 && p.query == 10 && p.key == 12));
  CHECK((p.width == 16 && p.value_width == 24 && p.causal && !p.masked && p.rank == 4));
  const Lowered packed(
      "input %q : f32[2,10,128]\ninput %k : f32[2,12,64]\ninput %v : f32[2,12,64]\n"
      "%y = attention(%q, %k, %v) {heads=8, kv_heads=4, packed_heads=1} : f32[2,10,128]\nreturn %y");
  const auto& q = packed.problem<AttentionProblem>("y");
  CHECK((q.batch == 2 && q.heads == 8 && q.kv_heads == 4 && q.query == 10 && q.key == 12 && q.width == 16));
  const std::string written =
      "input %q : f32[2,8,10,16]\ninput %k : f32[2,8,16,12]\ninput %v : f32[2,8,12,24]\ninput %m : "
      "f32[1,1,10,12]\n"
      "%s = matmul(%q, %k) : f32[2,8,10,12]\n%a = add(%s, %m) : f32[2,8,10,12]\n"
      "%p = softmax(%a) {axes=[3]} : f32[2,8,10,12]\n%y = matmul(%p, %v) : f32[2,8,10,24]\nreturn %y";
  const Lowered out(written, {Backend::tensorrt});
  const auto& w = out.problem<AttentionProblem>("y");
  CHECK(out.kernels.kernels().size() == 1);
  CHECK(
      (w.batch == 2 && w.heads == 8 && w.query == 10 && w.key == 12 && w.width == 16 && w.value_width == 24));
  CHECK((w.masked && !w.causal && out.of("y").products == 2));
  const Lowered apart(written, {Backend::eager});
  CHECK(apart.kernels.kernels().size() == 4);
  CHECK(apart.of("s").kind == KernelKind::gemm);
}

TEST_CASE("a recurrent layer has its steps, gates and directions, products side by side are one") {
  const Lowered l(
      "input %x : f32[7,2,5]\nparameter %w : f32[24,5]\nparameter %r : f32[24,6]\n"
      "%y = lstm(%x, %w, %r) {hidden=6} : f32[7,2,6]\nreturn %y");
  const auto& p = l.problem<RecurrentProblem>("y");
  CHECK((p.steps == 7 && p.batch == 2 && p.input == 5 && p.hidden == 6 && p.gates == 4 && p.layers == 1));
  const Lowered three(
      "input %x : f32[10,16]\nparameter %a : f32[16,16]\nparameter %b : f32[8,16]\nparameter %c : f32[8,16]\n"
      "%q = linear(%x, %a) {transpose_b=1} : f32[10,16]\n%k = linear(%x, %b) {transpose_b=1} : f32[10,8]\n"
      "%v = linear(%x, %c) {transpose_b=1} : f32[10,8]\nreturn %q, %k, %v",
      {Backend::tensorrt});
  CHECK(three.kernels.kernels().size() == 1);
  const auto& g = three.problem<GemmProblem>("q");
  CHECK((g.groups == 1 && g.m == 10 && g.n == 32 && g.k == 16 && g.weight && three.of("q").products == 3));
}
