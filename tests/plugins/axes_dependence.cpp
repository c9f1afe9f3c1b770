// Axes of every kind of operator beside what PyTorch's results depend on (tools/axis_cases/dependence.py).
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "alidade/ir/axes.hpp"
#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;
using nlohmann::json;

namespace {

/// Which indices of a dimension of an operand meet which of one of the result.
struct Relation {
  explicit Relation(const json& rows) {
    for (const auto& row : rows) met.push_back(row.get<std::string>());
  }
  [[nodiscard]] bool at(std::size_t i, std::size_t j) const { return met[i][j] == '1'; }
  [[nodiscard]] std::size_t size() const { return met.size(); }
  [[nodiscard]] std::size_t made() const { return met[0].size(); }

  /// How many parts have nothing to do with each other: connected ones, of those that meet anything.
  [[nodiscard]] std::size_t parts() const {
    std::vector<std::size_t> root(size() + made());
    std::iota(root.begin(), root.end(), 0);
    const auto find = [&](std::size_t i) {
      while (root[i] != i) i = root[i];
      return i;
    };
    std::size_t nodes = 0, joined = 0;
    for (std::size_t i = 0; i < size(); ++i) nodes += met[i].contains('1') ? 1 : 0;
    for (std::size_t j = 0; j < made(); ++j)
      nodes += std::ranges::any_of(met, [&](const auto& row) { return row[j] == '1'; }) ? 1 : 0;
    for (std::size_t i = 0; i < size(); ++i)
      for (std::size_t j = 0; j < made(); ++j)
        if (at(i, j) && find(i) != find(size() + j)) root[find(i)] = find(size() + j), ++joined;
    return nodes - joined;
  }
  /// Indices that both sides of a cut through the result reach into, at most.
  [[nodiscard]] std::size_t border() const {
    std::size_t most = 0;
    for (std::size_t cut = 1; cut < made(); ++cut) {
      std::size_t last = 0, first = size();
      for (std::size_t i = 0; i < size(); ++i)
        for (std::size_t j = 0; j < made(); ++j)
          if (at(i, j)) (j < cut ? last = std::max(last, i + 1) : first = std::min(first, i));
      most = std::max(most, last - std::min(last, first));
    }
    return most;
  }
  /// Whether every index meets all that come behind it.
  [[nodiscard]] bool reaches_on() const {
    for (std::size_t i = 0; i < size(); ++i)
      for (std::size_t j = i; j < made(); ++j)
        if (!at(i, j)) return false;
    return true;
  }
  std::vector<std::string> met;
};

/// The facts of one case beside the axes of its node.
struct Checked {
  explicit Checked(const json& facts)
      : facts(facts),
        graph(graph_of(facts["body"].get<std::string>())),
        node(node_named(graph, "y")),
        axes(axes_of(graph, node)) {}

  [[nodiscard]] static bool runs(const Axis& axis, std::size_t operand, int dim) {
    return operand < Axis::kOperands && axis.operand.at(operand) == dim;
  }
  [[nodiscard]] std::size_t free_parts(std::size_t operand, int dim, int result) const {
    std::size_t product = 1;
    for (const auto& axis : axes)
      if (axis.is_free() && axis.result == result && runs(axis, operand, dim)) product *= *axis.degree;
    return product;
  }
  [[nodiscard]] bool something_else_runs(std::size_t operand, int dim, int result) const {
    return std::ranges::any_of(axes, [&](const Axis& axis) {
      return !axis.is_free() && axis.result == result && runs(axis, operand, dim);
    });
  }

  /// What is independent, and no axis says so: parts of a concatenation along its own axis, taps of a window
  /// in turns, and the columns of a system of equations, as the graph does not say on which side they stand.
  [[nodiscard]] bool tells_less(std::size_t operand, int dim, int result) const {
    const Op op = graph.op(node);
    const bool runs_there = std::ranges::any_of(
        axes, [&](const Axis& axis) { return axis.result == result && runs(axis, operand, dim); });
    return !runs_there && (op == Op::concat || op == Op::triangular_solve ||
                           (op == Op::conv_transpose && operand == 1 && dim > 1));
  }

  /// What is free is independent, and what is independent is free.
  void check_free() const {
    for (const auto& pair : facts["together"]) {
      const std::size_t operand = pair["operand"];
      const int dim = pair["dimension"], result = pair["result_dimension"];
      const Relation relation(pair["rows"]);
      if (relation.parts() == 0) continue;
      INFO("operand " << operand << ", dimension " << dim << ", of the result " << result);
      if (something_else_runs(operand, dim, result))
        CHECK(relation.parts() >= free_parts(operand, dim, result));
      else if (!tells_less(operand, dim, result))
        CHECK(relation.parts() == free_parts(operand, dim, result));
    }
  }
  /// What is not free has a reason.
  void check_other(const Axis& axis) const {
    bool justified = false;
    for (const auto& pair : facts["together"]) {
      const std::size_t operand = pair["operand"];
      const int dim = pair["dimension"];
      if (!runs(axis, operand, dim) || pair["result_dimension"] != axis.result) continue;
      justified |= is_justified(axis, operand, dim, Relation(pair["rows"]));
    }
    for (std::size_t i = 0; i < facts["joins"].size() && axis.result < 0; ++i)
      justified |=
          axis.operand.at(i) >= 0 && facts["joins"][i][static_cast<std::size_t>(axis.operand.at(i))] == true;
    justified |= axis.split == Split::whole && std::ranges::none_of(axis.operand, [](auto dim) {
                   return dim >= 0;
                 });  // states, of no operand
    INFO(name(axis.name) << " is " << name(axis.split));
    CHECK(justified);
  }
  [[nodiscard]] bool is_justified(const Axis& axis, std::size_t operand, int dim,
                                  const Relation& relation) const {
    if (axis.split == Split::scanned) return relation.reaches_on() && relation.parts() == 1;
    if (axis.split != Split::halo) return relation.parts() == free_parts(operand, dim, axis.result);
    const auto bytes = graph.type(graph.inputs(node)[operand]).size_bytes()->get().value();
    return relation.border() * (bytes / relation.size()) == axis.exchanged.value;
  }

  json facts;
  Graph graph;
  NodeId node;
  std::vector<Axis> axes;
};

}  // namespace

TEST_CASE("axes are free where nothing depends across them, and nowhere else") {
  std::ifstream file(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/axes/dependence.json");
  const auto cases = json::parse(file)["cases"];
  CHECK(cases.size() >= 57);
  for (const auto& facts : cases) {
    INFO(facts["name"].get<std::string>() << "\n" << facts["body"].get<std::string>());
    const Checked checked(facts);
    CHECK_FALSE(checked.axes.empty());
    checked.check_free();
    for (const auto& axis : checked.axes)
      if (!axis.is_free()) checked.check_other(axis);
  }
}
