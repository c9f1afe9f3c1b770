// Small contents that follow from known operands: sizes, indices, conditions.
#include <algorithm>
#include <unordered_map>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

using infer::Value;

const std::unordered_map<std::string_view, infer::UnaryValue>& unary() {
  static const std::unordered_map<std::string_view, infer::UnaryValue> all{{"negate", infer::negative},
                                                                           {"abs", infer::absolute},
                                                                           {"sign", infer::sign},
                                                                           {"not", infer::logical_not}};
  return all;
}

const std::unordered_map<std::string_view, infer::BinaryValue>& binary() {
  static const std::unordered_map<std::string_view, infer::BinaryValue> all{{"add", infer::add},
                                                                            {"subtract", infer::subtract},
                                                                            {"multiply", infer::multiply},
                                                                            {"divide", infer::divide},
                                                                            {"remainder", infer::remainder},
                                                                            {"minimum", infer::minimum},
                                                                            {"maximum", infer::maximum},
                                                                            {"EQ", infer::equal},
                                                                            {"NE", infer::not_equal},
                                                                            {"LT", infer::less},
                                                                            {"LE", infer::less_or_equal},
                                                                            {"GT", infer::greater},
                                                                            {"GE", infer::greater_or_equal}};
  return all;
}

std::vector<std::int64_t> known_dims(Call& call) {
  std::vector<std::int64_t> dims;
  for (const Dim d : call.result(0).dims) dims.push_back(d.is_known() ? d.size() : -1);
  return dims;
}

Value moved(Call& call, const Literal& x) {
  const auto base = call.base();
  const auto dims = known_dims(call);
  if (std::ranges::find(dims, -1) != dims.end()) return std::nullopt;
  if (base == "reshape") return infer::with_dims(x, dims);
  if (base == "broadcast_in_dim") {
    const auto places = call.integers({"broadcast_dimensions", "dims"}).value_or(Integers());
    std::vector<std::int64_t> raised(dims.size(), 1);
    for (std::size_t i = 0; i < places.size() && i < x.dims.size(); ++i)
      raised[static_cast<std::size_t>(places[i])] = x.dims[i];
    const auto lifted = infer::with_dims(x, raised);
    return lifted ? infer::expand(*lifted, dims) : std::nullopt;
  }
  return std::nullopt;
}

Value folded(Call& call, const std::vector<const Literal*>& x) {
  auto& sizes = call.types().sizes;
  auto base = call.base();
  if (base == "compare") {
    base = call.word({"comparison_direction"});
    if (base.empty() && !call.operation().positional.empty()) base = call.operation().positional[0].text;
  }
  if (const auto f = binary().find(base); f != binary().end() && x.size() == 2)
    return f->second(sizes, *x[0], *x[1]);
  if (const auto f = unary().find(base); f != unary().end() && x.size() == 1)
    return base == "not" && x[0]->dtype != Dtype::boolean ? std::nullopt : f->second(sizes, *x[0]);
  const bool truths = std::ranges::all_of(x, [](const Literal* l) { return l->dtype == Dtype::boolean; });
  if (base == "and" && truths) return infer::logical_and(sizes, *x[0], *x[1]);
  if (base == "or" && truths) return infer::logical_or(sizes, *x[0], *x[1]);
  if (base == "select" && x.size() == 3) return infer::where(sizes, *x[0], *x[1], *x[2]);
  if (base == "concatenate") return infer::concat(x, call.integer({"dimension", "dim"}, 0));
  if (base == "convert" && x.size() == 1) return infer::cast(sizes, *x[0], call.result(0).dtype);
  return x.size() == 1 ? moved(call, *x[0]) : std::nullopt;
}

}  // namespace

void fold(Call& call) {
  if (call.results() != 1 || call.operands() == 0 || call.operands() > 16) return;
  if (call.made(0).literal >= 0 || !call.made(0).is_tensor()) return;
  const Dtype dtype = call.result(0).dtype;
  if (!is_integer(dtype) && dtype != Dtype::boolean) return;
  std::vector<const Literal*> known;
  for (std::size_t i = 0; i < call.operands(); ++i) {
    known.push_back(call.literal(i));
    if (known.back() == nullptr) return;
  }
  if (auto value = folded(call, known)) call.reading().keep_literal(call.made(0), std::move(*value));
}

}  // namespace alidade::stablehlo
