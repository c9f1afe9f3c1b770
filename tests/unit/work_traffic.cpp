// Bytes: what is read, what is written, what is free, and what is known when shapes are not.
#include "alidade/ir/builder.hpp"
#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

TEST_CASE("weights, inputs and results are told apart and counted at stored width") {
  const Work w = exact_work(
      "input %x : f16[1,3,8,8]\n parameter %w : i8[4,3,3,3]\n buffer %b : f32[4]\n %y = conv(%x, %w, %b) : "
      "f16[1,4,6,6]");
  CHECK(w.input.value == 192 * 2);
  CHECK(w.weight.value == 108 + 16);
  CHECK(w.output.value == 144 * 2);
  CHECK(w.traffic().value == 384 + 124 + 288);
  CHECK(w.dtype == Dtype::f16);
  CHECK(*w.intensity() == Approx(2.0 * 144 * 27 / 796));
}

TEST_CASE("four-bit elements are packed and rounded up") {
  for (const std::int64_t n : {1, 2, 3, 7, 8})
    CHECK(exact_work("parameter %w : i4" + list({n}) + "\n %y = cast(%w) : i8" + list({n})).weight.value ==
          static_cast<std::uint64_t>((n + 1) / 2));
  CHECK(exact_work("parameter %w : u2[5]\n %y = cast(%w) : i8[5]").weight.value == 2);
}

TEST_CASE("an operand that is used twice is read once") {
  CHECK(exact_work("input %x : f32[8]\n %y = mul(%x, %x) : f32[8]").input.value == 32);
  std::string names = "%x";
  for (int i = 0; i < 99; ++i) names += i % 2 == 0 ? ", %x" : ", %z";
  CHECK(exact_work("input %x : f32[8]\n input %z : f32[4]\n %y = concat(" + names + ") {axes=[0]} : f32[608]")
            .input.value == 48);
}

TEST_CASE("views are free, copies are traffic") {
  for (const std::string op : {"reshape", "identity", "dropout", "slice", "split", "shape_of", "expand"}) {
    INFO(op);
    const Work w = exact_work("input %x : f32[4,4]\n %y = " + op + "(%x) : f32[4,4]");
    CHECK(w.traffic().value == 0);
    CHECK(w.flops.value == 0);
    CHECK_FALSE(w.intensity().has_value());
  }
  for (const std::string op : {"transpose", "pad", "tile", "copy", "rearrange", "cast"})
    CHECK(exact_work("input %x : f32[4,4]\n %y = " + op + "(%x) : f32[4,4]").traffic().value == 128);
  CHECK(exact_work("%y = random() : f32[4,4]").traffic().value == 64);
  CHECK(exact_work("%y = constant() : f32[4,4]").traffic().value == 0);
}

TEST_CASE("views of unknown shape are free all the same") {
  CHECK(exact_work("input %x : f32[*]\n %y = reshape(%x) : f32[?,4]").traffic().value == 0);
}

TEST_CASE("a gather reads the rows that it picks, and the indices") {
  const Work w =
      exact_work("parameter %t : f16[30000,64]\n input %i : i64[2,7]\n %y = embedding(%t, %i) : f16[2,7,64]");
  CHECK(w.weight.value == 2 * 7 * 64 * 2);
  CHECK(w.input.value == 14 * 8);
  CHECK(w.output.value == 2 * 7 * 64 * 2);
  CHECK(exact_work("input %t : f32[100,4]\n input %i : i32[3]\n %y = gather(%t, %i) {axes=[0]} : f32[3,4]")
            .input.value == 48 + 12);
}

TEST_CASE("a reader looks through views and expansions to where the numbers lie") {
  const Work w = exact_work(
      "input %x : f32[2,8]\n parameter %p : f32[8]\n %r = reshape(%p) : f32[1,8]\n %e = expand(%r) : "
      "f32[2,8]\n %y = add(%x, %e) : f32[2,8]");
  CHECK(w.input.value == 64);
  CHECK(w.weight.value == 32);
}

TEST_CASE("a dequantized weight is read at its stored width") {
  const std::string body =
      "input %x : f16[2,8]\n parameter %w : i4[8,8]\n parameter %s : f16[8]\n %d = dequantize(%w, %s) : "
      "f16[8,8]\n"
      "%y = linear(%x, %d) : f16[2,8]";
  CHECK(exact_work(body).weight.value == 32);
  CHECK(exact_work(body).dtype == Dtype::f16);
  CHECK(exact_work(body, "d").weight.value == 16);
  CHECK(exact_work(body, "d").output.value == 0);
  CHECK(exact_work("input %x : i8[2,8]\n parameter %w : i8[8,8]\n parameter %s : f32[1]\n %a = "
                   "dequantize(%x, %s) : f32[2,8]\n"
                   "%b = dequantize(%w, %s) : f32[8,8]\n %y = linear(%a, %b) : f32[2,8]")
            .dtype == Dtype::i8);
}

TEST_CASE("a dequantize whose values leave the graph or go through a region is a copy in another width") {
  const auto moved = [](const std::string& rest) {
    const auto graph = parse(
        "graph \"t\" {\n input %x : u8[1,1000]\n parameter %s : f32[1]\n buffer %z : u8[1]\n"
        " input %n : i64[]\n %d = dequantize(%x, %s, %z) : f32[1,1000]\n " +
        rest + "\n}");
    REQUIRE(graph.has_value());
    return work(*graph, node_named(*graph, "d")).value().traffic().value;
  };
  CHECK(moved("return %d") == 5005);
  CHECK(moved("%r = reshape(%d) : f32[1000]\n %v = identity(%r) : f32[1000]\n return %v") == 5005);
  CHECK(moved("%y = relu(%d) : f32[1,1000]\n return %y") == 5);
  CHECK(moved("%y = relu(%d) : f32[1,1000]\n return %d, %y") == 5005);
  CHECK(moved("%y = loop(%n, %d) {trips=3} : f32[1,1000] { argument %i : i64[]\n argument %a : f32[1,1000]\n"
              " %b = relu(%a) : f32[1,1000]\n yield %b }\n return %y") == 5005);
}

TEST_CASE("who reads a dequantized tensor that is in memory anyway reads it there") {
  CHECK(exact_work(
            "input %x : u8[8]\n parameter %s : f32[1]\n %d = dequantize(%x, %s) : f32[8]\n"
            " %i = identity(%d) : f32[8]\n %e = relu(%d) : f32[8]\n %y = concat(%i, %e) {axes=[0]} : f32[16]",
            "e")
            .input.value == 8);
}

TEST_CASE("a view of an expanded tensor is read at the size of what is repeated") {
  const std::string made = "input %x : f32[1,4]\n %e = expand(%x) : f32[1000,4]\n ";
  const auto read = [&](const std::string& view, const std::string& type) {
    return exact_work(made + "%v = " + view + " : " + type + "\n %y = exp(%v) : " + type).input.value;
  };
  CHECK(read("reshape(%e)", "f32[1000,1,4]") == 16);
  CHECK(read("identity(%e)", "f32[1000,4]") == 16);
  CHECK(read("reshape(%e)", "f32[1000,2,2]") == 16);
  CHECK(read("expand(%e)", "f32[5,1000,4]") == 16);
  CHECK(read("slice(%e) {axes=[0], starts=[0], ends=[2], steps=[1]}", "f32[2,4]") == 16);
  CHECK(read("slice(%e) {axes=[1], starts=[0], ends=[1], steps=[1]}", "f32[1000,1]") == 16);
  CHECK(read("slice(%e) {axes=[0,1], starts=[0,0], ends=[1,2], steps=[1,1]}", "f32[1,2]") == 8);
  CHECK(exact_work(
            "input %x : f32[6,4]\n %s = slice(%x) {axes=[0], starts=[0], ends=[1], steps=[1]} : f32[1,4]\n"
            " %e = expand(%s) : f32[9,4]\n %r = reshape(%e) : f32[36]\n %y = exp(%r) : f32[36]")
            .input.value == 16);
}

TEST_CASE("a bank of experts that is one expert repeated is read once") {
  CHECK(exact_work("input %x : f32[2,4]\n input %i : i64[2]\n parameter %w : f32[1,4,8]\n"
                   " %e = expand(%w) : f32[16,4,8]\n %b = reshape(%e) : f32[16,4,8]\n"
                   " %y = routed_matmul(%x, %b, %i) : f32[2,8]")
            .weight.value == 4 * 8 * 4);
}

TEST_CASE("without a shape a figure is unknown, not zero work that is certain") {
  const auto w = work_in("input %x : f32[n,4]\n %y = relu(%x) : f32[n,4]").value();
  CHECK(w.certainty == Certainty::unknown);
  CHECK(w.flops.value == 0);
  CHECK_FALSE(w.flops_upper.bounded());
  CHECK(w.macs_upper() == 0);
  const auto known =
      work_in("input %x : f32[2,4]\n parameter %w : ?[4,4]\n %y = linear(%x, %w) : f32[2,4]").value();
  CHECK(known.certainty == Certainty::exact);
  CHECK_FALSE(known.bytes_known());
  CHECK_FALSE(known.traffic_upper().bounded());
  CHECK(known.macs.value == 32);
  CHECK(known.macs_upper() == 32);
}

TEST_CASE("a second result of unknown type that nobody reads is left out") {
  CHECK(exact_work("input %x : f32[4]\n (%y, %m) = layer_norm(%x) : f32[4], f32[*]").output.value == 16);
}

TEST_CASE("a bag reads the rows that its indices pick, not the table and not its sum alone") {
  const Work bag = exact_work(
      "parameter %t : f32[1000,16]\n input %i : i64[30]\n input %o : i64[4]\n %y = embedding(%t, %i, %o) "
      "{axes=[0]} : f32[4,16]");
  CHECK(bag.weight.value == 30 * 16 * 4);
  CHECK(bag.input.value == (30 + 4) * 8);
  CHECK(bag.output.value == 4 * 16 * 4);
}

TEST_CASE("an opaque operator is bounded by what any known one could do with its tensors") {
  const auto one = work_in("input %x : f32[10]\n %y = opaque(%x) : f32[20] as \"acme::rope\"").value();
  CHECK(one.certainty == Certainty::bounded);
  CHECK(one.flops.value == 0);
  CHECK(one.flops_upper == 2000);
  CHECK(one.traffic().value == 120);
  const auto two =
      work_in("input %a : f32[100,64]\n input %b : f32[64,50]\n %y = opaque(%a, %b) : f32[100,50]").value();
  CHECK(two.flops_upper == 2u * 5000 * 3200);
  CHECK(work_in("input %a : f32[n]\n %y = opaque(%a) : f32[n]").value().certainty == Certainty::unknown);
  CHECK_FALSE(work_in("input %a : f32[n]\n %y = opaque(%a) : f32[n]").value().flops_upper.bounded());
}

TEST_CASE("an opaque operator that holds weights or graphs of its own has no upper bound") {
  const auto trees = work_in("input %x : f32[1,4]\n %y = opaque(%x) {unbounded=1} : f32[1,3]").value();
  CHECK(trees.certainty == Certainty::unbounded);
  CHECK(trees.flops.value == 0);
  CHECK_FALSE(trees.flops_upper.bounded());
  CHECK_FALSE(trees.macs_upper().bounded());
  CHECK(trees.traffic_upper() == 4u * 7);
  GraphBuilder b;
  const std::array dims{Dim(4)};
  const auto x = b.value(ValueKind::input, "x", b.type(Dtype::f32, dims));
  const NodeId n = b.node(Op::opaque, "y", "com.microsoft::BeamSearch", std::array{x});
  b.output(b.result("y", b.type(Dtype::i32, dims)));
  b.unbounded(n, Unbounded::graphs);
  const auto g = b.finish();
  REQUIRE(g);
  CHECK(work(*g, n)->certainty == Certainty::unbounded);
  CHECK(unbounded_because(*g, n) == "it runs graphs of its own");
  CHECK(to_text(*g).find("opaque(%x) {unbounded=2} : i32[4] as \"com.microsoft::BeamSearch\"") !=
        std::string::npos);
}

TEST_CASE("the bound holds for products, convolutions and attention taken for opaque") {
  Dice dice(21);
  for (int i = 0; i < 40; ++i) {
    const auto m = dice.roll(1, 20), k = dice.roll(2, 20), n = dice.roll(2, 20), heads = dice.roll(1, 3);
    const auto bound = [](std::string operands, std::string result) {
      return work_in(operands + " %y = opaque(%a, %b) : " + result).value().flops_upper.get().value();
    };
    const std::string ab = "input %a : " + type({m, k}) + "\n input %b : " + type({k, n}) + "\n";
    CHECK(bound(ab, type({m, n})) >= exact_work(ab + "%y = matmul(%a, %b) : " + type({m, n})).flops.value);
    const std::string xw = "input %a : " + type({1, k, 9, 9}) + "\n input %b : " + type({n, k, 3, 3}) + "\n";
    CHECK(bound(xw, type({1, n, 7, 7})) >=
          exact_work(xw + "%y = conv(%a, %b) : " + type({1, n, 7, 7})).flops.value);
    const std::string q = "input %a : " + type({1, heads, m, 8}) + "\n input %b : " + type({1, heads, n, 8}) +
                          "\n",
                      result = type({1, heads, m, 8});
    const auto h = std::to_string(heads);
    CHECK(bound(q, result) >=
          exact_work(q + "%y = attention(%a, %b, %b) {heads=" + h + ", kv_heads=" + h + "} : " + result)
              .flops.value);
  }
}

TEST_CASE("more of any dimension is never less work") {
  Dice dice(22);
  for (int i = 0; i < 40; ++i) {
    Shape small{dice.roll(1, 6), dice.roll(1, 6), dice.roll(1, 6)}, large = small;
    large[static_cast<std::size_t>(dice.roll(0, 2))] += dice.roll(1, 5);
    for (const std::string op :
         {"relu", "softmax", "layer_norm", "sort", "cumulative", "transpose", "quantize", "fft"}) {
      const auto at = [&](const Shape& s) {
        return exact_work("input %x : " + type(s) + "\n %y = " + op + "(%x) : " + type(s));
      };
      INFO(op);
      CHECK(at(large).flops >= at(small).flops);
      CHECK(at(large).traffic() >= at(small).traffic());
    }
  }
}
