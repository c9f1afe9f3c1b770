#include "stablehlo_frontend.hpp"

#include <algorithm>
#include <limits>

#include "alidade/base/file.hpp"
#include "alidade/infer/input_shapes.hpp"
#include "bytecode/bytecode.hpp"
#include "map/reading.hpp"
#include "text/parser.hpp"

namespace alidade {
namespace {

bool has_extension(std::string_view path) { return path.ends_with(".mlir") || path.ends_with(".stablehlo"); }

/// What the first lines of such a file hold.
bool is_text_of_dialect(std::string_view head) {
  return head.contains("stablehlo.") || head.contains("mhlo.") || head.contains("func.func");
}

Result<void> refuse_other_formats(std::string_view text, const std::string& path) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max())
    return fail(Fault::limit, "the file is larger than 4 GiB", path,
                "write the module without its large constants");
  if (!stablehlo::is_bytecode(text) && text.find('\0') != std::string_view::npos)
    return fail(Fault::model,
                "the file is no text, for it holds a byte 0, and it does not begin as MLIR bytecode does",
                path);
  return {};
}

Result<stablehlo::Module> module_of(std::string_view text, const ReadRequest& request) {
  const stablehlo::TextLimits limits{request.max_nodes, request.max_region_depth};
  if (stablehlo::is_bytecode(text)) return stablehlo::Bytecode(text, limits).module(request.path);
  return stablehlo::Parser(text, limits).module(request.path);
}

}  // namespace

void StablehloFrontend::options(OptionSpec<StablehloFrontend>& o) {
  o.field("function", &StablehloFrontend::function_,
          "the function that is the model; main, or the first public one, unless given");
  o.field("parameters", &StablehloFrontend::parameters_,
          "arguments that are parameters, by name; * and ? stand for parts of it");
  o.field("buffers", &StablehloFrontend::buffers_, "arguments that are stored but not trained, by name");
}

Recognition StablehloFrontend::recognises(std::string_view path, std::string_view head) const {
  if (stablehlo::is_bytecode(head)) return Recognition::yes;
  if (has_extension(path)) return is_text_of_dialect(head) ? Recognition::yes : Recognition::maybe;
  return head.contains("stablehlo.") && head.contains("func") ? Recognition::maybe : Recognition::no;
}

Result<Graph> StablehloFrontend::read(const ReadRequest& request) const {
  auto file = FileBytes::open(request.path);
  if (!file) return std::unexpected(std::move(file).error());
  return read_text(file->view(), request, {function_, parameters_, buffers_});
}

Result<Graph> StablehloFrontend::read_text(std::string_view text, const ReadRequest& request,
                                           const StablehloOptions& options) {
  if (auto ok = refuse_other_formats(text, request.path); !ok) return std::unexpected(std::move(ok).error());
  const auto module = module_of(text, request);
  if (!module) return std::unexpected(module.error());
  stablehlo::Reading reading(*module, text, request, options, request.bindings);
  auto graph = reading.graph();
  if (!graph || request.input_shapes.empty()) return graph;
  return infer::with_input_shapes(std::move(*graph), request.input_shapes);
}

}  // namespace alidade
