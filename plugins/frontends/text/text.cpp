// Reads the text form of a graph (docs/text_form.md): what tests are written in, and what `inspect --text`
// prints.

#include "alidade/base/file.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/sdk/plugin.hpp"

namespace {

using namespace alidade;

/// The text form as a model format. Shapes are taken as written; bindings fill symbols.
class TextForm final : public Frontend {
 public:
  Recognition recognises(std::string_view path, std::string_view head) const override {
    if (head.starts_with("graph \"")) return Recognition::yes;
    return path.ends_with(".alg") ? Recognition::maybe : Recognition::no;
  }

  Result<Graph> read(const ReadRequest& request) const override {
    if (!request.input_shapes.empty())
      return fail(Fault::config, "a graph in text form states its shapes; an input shape cannot be given",
                  request.path, "bind its symbols with --bind instead");
    const auto bytes = FileBytes::open(request.path);
    if (!bytes) return std::unexpected(bytes.error());
    auto graph = parse(bytes->view(), request.path);
    if (!graph) return graph;
    if (auto fits = verify(*graph); !fits) {
      fits.error().where = request.path + ": " + fits.error().where;
      return std::unexpected(std::move(fits).error());
    }
    return request.bindings.empty() ? std::move(graph) : bind(std::move(*graph), request.bindings);
  }
};

}  // namespace

ALIDADE_PLUGIN("alidade", "0.1.0") { plugin.add<TextForm>("text", "The text form of a graph, .alg"); }
