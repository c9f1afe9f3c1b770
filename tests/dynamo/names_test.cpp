#include <catch2/catch.hpp>

#include "alidade/ir/bind.hpp"
#include "aten/module_name.hpp"
#include "sympy_text.hpp"

using namespace alidade::dynamo;
using namespace alidade::aten;

TEST_CASE("mangled names become paths") {
  CHECK(unmangled("g__model___model_0_conv") == "model.0.conv");
  CHECK(unmangled("getattr_getattr_L__yolo_model___model_23_cv3_0___0_____0___conv") ==
        "model.23.cv3.0[0][0].conv");
  CHECK(unmangled("layer1.0.conv1") == "layer1.0.conv1");
  CHECK(unmangled("L__self___layer1_0_conv1") == "layer1.0.conv1");
  CHECK(unmangled("L__self___self_attn") == "self_attn");
  CHECK(unmangled("getattr_L__self___layers___0___conv") == "layers[0].conv");
  CHECK(unmangled("g__m___model___model_4_m") == "model.4.m");
  CHECK(unmangled("L_self_modules_layer1_modules_0_modules_conv1_parameters_weight_") ==
        "layer1.0.conv1.weight");
  CHECK(unmangled("l_self_buffers_running_mean_") == "running_mean");
  CHECK(unmangled("conv2d_1") == "conv2d_1");
  CHECK(unmangled("") == "");
  CHECK(unmangled("____") == "");
}

TEST_CASE("long names lose their middle") {
  CHECK(shortened("layer1.0.conv1", 20) == "layer1.0.conv1");
  CHECK(shortened("features.denseblock4.denselayer24.conv2", 20) == "features....24.conv2");
  CHECK(shortened("abcdef", 3) == "abc");
}

TEST_CASE("module paths in the exporters' spellings") {
  CHECK(plain_path("layer1.0.conv1") == "layer1.0.conv1");
  CHECK(plain_path("seq.0@1") == "seq.0");
  CHECK(plain_path("incre_modules.0.0.conv1") == "incre_modules.0.0.conv1");
  CHECK(plain_path("_modules.body") == "body");
  CHECK(plain_path("model.slice(None, -1, None).0.stem.conv") == "model.0.stem.conv");
  CHECK(plain_path("a.slice(2, None, None).2.slice(None, 3, None).b") == "a.2.b");
  CHECK(plain_path("a.slice(None") == "a.slice(None");
  CHECK(plain_path("L['self'].layers[0].attn") == "layers.0.attn");
  CHECK(plain_path("L['self']._modules['encoder'].blocks['a']") == "encoder.blocks.a");
  CHECK(plain_path("L['self']") == "");
  CHECK(plain_path("L['m'].body.0") == "body.0");
  CHECK(plain_path("G[\"net\"].body") == "body");
  CHECK(plain_path("L['broken") == "L.broken");
  CHECK(plain_path("L__self___layer1_0_conv1") == "layer1.0.conv1");
  CHECK(plain_path("user@example") == "user@example");
}

namespace {

std::string infix(std::string_view spelled, const SymbolNames& names = {}) {
  return formula(spelled, names).value_or("nothing");
}
const std::string s0 = "Symbol('s0', positive=True, integer=True)", s1 = "Symbol('s1', integer=True)";

}  // namespace

TEST_CASE("sizes as sympy spells them become formulas") {
  CHECK(infix("s0*s1//2") == "s0*s1//2");
  CHECK(infix("s77 + 1", {{"s77", "batch"}}) == "batch + 1");
  CHECK(infix(s0) == "s0");
  CHECK(infix(s0, {{"s0", "batch"}}) == "batch");
  CHECK(infix("Mul(Integer(2), " + s0 + ")") == "2*s0");
  CHECK(infix("Add(" + s0 + ", Integer(-1))") == "s0 - 1");
  CHECK(infix("Add(Integer(5), Mul(Integer(-1), " + s0 + "))") == "5 - 1*s0");
  CHECK(infix("Add(FloorDiv(Add(" + s0 + ", Integer(-1)), Integer(2)), Integer(1))") == "(s0 - 1)//2 + 1");
  CHECK(infix("Mul(" + s0 + ", FloorDiv(" + s1 + ", Integer(2)))") == "s0*(s1//2)");
  CHECK(infix("Mul(Rational(1, 2), " + s0 + ")") == "s0/2");
  CHECK(infix("Mul(" + s0 + ", Pow(" + s1 + ", Integer(-1)))") == "s0/s1");
  CHECK(infix("Pow(Add(" + s0 + ", Integer(1)), Integer(2))") == "(s0 + 1)**2");
  CHECK(infix("Max(Integer(5), " + s0 + ")") == "Max(5, s0)");
  CHECK(infix("Mod(" + s0 + ", Integer(3))") == "Mod(s0, 3)");
  CHECK(infix("CeilToInt(IntTrueDiv(" + s0 + ", Integer(3)))") == "ceil(s0/3)");
  CHECK(infix("TruncToInt(Mul(Float('0.69999999999999996', precision=53), ToFloat(" + s0 + ")))") ==
        "trunc(7*s0/10)");
  CHECK(infix("torch.utils._sympy.functions.FloorDiv(" + s0 + ", Integer(2))") == "s0//2");
  CHECK(infix("Where(StrictLessThan(Integer(3), " + s0 + "), " + s0 + ", Integer(3))") ==
        "Where(Lt(3, s0), s0, 3)");
  CHECK(infix("CeilDiv(" + s0 + ", Integer(3))") == "CeilDiv(s0, 3)");
  CHECK(infix("RoundToInt(Mul(Rational(1, 3), " + s0 + "))") == "round(s0/3)");
  CHECK(infix("ModularIndexing(" + s0 + ", Integer(2), Integer(3))") == "Mod(s0//2, 3)");
}

TEST_CASE("formulas say the same as sympy's") {
  const alidade::Bindings bound{{"s0", 17}, {"s1", 4}};
  const auto value = [&](const std::string& spelled) {
    return alidade::evaluate(infix(spelled), bound).value().value();
  };
  CHECK(value("Add(Integer(5), Mul(Integer(-1), " + s0 + "))") == -12);
  CHECK(value("Add(FloorDiv(Add(" + s0 + ", Integer(-1)), Integer(2)), Integer(1))") == 9);
  CHECK(value("Mul(" + s0 + ", FloorDiv(" + s1 + ", Integer(3)))") == 17);
  CHECK(value("FloorDiv(" + s0 + ", Mul(Integer(2), " + s1 + "))") == 2);
  CHECK(value("Mul(Integer(-2), Add(" + s0 + ", Integer(1)))") == -36);
  CHECK(value("Mul(" + s0 + ", Integer(-1))") == -17);
  CHECK(value("Mul(Rational(3, 2), " + s1 + ")") == 6);
  CHECK(value("TruncToInt(Mul(Float('0.7', precision=53), ToFloat(" + s0 + ")))") == 11);
  CHECK(value("CeilToInt(IntTrueDiv(" + s0 + ", Integer(3)))") == 6);
}

TEST_CASE("what sizes do not need, and what only a hostile file holds, is no formula") {
  CHECK(infix("Piecewise((Symbol('s0'), True))") == "nothing");
  CHECK(infix("Symbol('a b')") == "nothing");
  CHECK(infix("Integer(12") == "nothing");
  CHECK(infix("Mul(Float('0.333333', precision=53), Symbol('s0'))") == "nothing");
  std::string deep, wide = "Add(";
  for (int i = 0; i < 10'000; ++i) deep += "Add(";
  for (int i = 0; i < 100'000; ++i) wide += "Integer(1), ";
  CHECK(infix(deep + "Integer(1)") == "nothing");
  CHECK(infix(wide + "Integer(1))") == "nothing");
}
