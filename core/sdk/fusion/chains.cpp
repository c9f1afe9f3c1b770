#include <algorithm>
#include <array>
#include <string_view>

#include "alidade/sdk/fusion.hpp"

namespace alidade {
namespace fusion {
namespace {

/// What the pair table knows: modules by their class, functions by their name. `other` is all the rest.
enum class Kind : std::uint8_t {
  other,
  conv2d,
  batch_norm2d,
  batch_norm1d,
  relu,
  relu6,
  silu,
  sigmoid,
  hardswish,
  gelu,
  dropout,
  linear,
  layer_norm,
  attention,
  adaptive_avg_pool2d,
  stochastic_depth,
  add,
  mul,
};

struct Pair {
  Kind from, to;
};
constexpr std::array kPairs{
    Pair{Kind::conv2d, Kind::batch_norm2d},
    Pair{Kind::conv2d, Kind::relu},
    Pair{Kind::conv2d, Kind::relu6},
    Pair{Kind::conv2d, Kind::silu},
    Pair{Kind::conv2d, Kind::sigmoid},
    Pair{Kind::batch_norm2d, Kind::relu},
    Pair{Kind::batch_norm2d, Kind::relu6},
    Pair{Kind::batch_norm2d, Kind::silu},
    Pair{Kind::batch_norm2d, Kind::hardswish},
    Pair{Kind::linear, Kind::batch_norm1d},
    Pair{Kind::linear, Kind::relu},
    Pair{Kind::linear, Kind::gelu},
    Pair{Kind::linear, Kind::silu},
    Pair{Kind::linear, Kind::dropout},
    Pair{Kind::add, Kind::relu},
    Pair{Kind::add, Kind::relu6},
    Pair{Kind::add, Kind::silu},
    Pair{Kind::adaptive_avg_pool2d, Kind::conv2d},
    Pair{Kind::silu, Kind::conv2d},
    Pair{Kind::sigmoid, Kind::mul},
    Pair{Kind::relu, Kind::dropout},
    Pair{Kind::gelu, Kind::dropout},
    Pair{Kind::silu, Kind::dropout},
    Pair{Kind::layer_norm, Kind::attention},
    Pair{Kind::layer_norm, Kind::linear},
    Pair{Kind::attention, Kind::dropout},
    Pair{Kind::dropout, Kind::add},
    Pair{Kind::gelu, Kind::linear},
    Pair{Kind::stochastic_depth, Kind::add},
};

/// An operator as the table names it: by the class of its module. Where a file says what its modules are, an
/// operator that the code calls as a function is none of the table's.
struct Name {
  Op op;
  Kind kind;
  std::string_view module;  ///< empty: a function
};
constexpr std::array kNames{
    Name{Op::conv, Kind::conv2d, "Conv2d"},
    Name{Op::batch_norm, Kind::batch_norm2d, "BatchNorm2d"},
    Name{Op::batch_norm, Kind::batch_norm1d, "BatchNorm1d"},
    Name{Op::relu, Kind::relu, "ReLU"},
    Name{Op::clip, Kind::relu6, "ReLU6"},
    Name{Op::silu, Kind::silu, "SiLU"},
    Name{Op::sigmoid, Kind::sigmoid, "Sigmoid"},
    Name{Op::hardswish, Kind::hardswish, "Hardswish"},
    Name{Op::gelu, Kind::gelu, "GELU"},
    Name{Op::dropout, Kind::dropout, "Dropout"},
    Name{Op::linear, Kind::linear, "Linear"},
    Name{Op::layer_norm, Kind::layer_norm, "LayerNorm"},
    Name{Op::attention, Kind::attention, "MultiheadAttention"},
    Name{Op::adaptive_avg_pool, Kind::adaptive_avg_pool2d, "AdaptiveAvgPool2d"},
    Name{Op::identity, Kind::stochastic_depth, "StochasticDepth"},
    Name{Op::add, Kind::add, ""},
    Name{Op::mul, Kind::mul, ""},
};

/// Whether an operator has the rank, or the bounds, that its class in the table asks for.
bool fits(const Graph& g, NodeId n, Kind kind) {
  const std::size_t rank = g.outputs(n).empty() ? 0 : g.type(g.outputs(n)[0]).rank();
  switch (kind) {
    case Kind::conv2d:
    case Kind::batch_norm2d:
    case Kind::adaptive_avg_pool2d:
      return rank == 4;
    case Kind::batch_norm1d:
      return rank < 4;
    case Kind::relu6:
      return g.attrs<ClipAttrs>(n).low == 0 && g.attrs<ClipAttrs>(n).high == 6;
    default:
      return true;
  }
}

/// Whether the file says of any module what it is.
bool states_classes(const Graph& g) {
  for (std::size_t m = 0; m < g.module_count(); ++m)
    if (!g.type(ModuleId(m)).empty()) return true;
  return false;
}

Kind kind_of(const Graph& g, NodeId n, bool stated) {
  const auto type = g.type(g.module(n));
  const auto cls = type.substr(type.rfind('.') + 1);
  for (const auto& name : kNames) {
    if (name.op != g.op(n) || !fits(g, n, name.kind)) continue;
    if (name.module.empty() || (stated ? cls == name.module : name.kind != Kind::stochastic_depth))
      return name.kind;
  }
  return Kind::other;
}

bool fuses(Kind from, Kind to) {
  return std::ranges::any_of(kPairs, [&](const Pair& p) { return p.from == from && p.to == to; });
}

class Chains {
 public:
  explicit Chains(const FusionInput& s) : s_(s), out_(s.order().size()), kinds_(s.order().size()) {
    const bool stated = states_classes(s.graph());
    for (std::uint32_t i = 0; i < kinds_.size(); ++i)
      kinds_[i] = kind_of(s.graph(), s.order().node(i), stated);
  }
  Grouping all() {
    for (std::uint32_t step = 0; step < kinds_.size(); ++step)
      if (out_.group[step] == Grouping::kNone) grow(step);
    return std::move(out_);
  }

 private:
  void grow(std::uint32_t step) {
    const auto id = static_cast<std::uint32_t>(out_.stops.size());
    Grouping::Stop stop;
    while (true) {
      out_.group[step] = id;
      stop = look_past(step);
      if (stop.next == Grouping::kNone || stop.boundary != Boundary::end) break;
      step = stop.next;
    }
    out_.stops.push_back(stop);
  }
  /// The reader that joins, or what hinders it.
  [[nodiscard]] Grouping::Stop look_past(std::uint32_t step) const {
    const auto readers = s_.after().of(step);
    if (readers.empty()) return {};
    const std::uint32_t next = readers[0];
    const bool rule = fuses(kinds_[step], kinds_[next]);
    if (readers.size() > 1) return {Boundary::fork, next, rule};
    if (out_.group[next] != Grouping::kNone) return {Boundary::taken, next, rule};
    const bool gate = kinds_[step] == Kind::sigmoid && kinds_[next] == Kind::mul;
    if (s_.order().before().of(next).size() > 1 && !gate) return {Boundary::join, next, rule};
    if (!rule) return {Boundary::no_rule, next, false};
    return {Boundary::end, next, true};
  }

  const FusionInput& s_;
  Grouping out_;
  std::vector<Kind> kinds_;
};

}  // namespace
}  // namespace fusion

Grouping chain_groups(const FusionInput& input) { return fusion::Chains(input).all(); }

}  // namespace alidade
