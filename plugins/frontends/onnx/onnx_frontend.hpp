#pragma once
#include "alidade/sdk/frontend.hpp"

namespace alidade {

/// Reads ONNX models: operator sets 7 to the newest, weights never looked at. Types that the file states are
/// kept; missing ones are inferred operator by operator.
class OnnxFrontend final : public Frontend {
 public:
  [[nodiscard]] Recognition recognises(std::string_view path, std::string_view head) const override;
  [[nodiscard]] Result<Graph> read(const ReadRequest& request) const override;
  /// The same from bytes already in memory; `request.path` names them.
  [[nodiscard]] static Result<Graph> read_bytes(std::string_view bytes, const ReadRequest& request);
};

}  // namespace alidade
