#include "value_cases.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace value_cases {
namespace {

namespace infer = alidade::infer;
using alidade::Dtype;
using infer::Number;

std::vector<std::string> parts(const std::string& text, const std::string& between) {
  std::vector<std::string> out;
  for (std::size_t from = 0; !text.empty();) {
    const auto end = text.find(between, from);
    out.push_back(text.substr(from, end == std::string::npos ? end : end - from));
    if (end == std::string::npos) break;
    from = end + between.size();
  }
  return out;
}
std::vector<std::int64_t> integers(const std::string& text) {
  std::vector<std::int64_t> out;
  for (const auto& one : parts(text, ",")) out.push_back(std::strtoll(one.c_str(), nullptr, 10));
  return out;
}

Value tensor(const std::string& text) {
  if (text == "-") return std::nullopt;
  const auto open = text.find('['), close = text.find("]:");
  Literal out;
  out.dtype = alidade::dtype_named(text.substr(0, open)).value();
  out.dims = integers(text.substr(open + 1, close - open - 1));
  for (const auto& one : parts(text.substr(close + 2), ","))
    out.elements.push_back(out.is_floating() ? Number::of_real(std::strtod(one.c_str(), nullptr))
                                             : Number::of(std::strtoll(one.c_str(), nullptr, 10)));
  return out;
}

std::vector<Case> read() {
  std::ifstream file(ALIDADE_SOURCE_DIR "/tests/data/values/cases.txt");
  std::vector<Case> out;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    const auto fields = parts(line, " | ");
    Case c{line, fields.at(0), {}, {}, {}};
    for (const auto& a : parts(fields.at(1), ";"))
      c.attributes[a.substr(0, a.find('='))] = a.substr(a.find('=') + 1);
    for (const auto& t : parts(fields.at(2), ";")) c.operands.push_back(tensor(t));
    for (const auto& t : parts(fields.at(3), ";")) c.results.push_back(tensor(t));
    out.push_back(std::move(c));
  }
  return out;
}

using Run = std::function<std::vector<Value>(Sizes&, const Case&)>;
Run unary(infer::UnaryValue f) {
  return [f](Sizes& s, const Case& c) { return std::vector{f(s, *c.operands[0])}; };
}
Run binary(infer::BinaryValue f) {
  return [f](Sizes& s, const Case& c) { return std::vector{f(s, *c.operands[0], *c.operands[1])}; };
}
Run from_left(infer::BinaryValue f) {
  return [f](Sizes& s, const Case& c) {
    std::vector<const Literal*> all;
    for (const auto& o : c.operands) all.push_back(&*o);
    return std::vector{infer::from_left(s, f, all)};
  };
}
Run reduction(infer::Reduction by) {
  return [by](Sizes& s, const Case& c) {
    const auto axes = c.numbers(1);
    if (c.operands.size() > 1 && c.operands[1] && !axes) return std::vector<Value>();
    return std::vector{infer::reduce(s, *c.operands[0], by,
                                     axes ? std::optional<infer::Axes>(*axes) : std::nullopt,
                                     c.integer("keepdims", 1) != 0)};
  };
}
/// An operator of the first operand and of lists that have to be known.
template <class F>
Run of_lists(F&& f) {
  return [f](Sizes&, const Case& c) -> std::vector<Value> {
    for (std::size_t i = 1; i < c.operands.size(); ++i)
      if (c.operands[i] && !c.operands[i]->all_numbers()) return {};
    return {f(*c.operands[0], c)};
  };
}
template <class F>
Run moved(F&& f) {
  return [f](Sizes& s, const Case& c) { return std::vector<Value>{f(s, *c.operands[0], *c.operands[1], c)}; };
}
std::optional<infer::Axes> view(const std::optional<std::vector<std::int64_t>>& list) {
  return list ? std::optional<infer::Axes>(*list) : std::nullopt;
}
std::string mode(const Case& c, const std::string& name) {
  const auto at = c.attributes.find(name);
  return at == c.attributes.end() ? "" : at->second;
}
infer::Update update(const Case& c) {
  const auto name = mode(c, "reduction");
  return name == "add"   ? infer::Update::add
         : name == "mul" ? infer::Update::multiply
         : name == "min" ? infer::Update::minimum
         : name == "max" ? infer::Update::maximum
                         : infer::Update::replace;
}
infer::PadMode pad_mode(const Case& c) {
  const auto name = mode(c, "mode");
  return name == "reflect" ? infer::PadMode::reflect
         : name == "edge"  ? infer::PadMode::edge
         : name == "wrap"  ? infer::PadMode::wrap
                           : infer::PadMode::constant;
}
Dtype elem_type(std::int64_t to) {
  static const std::map<std::int64_t, Dtype> kTypes{{1, Dtype::f32},  {2, Dtype::u8},      {3, Dtype::i8},
                                                    {4, Dtype::u16},  {5, Dtype::i16},     {6, Dtype::i32},
                                                    {7, Dtype::i64},  {9, Dtype::boolean}, {10, Dtype::f16},
                                                    {11, Dtype::f64}, {12, Dtype::u32}};
  return kTypes.at(to);
}
Value padded(const Literal& x, const Case& c) {
  const auto pads = *c.numbers(1), axes = c.operands.size() > 3 ? *c.numbers(3) : std::vector<std::int64_t>();
  const infer::Axes both = pads;
  const Number fill = c.operands.size() > 2 ? c.operands[2]->elements[0] : Number::of(0);
  return infer::pad(x, pad_mode(c), both.first(both.size() / 2), both.subspan(both.size() / 2),
                    c.operands.size() > 3 ? std::optional<infer::Axes>(axes) : std::nullopt, fill);
}
Value sliced(const Literal& x, const Case& c) {
  const auto axes = c.numbers(3), steps = c.numbers(4);
  return infer::slice(x, *c.numbers(1), *c.numbers(2), view(axes), view(steps));
}
infer::ArgOptions arg_options(const Case& c) {
  return {c.integer("axis", 0), c.integer("keepdims", 1) != 0, c.integer("select_last_index", 0) != 0};
}

std::map<std::string, Run> elementwise() {
  return {{"Add", binary(infer::add)},
          {"Sub", binary(infer::subtract)},
          {"Mul", binary(infer::multiply)},
          {"Div", binary(infer::divide)},
          {"Pow", binary(infer::power)},
          {"Min", from_left(infer::minimum)},
          {"Max", from_left(infer::maximum)},
          {"Sum", from_left(infer::add)},
          {"Neg", unary(infer::negative)},
          {"Abs", unary(infer::absolute)},
          {"Sign", unary(infer::sign)},
          {"Floor", unary(infer::floor)},
          {"Ceil", unary(infer::ceil)},
          {"Round", unary(infer::round)},
          {"Sqrt", unary(infer::sqrt)},
          {"Reciprocal", unary(infer::reciprocal)},
          {"IsNaN", unary(infer::is_nan)},
          {"IsInf", unary(infer::is_inf)},
          {"Equal", binary(infer::equal)},
          {"Less", binary(infer::less)},
          {"LessOrEqual", binary(infer::less_or_equal)},
          {"Greater", binary(infer::greater)},
          {"GreaterOrEqual", binary(infer::greater_or_equal)},
          {"And", binary(infer::logical_and)},
          {"Or", binary(infer::logical_or)},
          {"Xor", binary(infer::logical_xor)},
          {"Not", unary(infer::logical_not)},
          {"BitwiseAnd", binary(infer::bitwise_and)},
          {"BitwiseOr", binary(infer::bitwise_or)},
          {"BitwiseXor", binary(infer::bitwise_xor)},
          {"BitwiseNot", unary(infer::bitwise_not)},
          {"Mod", moved([](Sizes& s, const Literal& a, const Literal& b, const Case& c) {
             return c.integer("fmod", 0) != 0 ? infer::remainder(s, a, b) : infer::modulo(s, a, b);
           })},
          {"BitShift", moved([](Sizes& s, const Literal& a, const Literal& b, const Case& c) {
             return mode(c, "direction") == "LEFT" ? infer::shift_left(s, a, b) : infer::shift_right(s, a, b);
           })},
          {"Where",
           [](Sizes& s, const Case& c) {
             return std::vector{infer::where(s, *c.operands[0], *c.operands[1], *c.operands[2])};
           }},
          {"Cast", [](Sizes& s, const Case& c) {
             return std::vector{infer::cast(s, *c.operands[0], elem_type(c.integer("to", 0)))};
           }}};
}

std::map<std::string, Run> movement() {
  return {
      {"Transpose", of_lists([](const Literal& x, const Case& c) {
         return infer::transpose(x, c.list("perm").value_or(std::vector<std::int64_t>()));
       })},
      {"Concat",
       [](Sizes&, const Case& c) {
         std::vector<const Literal*> all;
         for (const auto& o : c.operands) all.push_back(&*o);
         return std::vector{infer::concat(all, c.integer("axis", 0))};
       }},
      {"Split",
       [](Sizes&, const Case& c) {
         if (c.operands.size() < 2)
           return infer::split_evenly(*c.operands[0], 0, c.integer("num_outputs", 1));
         const auto sizes = c.numbers(1);
         return sizes ? infer::split(*c.operands[0], c.integer("axis", 0), *sizes) : std::vector<Value>();
       }},
      {"Reshape",
       [](Sizes&, const Case& c) {
         return std::vector{infer::reshape(*c.operands[0], *c.operands[1], c.integer("allowzero", 0) != 0)};
       }},
      {"Flatten",
       of_lists([](const Literal& x, const Case& c) { return infer::flatten(x, c.integer("axis", 1)); })},
      {"Squeeze", of_lists([](const Literal& x, const Case& c) {
         const auto axes = c.numbers(1);
         return infer::squeeze(x, view(axes));
       })},
      {"Unsqueeze",
       of_lists([](const Literal& x, const Case& c) { return infer::unsqueeze(x, *c.numbers(1)); })},
      {"Expand", of_lists([](const Literal& x, const Case& c) { return infer::expand(x, *c.numbers(1)); })},
      {"Tile", of_lists([](const Literal& x, const Case& c) { return infer::tile(x, *c.numbers(1)); })},
      {"Slice", of_lists(sliced)},
      {"Pad", of_lists(padded)},
      {"Trilu", of_lists([](const Literal& x, const Case& c) {
         return infer::trilu(x, c.integer("upper", 1) != 0, (*c.numbers(1))[0]);
       })},
      {"Gather", moved([](Sizes&, const Literal& x, const Literal& i, const Case& c) {
         return infer::gather(x, i, c.integer("axis", 0));
       })},
      {"GatherElements", moved([](Sizes&, const Literal& x, const Literal& i, const Case& c) {
         return infer::gather_elements(x, i, c.integer("axis", 0));
       })},
      {"GatherND", moved([](Sizes&, const Literal& x, const Literal& i, const Case& c) {
         return infer::gather_nd(x, i, c.integer("batch_dims", 0));
       })},
      {"ScatterElements", moved([](Sizes& s, const Literal& x, const Literal& i, const Case& c) {
         return infer::scatter_elements(s, x, i, *c.operands[2], c.integer("axis", 0), update(c));
       })},
      {"ScatterND", moved([](Sizes& s, const Literal& x, const Literal& i, const Case& c) {
         return infer::scatter_nd(s, x, i, *c.operands[2], update(c));
       })},
      {"Compress", moved([](Sizes&, const Literal& x, const Literal& which, const Case& c) {
         const auto axis = c.list("axis");
         return infer::compress(x, which, axis ? std::optional((*axis)[0]) : std::nullopt);
       })},
      {"NonZero", of_lists([](const Literal& x, const Case&) { return infer::nonzero(x); })}};
}

std::map<std::string, Run> others() {
  return {
      {"ConstantOfShape", of_lists([](const Literal& x, const Case&) {
         return infer::constant_of_shape(x, Dtype::f32, Number::of_real(0));
       })},
      {"Range",
       [](Sizes& s, const Case& c) {
         return std::vector{infer::range(s, *c.operands[0], *c.operands[1], *c.operands[2])};
       }},
      {"EyeLike", of_lists([](const Literal& x, const Case& c) {
         return infer::eye(x.dims, x.dtype, c.integer("k", 0));
       })},
      {"OneHot",
       [](Sizes&, const Case& c) {
         const auto depth = c.numbers(1);
         return std::vector{
             depth ? infer::one_hot(*c.operands[0], (*depth)[0], *c.operands[2], c.integer("axis", -1))
                   : std::nullopt};
       }},
      {"CumSum",
       [](Sizes& s, const Case& c) {
         const auto axis = c.numbers(1);
         return std::vector{axis ? infer::cumulative_sum(s, *c.operands[0], (*axis)[0],
                                                         c.integer("exclusive", 0) != 0,
                                                         c.integer("reverse", 0) != 0)
                                 : std::nullopt};
       }},
      {"ReduceSum", reduction(infer::Reduction::sum)},
      {"ReduceProd", reduction(infer::Reduction::product)},
      {"ReduceMin", reduction(infer::Reduction::minimum)},
      {"ReduceMax", reduction(infer::Reduction::maximum)},
      {"ReduceMean", reduction(infer::Reduction::mean)},
      {"ArgMax",
       [](Sizes& s, const Case& c) { return std::vector{infer::argmax(s, *c.operands[0], arg_options(c))}; }},
      {"ArgMin",
       [](Sizes& s, const Case& c) { return std::vector{infer::argmin(s, *c.operands[0], arg_options(c))}; }},
      {"TopK",
       [](Sizes&, const Case& c) {
         const auto k = c.numbers(1);
         if (!k) return std::vector<Value>();
         auto best =
             infer::topk(*c.operands[0], (*k)[0], c.integer("axis", -1), c.integer("largest", 1) != 0);
         return std::vector{best.values, best.indices};
       }},
      {"Unique", [](Sizes&, const Case& c) {
         auto found = infer::unique(*c.operands[0], c.integer("sorted", 1) != 0);
         return std::vector{found.values, found.indices, found.inverse, found.counts};
       }}};
}

}  // namespace

std::int64_t Case::integer(const std::string& name, std::int64_t otherwise) const {
  const auto stated = list(name);
  return stated ? stated->at(0) : otherwise;
}
std::optional<std::vector<std::int64_t>> Case::list(const std::string& name) const {
  const auto at = attributes.find(name);
  return at == attributes.end() ? std::nullopt : std::optional(integers(at->second));
}
std::optional<std::vector<std::int64_t>> Case::numbers(std::size_t operand) const {
  if (operand >= operands.size() || !operands[operand] || !operands[operand]->all_numbers())
    return std::nullopt;
  return operands[operand]->integers();
}

const std::vector<Case>& all() {
  static const auto cases = read();
  return cases;
}

std::vector<Value> made(Sizes& sizes, const Case& c) {
  static const auto kRuns = [] {
    auto runs = elementwise();
    runs.merge(movement()), runs.merge(others());
    return runs;
  }();
  auto out = kRuns.at(c.op)(sizes, c);
  out.resize(c.results.size());
  return out;
}

}  // namespace value_cases
