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
  std::map<std::string, std::string, std::less<>> input_dtypes;  ///< "int64", for sources: files state theirs
  Bindings bindings;
  std::uint64_t max_nodes = 4'000'000;
  std::uint32_t max_region_depth = 32;
};

/// How to get on where a model has more nodes than `max_nodes`.
inline constexpr const char* kMoreNodes =
    "raise limits.max_nodes in the pipeline file, or for one run: --set limits.max_nodes=N";

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

/// A file that was made, what its symbols are bound to unless the user says otherwise, and what the reader of
/// a report should know about how it was made.
struct MadeFile {
  std::string path;
  Bindings bindings;
  std::vector<Diagnostic> notes;
};

/// A frontend for models that are no files, "hf:bert-base-uncased": it makes a file, which the frontend for
/// such files reads. Runs in the host's own process.
class SourceFrontend : public Frontend {
 public:
  [[nodiscard]] virtual Result<MadeFile> make(const ReadRequest& request) const = 0;
  Result<Graph> read(const ReadRequest& request) const final {
    return fail(Fault::internal, "a source is made into a file before it is read", request.path);
  }
};

}  // namespace alidade
