// Groups of the backend `inductor` beside the kernels that torch.compile made of the same exported programs
// (tests/data/inductor/kernels.json, by tools/inductor_cases/kernels.py).
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "alidade/results/fusion.hpp"
#include "alidade/sdk/storage.hpp"
#include "page_part.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

using Kernels = std::set<std::set<std::string>>;

/// The operator of the exported program that a node was made for: parts of one have names behind its own.
std::string exported_name(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }

/// Views, constants and transposes, which are read as they lie, are in no kernel.
bool is_work(const Graph& graph, NodeId n) {
  const Op op = graph.op(n);
  return class_of(op) != OpClass::view && op != Op::transpose && op != Op::constant;
}

/// Our groups, of the operators that Inductor has in a kernel.
Kernels ours(const Graph& graph, const FusionPlan& plan, const std::set<std::string>& known) {
  std::map<std::uint32_t, std::set<std::string>> groups;
  std::map<std::string, std::uint32_t>
      last;  // of an operator that became several nodes, the one that ends it
  for (std::uint32_t g = 0; g < plan.groups.size(); ++g)
    for (const NodeId n : plan.operators(plan.groups[g]))
      if (const auto name = exported_name(graph.name(n)); is_work(graph, n) && known.contains(name))
        last[name] = plan.group_of[n];
  for (const auto& [name, group] : last) groups[group].insert(name);
  Kernels out;
  for (const auto& [group, names] : groups) out.insert(names);
  return out;
}

/// How many of torch.compile's kernels are groups of ours, and of how many others which rule differs.
struct Agreement {
  std::string model, family;
  std::size_t kernels = 0, equal = 0;
  std::map<std::string, std::size_t> rest = {};
};

/// The rule that differs, by what the operators do that a kernel of torch.compile holds and those that are in
/// one group with them here; docs/analyses.md says more of each.
class Causes {
 public:
  explicit Causes(const Graph& graph) : g_(graph) {
    for (const NodeId n : graph.nodes()) nodes_[exported_name(graph.name(n))].push_back(n);
  }
  [[nodiscard]] std::string of(const std::set<std::string>& kernel, const Kernels& ours) const {
    std::set<std::string> both = kernel;
    for (const auto& group : ours)
      if (std::ranges::any_of(group, [&](const auto& name) { return kernel.contains(name); }))
        both.insert(group.begin(), group.end());
    const auto own = nodes_of(kernel), all = nodes_of(both);
    if (any(all, &Causes::is_part_of_map) && any(all, &Causes::is_map_norm)) return "concatenation";
    if (any(all, &Causes::turns)) return "rotary";
    if (any(all, &Causes::cuts_windows)) return "windows";
    const bool alone = own.size() == 1 && (is_sum(own[0]) || is_norm(own[0]));
    return alone || (any(all, &Causes::is_sum) && any(all, &Causes::is_norm)) ? "sums kept" : "not explained";
  }

 private:
  using Nodes = std::vector<NodeId>;
  [[nodiscard]] Nodes nodes_of(const std::set<std::string>& names) const {
    Nodes out;
    for (const auto& name : names)
      if (const auto found = nodes_.find(name); found != nodes_.end())
        std::ranges::copy_if(found->second, std::back_inserter(out),
                             [&](NodeId n) { return is_work(g_, n); });
    return out;
  }
  [[nodiscard]] bool any(const Nodes& nodes, bool (Causes::*holds)(NodeId) const) const {
    return std::ranges::any_of(nodes, [&](NodeId n) { return (this->*holds)(n); });
  }

  /// What an operator reads, behind views, or those who read it, and the views on the way.
  template <class Next>
  [[nodiscard]] Nodes around(NodeId n, Next next) const {
    Nodes out, open{n};
    while (!open.empty()) {
      const NodeId at = open.back();
      open.pop_back();
      for (const NodeId near : next(at)) {
        if (std::ranges::find(out, near) != out.end()) continue;
        out.push_back(near);
        if (!is_work(g_, near)) open.push_back(near);
      }
    }
    return out;
  }
  [[nodiscard]] Nodes before(NodeId n) const {
    return around(n, [&](NodeId at) {
      Nodes out;
      for (const ValueId v : g_.inputs(at))
        if (v.valid() && g_.producer(v).valid()) out.push_back(g_.producer(v));
      return out;
    });
  }
  [[nodiscard]] Nodes after(NodeId n) const {
    return around(n, [&](NodeId at) {
      Nodes out;
      for (const ValueId v : g_.outputs(at)) out.insert(out.end(), g_.users(v).begin(), g_.users(v).end());
      return out;
    });
  }

  [[nodiscard]] bool joins_maps(NodeId n) const {
    return g_.op(n) == Op::concat && g_.type(g_.outputs(n)[0]).rank() == 4;
  }
  [[nodiscard]] bool is_part_of_map(NodeId n) const {
    return joins_maps(n) || std::ranges::any_of(after(n), [&](NodeId near) { return joins_maps(near); });
  }
  [[nodiscard]] bool is_product(NodeId n) const { return g_.op(n) == Op::mul; }
  [[nodiscard]] bool is_trig(NodeId n) const { return g_.op(n) == Op::trig; }
  [[nodiscard]] bool scales(NodeId n) const { return is_product(n) || g_.op(n) == Op::cast; }
  /// Whether it makes the sine or cosine of angles, which may be scaled and cast, for a product, or is that.
  [[nodiscard]] bool turns(NodeId n) const {
    const auto finds = [&](const Nodes& nodes, bool (Causes::*what)(NodeId) const, auto&& further) {
      return any(nodes, what) || std::ranges::any_of(nodes, [&](NodeId near) {
               return scales(near) && any(further(near), what);
             });
    };
    if (is_product(n)) return finds(before(n), &Causes::is_trig, [&](NodeId near) { return before(near); });
    return is_trig(n) && finds(after(n), &Causes::is_product, [&](NodeId near) { return after(near); });
  }
  /// Whether it reads or is read through a transposition of a map, or of rows, that are cut into windows.
  [[nodiscard]] bool cuts_windows(NodeId n) const {
    const auto cut = [&](NodeId near) {
      if (g_.op(near) != Op::transpose) return false;
      const NodeId view = g_.producer(g_.inputs(near)[0]);
      return view.valid() && g_.op(view) == Op::reshape && splits_rows(view);
    };
    return std::ranges::any_of(before(n), cut) || std::ranges::any_of(after(n), cut);
  }
  /// Whether a reshape cuts another dimension than the last.
  [[nodiscard]] bool splits_rows(NodeId reshape) const {
    const auto from = g_.type(g_.inputs(reshape)[0]).dims, to = g_.type(g_.outputs(reshape)[0]).dims;
    std::set<std::int64_t> ends;  // elements in front of each dimension
    std::int64_t all = 1;
    for (const Dim d : from) ends.insert(all), all *= d.size();
    const std::int64_t rows = from.empty() ? 1 : *ends.rbegin();
    all = 1;
    for (const Dim d : to) {
      if (all < rows && !ends.contains(all)) return true;
      all *= d.size();
    }
    return false;
  }
  [[nodiscard]] bool is_map_norm(NodeId n) const { return g_.op(n) == Op::batch_norm; }
  [[nodiscard]] bool is_norm(NodeId n) const {
    return class_of(g_.op(n)) == OpClass::normalisation || g_.op(n) == Op::rsqrt;
  }
  /// Of two tensors of one shape that are both computed: of a residual stream.
  [[nodiscard]] bool is_sum(NodeId n) const {
    if (g_.op(n) != Op::add) return false;
    return std::ranges::all_of(g_.inputs(n), [&](ValueId v) {
      return v.valid() && !is_stored(g_.kind(v)) &&
             std::ranges::equal(g_.type(v).dims, g_.type(g_.outputs(n)[0]).dims);
    });
  }

  const Graph& g_;
  std::map<std::string, Nodes> nodes_;
};

Agreement compared(const std::string& name, const nlohmann::json& model) {
  Passes passes(read_model("dynamo", "tests/frontends/data/" + name + ".pt2"),
                {{"fusion", {{"backend", std::string("inductor")}}}});
  std::set<std::string> names, known;
  for (const NodeId n : passes.graph.nodes())
    if (is_work(passes.graph, n)) names.insert(exported_name(passes.graph.name(n)));
  Kernels theirs;
  for (const auto& kernel : model["kernels"]) {
    std::set<std::string> operators;
    for (const auto& each : kernel)
      if (names.contains(each.get<std::string>())) operators.insert(each), known.insert(each);
    if (!operators.empty()) theirs.insert(operators);
  }
  const auto mine = ours(passes.graph, passes.get<FusionPlan>(), known);
  Agreement out{name, model["family"], theirs.size(), 0};
  const Causes causes(passes.graph);
  for (const auto& kernel : theirs)
    if (mine.contains(kernel))
      ++out.equal;
    else
      ++out.rest[causes.of(kernel, mine)];
  return out;
}

std::string row(const Agreement& a) {
  std::string rest;
  for (const auto& [cause, kernels] : a.rest)
    rest += (rest.empty() ? "" : ", ") + fmt::format("{} {}", kernels, cause);
  return fmt::format("| {} | {} | {} | {} | {:.1f} % | {} |\n", a.model, a.family, a.kernels, a.equal,
                     100.0 * static_cast<double>(a.equal) / static_cast<double>(a.kernels), rest);
}

}  // namespace

TEST_CASE("fusion with the rules of inductor has the kernels that torch.compile makes") {
  std::ifstream file(ALIDADE_SOURCE_DIR "/tests/data/inductor/kernels.json");
  const auto stored = nlohmann::json::parse(file);
  Agreement sum{"all", "", 0, 0};
  std::string table =
      "| model | family | kernels of torch.compile | equal | | the rest |\n"
      "|---|---|---:|---:|---:|---|\n";
  std::set<std::string> families;
  for (const auto& [name, model] : stored["models"].items()) {
    const auto one = compared(name, model);
    table += row(one), families.insert(one.family);
    sum.kernels += one.kernels, sum.equal += one.equal;
    for (const auto& [cause, kernels] : one.rest) sum.rest[cause] += kernels;
  }
  CHECK(stored["models"].size() >= 20);
  CHECK(families.size() >= 6);
  CHECK(20 * sum.equal >= 17 * sum.kernels);
  CHECK(100 * sum.rest["not explained"] <= 3 * sum.kernels);
  check_page_part("analyses.md", "kernels", table + row(sum));
}
