#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/bind.hpp"
#include "alidade/sdk/component.hpp"

namespace alidade {

/// What is asked of a frontend: one file, shapes for its inputs by name ("" means the first), values for
/// symbols, and the bounds that hostile files must not pass.
struct ReadRequest {
  std::string path;
  std::map<std::string, std::vector<std::int64_t>, std::less<>> input_shapes;
  Bindings bindings;
  std::uint64_t max_nodes = 4'000'000;
  std::uint32_t max_region_depth = 32;
};

/// How surely a file is this frontend's: by its first bytes and its name.
enum class Recognition : std::uint8_t { no, maybe, yes };

/// Reads one kind of model file into a graph. Stateless after its options are set; called from any thread.
class Frontend : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::frontend;
  /// `head` is up to the first 4096 bytes.
  [[nodiscard]] virtual Recognition recognises(std::string_view path, std::string_view head) const = 0;
  /// A graph whose notes say what was left out or guessed; a model that makes no sense is Fault::model.
  [[nodiscard]] virtual Result<Graph> read(const ReadRequest& request) const = 0;
};

}  // namespace alidade
