#pragma once
#include <string>
#include <vector>

#include "alidade/sdk/frontend.hpp"
#include "alidade/sdk/options.hpp"

namespace alidade {

/// What the user says about a StableHLO file.
struct StablehloOptions {
  std::string function;  ///< which one is the model; empty: main, or the first public one
  std::vector<std::string> parameters{"param*", "variables*", "weight*", "self.*", "model.*"};
  std::vector<std::string> buffers{"buffers*", "*batch_stats*", "*running_*"};
};

/// Reads StableHLO as text, in pretty and in generic form: what JAX, Keras and PyTorch/XLA write down.
/// Functions are read in the place of their calls.
class StablehloFrontend final : public Frontend {
 public:
  static void options(OptionSpec<StablehloFrontend>& o);
  [[nodiscard]] Recognition recognises(std::string_view path, std::string_view head) const override;
  [[nodiscard]] Result<Graph> read(const ReadRequest& request) const override;
  /// The same from a text already in memory; `request.path` names it.
  [[nodiscard]] static Result<Graph> read_text(std::string_view text, const ReadRequest& request,
                                               const StablehloOptions& options = {});

 private:
  std::string function_;
  std::vector<std::string> parameters_ = StablehloOptions().parameters;
  std::vector<std::string> buffers_ = StablehloOptions().buffers;
};

}  // namespace alidade
