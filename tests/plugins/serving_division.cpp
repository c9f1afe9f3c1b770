// What one of several devices has of a model that is served.
#include <map>
#include <memory>

#include "passes.hpp"
#include "sdk/serving/serving.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// The columns of each product with stored weights, and the bytes of those, on one of so many devices.
std::multimap<std::uint64_t, std::uint64_t> products(const KernelFunctions& functions,
                                                     std::uint64_t devices) {
  const auto kernels = functions.at({1, 1}, {devices, 1});
  std::multimap<std::uint64_t, std::uint64_t> out;
  for (const auto& kernel : kernels.kernels())
    if (const auto* p = std::get_if<GemmProblem>(&kernel.problem); p != nullptr && p->weight)
      for (const auto& read : kernels.reads(kernel))
        if (read.weight) out.emplace(p->n, read.bytes.value);
  return out;
}

}  // namespace

TEST_CASE("products that make keys and values are cut into their heads at most") {
  const auto graph = std::make_shared<const Graph>(
      graph_of("input %ids : i64[1,1]\n input %x : f32[1,1,64]\n parameter %q : f32[128,64]\n parameter %k : "
               "f32[32,64]\n parameter %o : f32[64,128]\n parameter %head : f32[1000,64]\n"
               "%a = linear(%x, %q) {transpose_b=1} : f32[1,1,128]\n"
               "%b = linear(%x, %k) {transpose_b=1} : f32[1,1,32]\n"
               "%c = attention(%a, %b, %b) {heads=4, kv_heads=1, packed_heads=1} : f32[1,1,128]\n"
               "%d = linear(%c, %o) {transpose_b=1} : f32[1,1,64]\n"
               "%e = linear(%d, %head) {transpose_b=1} : f32[1,1,1000]\n return %e"));
  const auto kernels = std::make_shared<const KernelGraph>(lower(*graph, profile_of(*graph), {}).value());
  const auto functions = KernelFunctions::fitted({{1, 1, graph, kernels}}, {}).value();
  using Products = std::multimap<std::uint64_t, std::uint64_t>;
  CHECK(products(functions, 1) == Products{{32, 8192}, {64, 32768}, {128, 32768}, {1000, 256000}});
  // 2 of 4 heads of queries, and the one head of keys
  CHECK(products(functions, 2) == Products{{32, 8192}, {64, 16384}, {64, 16384}, {500, 128000}});
  CHECK(functions.keys_share(1) == 1);
  CHECK(functions.keys_share(2) == 1);
}

// Attention, a shared product and one of four experts, whose results are one sum: two sums a layer.
TEST_CASE(
    "a layer is summed behind attention and behind its experts, and experts over fewer devices are cut") {
  const auto graph = std::make_shared<const Graph>(
      graph_of("input %ids : i64[2,1]\n input %x : f32[2,1,64]\n parameter %q : f32[128,64]\n"
               "parameter %o : f32[64,128]\n parameter %up : f32[32,64]\n parameter %down : f32[64,32]\n"
               "parameter %w : f32[4,64,64]\n parameter %head : f32[1000,64]\n input %picked : i64[2]\n"
               "%a = linear(%x, %q) {transpose_b=1} : f32[2,1,128]\n"
               "%c = attention(%a, %a, %a) {heads=4, kv_heads=4, packed_heads=1} : f32[2,1,128]\n"
               "%d = linear(%c, %o) {transpose_b=1} : f32[2,1,64]\n"
               "%u = linear(%d, %up) {transpose_b=1} : f32[2,1,32]\n"
               "%s = linear(%u, %down) {transpose_b=1} : f32[2,1,64]\n"
               "%f = reshape(%d) : f32[2,64]\n"
               "%r = routed_matmul(%f, %w, %picked) : f32[2,64]\n"
               "%b = reshape(%r) : f32[2,1,64]\n %m = add(%s, %b) : f32[2,1,64]\n"
               "%e = linear(%m, %head) {transpose_b=1} : f32[2,1,1000]\n return %e"));
  const auto kernels = std::make_shared<const KernelGraph>(lower(*graph, profile_of(*graph), {}).value());
  const auto functions = KernelFunctions::fitted({{2, 1, graph, kernels}}, {}).value();
  const auto told = functions.collectives({2, 1}, {2, 1});
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind == Collective::Kind::all_reduce);
  CHECK(told[0].count == 2);
  CHECK(told[0].bytes.value == 2 * 64 * 2);
  CHECK(functions.collectives({2, 1}, {2, 2}).size() ==
        1);  // the same rows: their experts' results are summed
  CHECK(functions.collectives({2, 1}, {1, 2}).back().kind == Collective::Kind::all_to_all);
  const auto weights = [&](const Division& division) {
    const auto kernels_of_one = functions.at({2, 1}, division);
    for (const auto& kernel : kernels_of_one.kernels())
      if (const auto* p = std::get_if<GemmProblem>(&kernel.problem); p != nullptr && p->experts > 0)
        for (const auto& read : kernels_of_one.reads(kernel))
          if (read.weight) return read.bytes.value;
    return std::uint64_t{0};
  };
  CHECK(weights({2, 1}) == weights({1, 1}) / 2);
  CHECK(weights({4, 2}) == weights({1, 1}) / 4);  // 2 of 4 experts, each cut among 2
  const auto exchanged = [&](const Division& division) {
    return functions.collectives({2, 1}, division).back().bytes.value;
  };
  const auto rows = [&](const Division& division) {
    const auto kernels_of_one = functions.at({2, 1}, division);
    for (const auto& kernel : kernels_of_one.kernels())
      if (const auto* p = std::get_if<GemmProblem>(&kernel.problem); p != nullptr && p->experts > 0)
        return p->m;
    return std::uint64_t{0};
  };
  const Division even{1, 2}, all_on_one{1, 2, 1, 2};
  CHECK(rows(all_on_one) == rows({1, 1}));
  CHECK(rows(all_on_one) == 2 * rows(even));
  CHECK(exchanged(all_on_one) == 2 * exchanged(even));
  CHECK(weights(all_on_one) == weights(even));
}

// Eight experts: a softmax, what it is divided by and the two greatest choose among them; rows are sorted and
// brought together before the product.
TEST_CASE("what chooses experts is one kernel, and what sorts rows is in the price of their products") {
  const auto graph = std::make_shared<const Graph>(
      graph_of("input %x : f32[4,64]\n parameter %g : f32[8,64]\n parameter %w : f32[8,64,64]\n"
               "input %ends : i64[8]\n parameter %o : f32[64,64]\n"
               "%s = linear(%x, %g) {transpose_b=1} : f32[4,8] in \"l.gate\"\n"
               "%p = softmax(%s) {axes=[1]} : f32[4,8] in \"l.gate\"\n"
               "(%v, %i) = topk(%p) {axes=[1]} : f32[4,2], i64[4,2] in \"l.gate\"\n"
               "%sum = reduce(%v) {axes=[1], keepdims=1} : f32[4,1] in \"l.gate\"\n"
               "%n = reduce(%sum) {axes=[0,1]} : f32[] in \"l.gate\"\n"
               "%f = reshape(%i) : i64[8] in \"l.experts\"\n"
               "(%t, %at) = sort(%f) {axes=[0]} : i64[8], i64[8] in \"l.experts\"\n"
               "%rows = gather(%x, %at) {axes=[0]} : f32[8,64] in \"l.experts\"\n"
               "%r = routed_matmul(%rows, %w, %ends) : f32[8,64] in \"l.experts\"\n"
               "%q = linear(%r, %o) {transpose_b=1} : f32[8,64] in \"l.out\"\n"
               "%z = sort(%q) {axes=[1]} : f32[8,64] in \"l.out\"\n return %z, %n, %t"));
  const auto kernels = std::make_shared<const KernelGraph>(lower(*graph, profile_of(*graph), {}).value());
  const auto left = KernelFunctions::fitted({{4, 1, graph, kernels}}, {}).value().at({4, 1});
  std::vector<std::string> kept;
  for (const auto& kernel : left.kernels()) kept.push_back(graph->path(graph->module(kernel.node)));
  CHECK(kept == std::vector<std::string>{"l.gate", "l.gate", "l.experts", "l.out", "l.out"});
}

TEST_CASE("a model that is made of other kernels at another length has no functions of its sizes") {
  const auto sample = [](std::uint64_t length, const std::string& op) {
    const auto type = "f32[1," + std::to_string(length) + ",64]";
    const auto graph = std::make_shared<const Graph>(
        graph_of("input %x : " + type + "\n %y = " + op + " : " + type + "\n return %y"));
    const auto kernels = std::make_shared<const KernelGraph>(lower(*graph, profile_of(*graph), {}).value());
    return KernelSample{1, length, graph, kernels};
  };
  CHECK(KernelFunctions::fitted({sample(1, "relu(%x)"), sample(2, "relu(%x)")}, {}));
  const auto others =
      KernelFunctions::fitted({sample(1, "relu(%x)"), sample(2, "softmax(%x) {axes=[2]}")}, {});
  REQUIRE(!others);
  CHECK(others.error().what.find(" are others at batch 1, length 2 than at batch 1, length 1") !=
        std::string::npos);
}
