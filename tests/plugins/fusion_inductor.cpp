// Groups of the backend `inductor` beside the kernels that torch.compile made of the same exported programs
// (tests/data/inductor/kernels.json, by tools/inductor_cases/kernels.py).
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "alidade/results/fusion.hpp"
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

/// The rule that differs, by what is in a kernel of torch.compile; docs/analyses.md says more of each.
std::string cause_of(const std::string& model, const std::set<std::string>& kernel) {
  if (model == "swin_t" || model == "mobilevit_xxs") return "windows";
  const auto count = [&](const std::string& name) {
    return std::ranges::count_if(kernel, [&](const auto& each) {
      return each == name || (each.starts_with(name + "_") &&
                              each.find_first_not_of("0123456789", name.size() + 1) == std::string::npos);
    });
  };
  if (count("cat") > 0 && count("batch_norm") > 0) return "concatenation";
  const bool turns = (count("cos") > 0 || count("sin") > 0) && count("stack") == 0;
  if (turns || (count("mul") >= 4 && count("add") == 2 && kernel.size() == 6)) return "rotary";
  const auto sums = count("add"), norms = count("layer_norm") + count("rsqrt");
  const bool alone = kernel.size() == 1 && sums + count("layer_norm") == 1;
  return alone || (sums > 0 && norms > 0) ? "sums kept" : "not explained";
}

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
  for (const auto& kernel : theirs)
    if (mine.contains(kernel))
      ++out.equal;
    else
      ++out.rest[cause_of(name, kernel)];
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
