#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "literal.hpp"

namespace alidade::onnx_file {

/// One operator whose output types are asked for.
struct InferRequest {
  Text op;  ///< of the default domain
  int opset;
  std::span<const FoldInput> inputs;
  std::span<const Attribute> attributes;
  std::size_t outputs;
};

/// The output types of one operator by ONNX's own schemas. Schemas are made one by one when they are first
/// asked for: a file that carries its shapes pays for none of them.
class SchemaShapes {
 public:
  SchemaShapes();
  ~SchemaShapes();
  /// One type per output, invalid where nothing is known; an error is a sentence of ONNX about a model that
  /// cannot be.
  Result<std::vector<TypeId>> infer(const InferRequest& request, Types& types);
  /// The newest operator set that ONNX knows.
  [[nodiscard]] static int newest_opset();
  /// Every operator of the default domain, of any version, sorted.
  [[nodiscard]] static std::vector<std::string_view> operators();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::onnx_file
