#include <map>

#include "alidade/base/text.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::string line_of(const ModelRun& model, const Diagnostic& warning) {
  std::string out = std::string(name(warning.severity));
  out += " [" + text::printable(warning.code) + "] " + text::visible(warning.text);
  if (warning.node.valid() && model.graph) out += " (" + text::quoted(model.graph->name(warning.node)) + ")";
  return out;
}

}  // namespace

/// All of them, but of each code no more than the page's `top` unless verbose.
void write_warnings(const ModelRun& model, const View& view, Sink& out) {
  if (model.warnings.empty()) return;
  out.write("\nWarnings:\n");
  std::map<std::string, std::int64_t> shown;
  for (const auto& warning : model.warnings)
    if (++shown[warning.code] <= view.top || view.verbose) out.write("  " + line_of(model, warning) + "\n");
  for (const auto& [code, count] : shown)
    if (count > view.top && !view.verbose)
      out.write("  ... and " + std::to_string(count - view.top) + " more [" + text::printable(code) +
                "] (verbose shows all)\n");
}

}  // namespace alidade::table
