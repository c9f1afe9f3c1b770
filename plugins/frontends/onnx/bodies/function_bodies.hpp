#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "infer/literal.hpp"

namespace alidade::onnx_file {

/// One operator whose body is asked for.
struct BodyRequest {
  Text domain, op;
  int opset;
  std::span<const FoldInput> inputs;
  std::span<const Attribute> attributes;
  std::size_t outputs;
};

/// Operators that ONNX defines by what they are made of. Only an operator that is asked for costs anything.
class FunctionBodies {
 public:
  FunctionBodies();
  ~FunctionBodies();
  /// The operator as a function of a model would be; null when ONNX gives no body for it. Valid as long as
  /// this lives.
  const FunctionView* find(const BodyRequest& request, Types& types);
  /// The newest operator set that ONNX knows.
  [[nodiscard]] static int newest_opset();
  /// Every operator of the default domain, of any version, sorted.
  [[nodiscard]] static std::vector<std::string_view> operators();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::onnx_file
