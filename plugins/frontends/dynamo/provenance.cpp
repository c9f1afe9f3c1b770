#include "provenance.hpp"

#include <charconv>

#include "archive/json_string.hpp"
#include "aten/module_name.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::string_view kNowhere = "_empty_nn_module_stack";
constexpr std::size_t kMostParts = 256;

/// One frame of a Python stack trace as it stands in the JSON text, its quotes still escaped.
struct Frame {
  std::string_view file;
  int line = 0;
};

/// The last frame before `end`, and where it begins.
std::size_t frame_before(std::string_view trace, std::size_t end, Frame& frame) {
  constexpr std::string_view kFile = "File \\\"", kLine = "\\\", line ";
  const auto at = end == 0 ? std::string_view::npos : trace.rfind(kFile, end - 1);
  if (at == std::string_view::npos) return at;
  const auto path = at + kFile.size(), quote = trace.find(kLine, path);
  if (quote == std::string_view::npos) return std::string_view::npos;
  frame.file = trace.substr(path, quote - path);
  std::from_chars(trace.data() + quote + kLine.size(), trace.data() + trace.size(), frame.line);
  return at;
}

/// Code of PyTorch itself, or code that it generated.
bool in_torch(std::string_view file) {
  return file.contains("/site-packages/torch/") || file.contains("/dist-packages/torch/") ||
         file.contains("/torch/nn/modules/") || file.contains("/torch/nn/functional.py") ||
         file.starts_with("<");
}

/// The innermost frame outside of PyTorch; the innermost one of all where there is none.
Frame meant(std::string_view trace) {
  Frame last, one;
  for (auto at = frame_before(trace, trace.size(), one); at != std::string_view::npos;
       at = frame_before(trace, at, one)) {
    if (!in_torch(one.file)) return one;
    if (last.file.empty()) last = one;
  }
  return last;
}

std::string_view after_packages(std::string_view file) {
  for (const std::string_view folder : {"/site-packages/", "/dist-packages/"})
    if (const auto at = file.rfind(folder); at != std::string_view::npos)
      return file.substr(at + folder.size());
  return file;
}

/// The comma after the key of "key,path,class"; those of a slice within the key have a space after them.
std::size_t end_of_key(std::string_view entry) {
  auto comma = entry.find(',');
  while (comma != std::string_view::npos && entry.substr(comma + 1).starts_with(' '))
    comma = entry.find(',', comma + 1);
  return comma;
}

}  // namespace

void Provenance::within(ModuleId root, std::string_view captured) {
  root_ = root, captured_ = path(root, captured, {});
  modules_.clear();
}

ModuleId Provenance::path(ModuleId from, std::string_view dotted, std::string_view type) {
  ModuleId at = from;
  for (std::size_t i = 0; i < kMostParts && !dotted.empty(); ++i) {
    const auto dot = dotted.find('.');
    const bool last = dot == std::string_view::npos;
    at = builder_.child(at, dotted.substr(0, dot), last ? type : std::string_view{});
    dotted.remove_prefix(last ? dotted.size() : dot + 1);
  }
  return at;
}

/// "key,path,class;key,path,class", the outermost first.
ModuleId Provenance::module(JsonValue metadata) {
  const auto stack = metadata ? metadata.find("nn_module_stack") : JsonValue{};
  if (!stack) return {};
  const auto [known, added] = modules_.try_emplace(stack.raw());
  if (!added) return known->second;
  auto rest = stack.text();
  for (std::size_t i = 0; i < kMostParts && !rest.empty(); ++i) {
    const auto entry = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    const auto first = end_of_key(entry), last = entry.rfind(',');
    if (first >= last || last == std::string_view::npos || entry.starts_with(kNowhere)) continue;
    known->second =
        path(captured_, aten::plain_path(entry.substr(first + 1, last - first - 1)), entry.substr(last + 1));
  }
  return known->second;
}

SourceId Provenance::source(JsonValue metadata) {
  const auto trace = metadata ? metadata.find("stack_trace") : JsonValue{};
  if (!trace) return {};
  const auto [known, added] = sources_.try_emplace(trace.raw());
  if (!added) return known->second;
  const auto frame = meant(trace.raw());
  if (!frame.file.empty())
    known->second = builder_.source(archive::unescaped(after_packages(frame.file)), frame.line);
  return known->second;
}

ModuleId Provenance::owner(std::string_view weight) {
  const auto dot = weight.rfind('.');
  return dot == std::string_view::npos ? ModuleId()
                                       : path(root_, aten::plain_path(weight.substr(0, dot)), {});
}

}  // namespace alidade::dynamo
