#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "libtorch.hpp"
#include "modules.hpp"
#include "origins.hpp"
#include "run_node.hpp"
#include "stopwatch.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// Runs a module's code node by node, on tensors without elements, and adds what is work to the graph. Calls
/// are followed into the modules that they call; branches and loops that shapes decide are taken, others
/// become regions.
class Walk {
 public:
  using Values = std::vector<c10::IValue>;

  /// With a stopwatch, operators are timed, too.
  Walk(aten::GraphDraft& draft, Tensors& tensors, Modules& modules, Origins& origins, Stopwatch* stopwatch)
      : draft_(draft),
        tensors_(tensors),
        modules_(modules),
        origins_(origins),
        stopwatch_(stopwatch),
        runner_(tensors) {}
  /// Runs a function on arguments; its results.
  [[nodiscard]] Values call(torch::jit::Function& function, const Values& arguments, const Location& at);
  /// Lines of "node count": how many constants of the code each operator reads, where it reads some.
  [[nodiscard]] const std::string& constants() const { return constants_; }

 private:
  /// The values of one function's code, and the module that it belongs to.
  struct Frame {
    std::unordered_map<const torch::jit::Value*, c10::IValue> values;
    Location at;
  };

  void run(torch::jit::Block& block, Frame& frame);
  void run(torch::jit::Node& node, Frame& frame);
  [[nodiscard]] Values inputs(const torch::jit::Node& node, const Frame& frame) const;
  [[nodiscard]] Values outputs(const torch::jit::Block& block, const Frame& frame) const;
  static void set(torch::jit::Node& node, Frame& frame, const Values& values);

  // Nodes that are no operators; false for one that is.
  bool primitive(torch::jit::Node& node, Frame& frame);
  void get_attribute(torch::jit::Node& node, Frame& frame);
  void call_method(torch::jit::Node& node, Frame& frame);
  void call_function(torch::jit::Node& node, Frame& frame);
  void list(torch::jit::Node& node, Frame& frame);
  void tuple(torch::jit::Node& node, Frame& frame);
  void unpack(torch::jit::Node& node, Frame& frame);
  void raise(torch::jit::Node& node, Frame& frame);

  void operate(torch::jit::Node& node, Frame& frame);
  [[nodiscard]] bool sizes(torch::jit::Node& node, Frame& frame);
  void emit(torch::jit::Node& node, const Values& given, Values& made, const Location& at);
  void note_constants(const torch::jit::Node& node, const std::string& name);
  void part(const torch::jit::Node& node, const Values& given, Values& made) const;
  void pass_on_assumption(const Values& given, const at::Tensor& made);
  [[nodiscard]] std::string name(std::string_view base);

  // control.cpp
  void branch(torch::jit::Node& node, Frame& frame);
  void undecided_branch(torch::jit::Node& node, Frame& frame);
  void loop(torch::jit::Node& node, Frame& frame);
  void undecided_loop(torch::jit::Node& node, Frame& frame, Values carried, std::int64_t most);
  [[nodiscard]] ValueId condition(const torch::jit::Value& value, const Frame& frame);
  [[nodiscard]] std::vector<ValueId> announce(const torch::jit::Node& node, const std::string& name);
  Values region(torch::jit::Block& block, Frame& frame, const std::vector<ValueId>& announced,
                bool gives_condition);
  [[nodiscard]] c10::IValue merged(const c10::IValue& a, const c10::IValue& b);
  void settle(ValueId value, const c10::IValue& made);

  aten::GraphDraft& draft_;
  Tensors& tensors_;
  Modules& modules_;
  Origins& origins_;
  Stopwatch* stopwatch_;
  NodeRunner runner_;
  std::map<std::string, std::size_t, std::less<>> names_;
  std::string constants_;
  std::uint32_t depth_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace alidade::torchscript
