// Which transposes are kernels: of PyTorch's views none, and what a reader cannot take is copied; images that
// lie channels last pay where rows are made of them.
#include "lowering_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// "x before y 128": transposes that were put in.
std::vector<std::string> paid(const Lowered& l) {
  std::vector<std::string> out;
  for (const auto& k : l.kernels.kernels())
    if (k.transpose)
      out.push_back(std::string(l.graph.name(l.kernels.reads(k)[0].value)) + " before " +
                    std::string(l.graph.name(k.node)) + " " + std::to_string(k.read.value));
  return out;
}
using Paid = std::vector<std::string>;

const std::string kMap =
    "input %x : f32[1,4,8,8]\nparameter %w : f32[6,4,1,1]\n%c = conv(%x, %w) : f32[1,6,8,8]\n";

}  // namespace

TEST_CASE("a transpose of PyTorch is a view, one of another format is a kernel") {
  const auto body = [](const std::string& as) {
    return "input %x : f32[2,4,8]\n%a = relu(%x) : f32[2,4,8]\n%t = transpose(%a) {perm=[0,2,1]} : "
           "f32[2,8,4]" +
           as + "\n%y = exp(%t) : f32[2,8,4]\nreturn %y";
  };
  const Lowered view(body(" as \"aten.transpose.int\""));
  CHECK(view.kernels.kernels().size() == 2);
  CHECK(view.kernels.kernel_of(node_named(view.graph, "t")) == KernelGraph::kNone);
  CHECK(view.kernels.reads(view.of("y"))[0].kernel == 0);  // who made what the transpose shows
  CHECK(std::ranges::equal(view.kernels.before().of(1), std::vector<std::uint32_t>{0}));
  CHECK(paid(view).empty());
  const Lowered copy(body(""));
  CHECK(copy.of("t").kind == KernelKind::copy);
  CHECK(copy.of("t").traffic().value == 2 * 256);
}

TEST_CASE("PyTorch copies what a reshape, a norm or a product cannot read as it lies") {
  const auto body = [](const std::string& rest) {
    return "input %x : f32[2,4,8]\nparameter %w : f32[4,4]\n%a = relu(%x) : f32[2,4,8]\n"
           "%t = transpose(%a) {perm=[0,2,1]} : f32[2,8,4] as \"aten.transpose.int\"\n" +
           rest + "\nreturn %y";
  };
  CHECK(paid(Lowered(body("%y = reshape(%t) : f32[2,32] as \"aten.reshape.default\""))) ==
        Paid{"a before y 256"});
  CHECK(paid(Lowered(body("%y = layer_norm(%t) {axis=2} : f32[2,8,4] as \"aten.layer_norm.default\""))) ==
        Paid{"a before y 256"});
  CHECK(paid(Lowered(body("%y = gelu(%t) : f32[2,8,4] as \"aten.gelu.default\""))).empty());
  CHECK(paid(Lowered(body("%y = layer_norm(%t) {axis=2} : f32[2,8,4] as \"aten.layer_norm.default\""),
                     {Backend::inductor}))
            .empty());
}

TEST_CASE("channels last, rows made of a map pay a transpose, and turning it to rows is free") {
  const auto with = [&](const std::string& rest,
                        Lowering lowering = {Backend::eager, Precision::as_captured, Layout::channels_last}) {
    return Lowered(kMap + rest + "return %y", lowering);
  };
  CHECK(paid(with("%y = reshape(%c) : f32[1,384]\n")) == Paid{"c before y 1536"});
  CHECK(paid(with("%y = reshape(%c) : f32[1,6,64]\n")).empty());
  CHECK(paid(with("%p = adaptive_avg_pool(%c) : f32[1,6,1,1]\n%y = reshape(%p) : f32[1,6]\n")).empty());
  const auto rows = with(
      "%t = transpose(%c) {perm=[0,2,3,1]} : f32[1,8,8,6]\n%y = layer_norm(%t) {axis=3} : f32[1,8,8,6]\n");
  CHECK(paid(rows).empty());
  CHECK(rows.kernels.kernel_of(node_named(rows.graph, "t")) == KernelGraph::kNone);
  const auto sequence = with(
      "%f = reshape(%c) : f32[1,6,64]\n%t = transpose(%f) {perm=[0,2,1]} : f32[1,64,6]\n"
      "%y = softmax(%t) {axes=[2]} : f32[1,64,6]\n");
  CHECK(paid(sequence).empty());
  CHECK(sequence.kernels.kernels().size() == 2);
  CHECK(rows.problem<ConvProblem>("c").channels_last);
  CHECK(paid(with("%y = relu(%c) : f32[1,6,8,8]\n", {Backend::tensorrt, Precision::as_captured,
                                                     Layout::channels_last})) == Paid{"x before c 1024"});
  const auto given = Lowered(kMap + "%y = reshape(%c) : f32[1,384]\nreturn %y");
  CHECK(paid(given).empty());
  CHECK_FALSE(given.problem<ConvProblem>("c").channels_last);
}
