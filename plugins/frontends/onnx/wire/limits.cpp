#include "limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/frontend.hpp"
#include "map/rules.hpp"

namespace alidade::onnx_file {
namespace {

constexpr double kMostText = 1 << 30;  // bytes of all names

/// What reading a body makes: nodes (a call counts as one) with their results, and bytes of names. Inside an
/// expanded function every name begins with the names of the calls around it.
struct Made {
  double nodes = 0, names = 0, text = 0;
};
/// How often a body calls a function, and the bytes that the names of its calls put before every name inside.
struct Calls {
  double times = 0, prefix = 0;
};
/// One body with the graphs inside it: what is its own, and which functions it calls.
struct Tally {
  Made own;
  std::unordered_map<std::uint32_t, Calls> calls;
};

class LimitCheck {
 public:
  LimitCheck(const ModelView& model, const FunctionIndex& functions, const Bounds& bounds, Damage& damage)
      : model_(model), functions_(functions), bounds_(bounds), damage_(damage) {}

  Result<void> run() {
    auto main = tally(model_.graph.body);
    if (!main) return std::unexpected(std::move(main).error());
    for (const auto& f : model_.functions) {
      auto one = tally(f.body);
      if (!one) return std::unexpected(std::move(one).error());
      one->own.nodes += declared(f.inputs.size() + f.outputs.size() + f.defaults.size());
      tallies_.push_back(std::move(*one));
    }
    if (auto ok = sum_up(); !ok) return ok;
    const Made total = expanded(*main);
    if (total.nodes > static_cast<double>(bounds_.nodes))
      return fail(Fault::limit,
                  fmt::format("the model would expand to {} nodes, allowed {}", short_form(total.nodes),
                              text::grouped(bounds_.nodes)),
                  {}, kMoreNodes);
    if (total.text > kMostText && !model_.functions.empty())
      return fail(Fault::limit,
                  fmt::format("the names of the model would expand to {} bytes, allowed {}",
                              short_form(total.text), short_form(kMostText)),
                  {}, "give the nodes that call functions shorter names");
    return {};
  }

 private:
  /// A graph inside a node, still to count.
  struct Nested {
    Text bytes;
    std::uint32_t depth;
    std::string path;
  };

  /// Counts a body and every graph inside it, with an explicit stack.
  Result<Tally> tally(const Body& body) {
    Tally out;
    count(body, out);
    std::vector<Nested> pending;
    open(body, 1, "", pending);
    while (!pending.empty() && !damage_.found()) {
      const Nested at = std::move(pending.back());
      pending.pop_back();
      if (at.depth > bounds_.region_depth)
        return fail(Fault::limit,
                    fmt::format("graphs are nested {} deep, allowed {}", at.depth, bounds_.region_depth),
                    "at " + cut(at.path), raise_limit("max_region_depth"));
      const GraphView g = decode_graph(at.bytes, damage_);
      count(g.body, out);
      out.own.nodes += declared(g.initializers.size() + g.values.size() + g.inputs.size() + g.outputs.size());
      open(g.body, at.depth + 1, at.path + "/", pending);
    }
    return out;
  }
  void open(const Body& body, std::uint32_t depth, const std::string& prefix, std::vector<Nested>& pending) {
    for (std::size_t n = 0; n < body.nodes.size(); ++n) {
      const Node& node = body.nodes[n];
      if (!node.nested) continue;
      const auto path = prefix + text::printable(node.name.empty() ? fmt::format("{}_{}", node.op, n)
                                                                   : std::string(node.name));
      std::vector<Text> graphs;
      nested_graphs(body, node, graphs, damage_);
      for (const Text bytes : graphs) pending.push_back({bytes, depth, path});
    }
  }
  static std::string cut(const std::string& path) {
    return path.size() <= 200 ? path : path.substr(0, 200) + "...";
  }

  void count(const Body& body, Tally& out) const {
    out.own.nodes += static_cast<double>(body.nodes.size());
    if (functions_.empty()) return;
    for (const auto& node : body.nodes) {
      const auto bytes = static_cast<double>(node.name.empty() ? node.op.size() : node.name.size());
      const auto& more = body.more_of(node);
      const auto f = find_rule(more.domain, node.op)
                         ? functions_.end()
                         : functions_.find(function_key(more.domain, node.op, more.overload));
      if (f != functions_.end()) {
        auto& calls = out.calls[f->second];
        ++calls.times, calls.prefix += bytes + 1;
        continue;
      }
      out.own.names += 1 + node.outputs.count, out.own.text += bytes;
      for (std::uint32_t o = 0; o < node.outputs.count; ++o)
        out.own.text += static_cast<double>(body.outputs[node.outputs.first + o].size());
    }
  }
  /// Names that are declared anew with every expansion cost as well, though less than nodes.
  static double declared(std::size_t names) { return static_cast<double>(names / 16); }

  /// Sizes bottom up with an explicit stack; a function met again while it is open is a recursion.
  Result<void> sum_up() {
    enum : std::uint8_t { fresh, open, closed };
    std::vector<std::uint8_t> state(tallies_.size(), fresh);
    sizes_.assign(tallies_.size(), {}), heights_.assign(tallies_.size(), 0);
    for (std::uint32_t root = 0; root < tallies_.size(); ++root) {
      std::vector<std::uint32_t> stack{root};
      while (!stack.empty()) {
        const auto f = stack.back();
        if (state[f] == closed) {
          stack.pop_back();
          continue;
        }
        if (state[f] == open) {
          close(f), state[f] = closed, stack.pop_back();
          if (heights_[f] > kMostCalls)
            return fail(Fault::limit, fmt::format("functions call functions more than {} deep", kMostCalls));
          continue;
        }
        state[f] = open;
        for (const auto& [callee, calls] : tallies_[f].calls) {
          if (state[callee] == open) return recursion(stack, state, callee);
          if (state[callee] == fresh) stack.push_back(callee);
        }
      }
    }
    return {};
  }
  void close(std::uint32_t f) {
    sizes_[f] = expanded(tallies_[f]);
    for (const auto& [callee, calls] : tallies_[f].calls)
      heights_[f] = std::max(heights_[f], heights_[callee] + 1);
  }
  Made expanded(const Tally& t) const {
    Made total = t.own;
    for (const auto& [callee, calls] : t.calls) {
      const Made& inside = sizes_[callee];
      total.nodes += calls.times * inside.nodes, total.names += calls.times * inside.names;
      total.text += calls.times * inside.text + calls.prefix * inside.names;
    }
    return total;
  }
  std::unexpected<Error> recursion(const std::vector<std::uint32_t>& stack,
                                   const std::vector<std::uint8_t>& state, std::uint32_t callee) const {
    std::string cycle;
    bool inside = false;
    for (const auto f : stack) {
      inside = inside || f == callee;
      if (inside && state[f] == 1) cycle += text::printable(model_.functions[f].name) + " -> ";
    }
    return fail(Fault::model, "functions of the model call themselves: " + cycle +
                                  text::printable(model_.functions[callee].name));
  }
  /// 1099511627776 -> "1.1e12".
  static std::string short_form(double n) {
    if (n < 1e9) return text::grouped(static_cast<std::uint64_t>(n));
    if (!std::isfinite(n)) return "more than 1e308";
    const int exponent = static_cast<int>(std::floor(std::log10(n)));
    return fmt::format("{:.1f}e{}", n / std::pow(10, exponent), exponent);
  }

  const ModelView& model_;
  const FunctionIndex& functions_;
  const Bounds& bounds_;
  Damage& damage_;
  std::vector<Tally> tallies_;
  std::vector<Made> sizes_;
  std::vector<std::uint32_t> heights_;
};

}  // namespace

std::string function_key(Text domain, Text name, Text overload) {
  std::string key(domain);
  (key += "::") += name;
  if (!overload.empty()) (key += ':') += overload;
  return key;
}

FunctionIndex index_functions(const ModelView& model) {
  FunctionIndex index;
  for (std::uint32_t f = 0; f < model.functions.size(); ++f) {
    const auto& one = model.functions[f];
    index.try_emplace(function_key(one.domain, one.name, one.overload), f);
  }
  return index;
}

Result<void> check_limits(const ModelView& model, const FunctionIndex& functions, const Bounds& bounds,
                          Damage& damage) {
  return LimitCheck(model, functions, bounds, damage).run();
}

}  // namespace alidade::onnx_file
