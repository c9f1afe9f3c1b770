#pragma once
#include <map>
#include <random>
#include <string>
#include <vector>

#include "alidade/sdk/frontend.hpp"
#include "cost_samples.hpp"

// What the tests of the graph analyses share: a graph with every result that is asked for, and random graphs.
namespace alidade::samples {

/// A graph and the results of passes over it; what a pass needs is made before it.
class Passes {
 public:
  using Options = std::map<std::string, OptionValues>;
  explicit Passes(Graph read, Options options = {}) : graph(std::move(read)), options_(std::move(options)) {}
  explicit Passes(const std::string& body, Options options = {})
      : Passes(graph_of(body), std::move(options)) {}

  template <ResultType R>
  const R& get() {
    run(R::key);
    return *results_.get<R>();
  }
  /// The sentence that a pass fails with.
  std::string refusal(const std::string& pass) {
    const auto made = attempt({pass, 1});
    return made ? "no error" : made.error().what;
  }
  Graph graph;

 private:
  Result<AnyResult> attempt(const ResultKey& key) {
    const auto found = plugins().find(key.name);
    INFO(key.name);
    REQUIRE(found.has_value());
    for (const auto& need : (*found)->info.needs) run(need);
    const auto made = (*found)->info.make(options_[std::string(key.name)]);
    return static_cast<const AnalysisPass&>(*made).run_erased(graph, results_);
  }
  void run(const ResultKey& key) {
    if (results_.find(key)) return;
    auto result = attempt(key);
    INFO((result ? "" : result.error().what));
    REQUIRE(result.has_value());
    results_.add(std::move(*result));
  }

  Options options_;
  ResultSet results_;
};

/// What a result tells, as JSON.
template <ResultType R>
std::string json_of(const R& result, const Graph& graph) {
  StringSink out;
  JsonWriter writer(out);
  writer.begin_object();
  result.write(graph, writer);
  writer.end_object();
  return out.str();
}

/// A model file of the project, read by its frontend.
inline Graph read_model(const std::string& frontend, const std::string& file, Bindings bindings = {}) {
  const auto found = plugins().find(frontend);
  REQUIRE(found.has_value());
  const auto made = (*found)->info.make({});
  ReadRequest request;
  request.path = std::string(ALIDADE_SOURCE_DIR) + "/" + file;
  request.bindings = std::move(bindings);
  auto graph = static_cast<const Frontend&>(*made).read(request);
  INFO(file << (graph ? "" : graph.error().what));
  REQUIRE(graph.has_value());
  return std::move(*graph);
}
/// A torchvision model as torch.export wrote it.
inline Graph exported(const std::string& name) {
  const bool early = name == "resnet18" || name == "mobilenet_v2" || name == "vit_b_16";
  return read_model("dynamo",
                    std::string("tests/data/") + (early ? "dynamo/" : "torchvision/") + name + ".pt2");
}

/// The text of a graph of 3 to 16 operators of all kinds over tensors of 8 by 8, with one or more outputs.
inline std::string random_body(unsigned seed, int most = 16) {
  std::mt19937 dice(seed);
  const auto roll = [&](int low, int high) { return std::uniform_int_distribution(low, high)(dice); };
  std::string body = "input %v0 : f32[8,8]\nparameter %w : f32[8,8]\n";
  const int count = roll(3, most);
  const auto some = [&](int i) { return "%v" + std::to_string(std::max(0, i - roll(1, 4))); };
  for (int i = 1; i <= count; ++i) {
    static constexpr std::array kUnary{"relu", "sigmoid", "reshape", "gelu", "identity"};
    static constexpr std::array kBinary{"add", "mul", "sub", "matmul"};
    const int kind = roll(0, 9);
    std::string call = kind < 4 ? std::string(kUnary.at(static_cast<std::size_t>(roll(0, 4)))) + "(" + some(i)
                       : kind < 8 ? std::string(kBinary.at(static_cast<std::size_t>(roll(0, 3)))) + "(" +
                                        some(i) + ", " + some(i)
                       : kind < 9 ? "linear(" + some(i) + ", %w"
                                  : "softmax(" + some(i);
    body += "%v" + std::to_string(i) + " = " + call + (kind == 9 ? ") {axes=[1]}" : ")") + " : f32[8,8]\n";
  }
  body += "return %v" + std::to_string(count);
  return roll(0, 2) == 0 ? body + ", %v" + std::to_string(count / 2) : body;
}

/// Who waits for whom, straight from the values: the direct producers of every node, constants aside.
inline std::map<NodeId, std::vector<NodeId>> producers(const Graph& graph) {
  std::map<NodeId, std::vector<NodeId>> out;
  for (const NodeId n : graph.body())
    for (const ValueId v : graph.inputs(n))
      if (v.valid() && graph.producer(v).valid() && graph.op(graph.producer(v)) != Op::constant)
        out[n].push_back(graph.producer(v));
  return out;
}

}  // namespace alidade::samples
