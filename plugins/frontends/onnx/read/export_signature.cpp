#include "export_signature.hpp"

#include <algorithm>
#include <array>

namespace alidade::onnx_file {
namespace {

constexpr std::array kKinds{Text("PARAMETER"), Text("BUFFER"), Text("CONSTANT_TENSOR")};

/// The next text in quotation marks of either kind, as Python writes it, and what stands before it.
struct Quoted {
  Text before, text;
};
bool next_quoted(Text& rest, Quoted& found) {
  const auto open = rest.find_first_of("'\"");
  if (open == Text::npos) return false;
  const auto close = rest.find(rest[open], open + 1);
  if (close == Text::npos) return false;
  found = {rest.substr(0, open), rest.substr(open + 1, close - open - 1)};
  rest.remove_prefix(close + 1);
  return true;
}

/// The kind that is named last.
Text last_kind(Text text) {
  Text last;
  std::size_t at = 0;
  for (const Text kind : kKinds)
    if (const auto found = text.rfind(kind); found != Text::npos && (last.empty() || found > at))
      last = kind, at = found;
  return last;
}

}  // namespace

ExportSignature::ExportSignature(const GraphView& graph) {
  if (graph.signature.empty()) return;
  for (const auto& t : graph.initializers) stored_.insert(t.name);
  read(graph.signature);
}

/// A line each, "p_w: PARAMETER target='w'", or one long list of InputSpec(kind=<InputKind.PARAMETER: 2>,
/// ..., target='w').
void ExportSignature::read(Text signature) {
  Text last;
  for (Quoted q; next_quoted(signature, q);) {
    if (const Text kind = last_kind(q.before); !kind.empty()) last = kind;
    if (!q.before.ends_with("target=") || last.empty()) continue;
    kinds_.try_emplace(q.text, last);
    names_parameters_ |= last == "PARAMETER";
    last = {};
  }
}

Text ExportSignature::kind(Text name) const {
  const auto at = kinds_.find(name);
  return at == kinds_.end() ? Text() : at->second;
}

Text ExportSignature::folded_kind(Text from) const {
  if (kinds_.empty()) return {};
  Text made = "CONSTANT_TENSOR";
  for (Quoted q; next_quoted(from, q);) {
    const Text source = kind(q.text);
    if (source == "PARAMETER" && !stored_.contains(q.text)) return source;
    if (source == "BUFFER" || source == "PARAMETER") made = "BUFFER";
  }
  return made;
}

}  // namespace alidade::onnx_file
