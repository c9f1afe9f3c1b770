#include "expression_functions.hpp"

#include <algorithm>
#include <array>

namespace alidade {
namespace {

using enum Operation;

// Names of sympy, of torch's functions over sizes, and of Python, whatever prints a size.
constexpr auto kFunctions = std::to_array<Function>({
    {"Abs", absolute},
    {"And", all_of, 1, kAnyNumber},
    {"BitwiseFn_bitwise_and", bit_and, 2, 2},
    {"BitwiseFn_bitwise_or", bit_or, 2, 2},
    {"BitwiseFn_bitwise_xor", bit_xor, 2, 2},
    {"CeilDiv", ceil_divide, 2, 2},
    {"CeilToInt", ceil},
    {"CleanDiv", floor_divide, 2, 2},
    {"Eq", equal, 2, 2},
    {"FloatPow", power, 2, 2},
    {"FloatTrueDiv", divide, 2, 2},
    {"FloorDiv", floor_divide, 2, 2},
    {"FloorToInt", floor},
    {"Ge", greater_equal, 2, 2},
    {"Gt", greater, 2, 2},
    {"ITE", where, 3, 3},
    {"Identity", identity},
    {"IntTrueDiv", divide, 2, 2},
    {"LShift", shift_left, 2, 2},
    {"Le", less_equal, 2, 2},
    {"Lt", less, 2, 2},
    {"Max", maximum, 1, kAnyNumber},
    {"Min", minimum, 1, kAnyNumber},
    {"Mod", modulo, 2, 2},
    {"ModularIndexing", modular_index, 3, 3},
    {"Ne", not_equal, 2, 2},
    {"Not", none_of},
    {"OpaqueUnaryFn_sqrt", square_root},
    {"Or", any_of, 1, kAnyNumber},
    {"Pow", power, 2, 2},
    {"PowByNatural", power, 2, 2},
    {"PythonFloorDiv", floor_divide, 2, 2},
    {"PythonMod", modulo, 2, 2},
    {"RShift", shift_right, 2, 2},
    {"RoundDecimal", round_decimal, 2, 2},
    {"RoundToInt", round},
    {"ToFloat", identity},
    {"TruncToFloat", truncate},
    {"TruncToInt", truncate},
    {"Where", where, 3, 3},
    {"abs", absolute},
    {"ceil", ceil},
    {"ceiling", ceil},
    {"float", identity},
    {"floor", floor},
    {"int", truncate},
    {"max", maximum, 1, kAnyNumber},
    {"min", minimum, 1, kAnyNumber},
    {"round", round},
    {"sqrt", square_root},
    {"trunc", truncate},
});
static_assert(std::ranges::is_sorted(kFunctions, {}, &Function::name));

}  // namespace

const Function* function_named(std::string_view name) {
  name.remove_prefix(name.rfind('.') + 1);  // npos + 1 is 0
  const auto* found = std::ranges::lower_bound(kFunctions, name, {}, &Function::name);
  return found != kFunctions.end() && found->name == name ? found : nullptr;
}

}  // namespace alidade
