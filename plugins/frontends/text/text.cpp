// Reads the text form of a graph (docs/text_form.md): what tests are written in, and what `inspect --text`
// prints.

#include "alidade/base/text.hpp"
#include "alidade/base/file.hpp"
#include "alidade/base/limits.hpp"
#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/sdk/plugin.hpp"

namespace {

using namespace alidade;

/// The text form as a model format. Shapes are taken as written; bindings fill symbols, and other input
/// shapes are worked through the graph.
class TextForm final : public Frontend {
 public:
  Recognition recognises(std::string_view path, std::string_view head) const override {
    if (head.starts_with("graph \"")) return Recognition::yes;
    return path.ends_with(".alg") ? Recognition::maybe : Recognition::no;
  }

  Result<Graph> read(const ReadRequest& request) const override {
    const auto bytes = FileBytes::open(request.path);
    if (!bytes) return std::unexpected(bytes.error());
    auto graph = parse(bytes->view(), request.path, request.max_region_depth);
    if (!graph && graph.error().fault == Fault::limit && graph.error().what.starts_with("regions"))
      graph.error().fix = raise_limit("max_region_depth");
    if (!graph) return graph;
    if (graph->node_count() > request.max_nodes)
      return fail(Fault::limit, "the graph has more than " + text::grouped(request.max_nodes) + " nodes",
                  request.path, kMoreNodes);
    if (auto fits = verify(*graph); !fits) {
      fits.error().where = request.path + ": " + fits.error().where;
      return std::unexpected(std::move(fits).error());
    }
    if (!request.bindings.empty()) graph = bind(std::move(*graph), request.bindings);
    if (!graph || request.input_shapes.empty()) return graph;
    return infer::with_input_shapes(std::move(*graph), request.input_shapes);
  }
};

}  // namespace

ALIDADE_PLUGIN("alidade", "0.1.0") { plugin.add<TextForm>("text", "The text form of a graph, .alg"); }
