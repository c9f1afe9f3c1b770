#include "origins.hpp"

#include <torch/csrc/jit/serialization/pickle.h>

#include <algorithm>
#include <charconv>

#include "pickle_claims.hpp"

namespace alidade::torchscript {
namespace {

using PythonLine = Origins::PythonLine;

constexpr std::string_view kTables = "FORMAT_WITH_STRING_TABLE";  // of torch 1.12 and later

std::string after_packages(const std::string& file) {
  constexpr std::string_view kFolder = "/site-packages/";
  const auto at = file.rfind(kFolder);
  return at == file.npos ? file : file.substr(at + kFolder.size());
}

/// The first line of a trace of Python's calls, which traced code has in place of a file: "net.py(28):
/// forward".
std::optional<PythonLine> first_call(const std::string& trace) {
  const auto open = trace.find('('), close = trace.find("): ");
  if (open == trace.npos || close == trace.npos || close < open) return std::nullopt;
  int line = 0;
  const auto read = std::from_chars(trace.data() + open + 1, trace.data() + close, line);
  if (read.ec != std::errc() || read.ptr != trace.data() + close) return std::nullopt;
  return PythonLine(after_packages(trace.substr(0, open)), line);
}

/// A range is ((lines of its text, its file, the file's first line), where it begins in the text, where it
/// ends); lines and file are numbers of the table.
std::optional<PythonLine> line_of(const c10::IValue& range, c10::ArrayRef<c10::IValue> table) {
  const auto& parts = range.toTupleRef().elements();
  const auto& source = parts.at(0).toTupleRef().elements();
  std::string text;
  for (const c10::IValue& line : source.at(0).toListRef())
    text += table.at(static_cast<std::size_t>(line.toInt())).toStringRef();
  const auto begin = std::min(text.size(), static_cast<std::size_t>(parts.at(1).toInt()));
  const auto file = table.at(static_cast<std::size_t>(source.at(1).toInt())).toStringRef();
  if (file.empty()) return first_call(text.substr(begin));
  const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  return PythonLine(after_packages(file), static_cast<int>(source.at(2).toInt() + lines));
}

}  // namespace

std::vector<Origins::Piece> Origins::read(const std::string& code) const {
  const auto bytes = archive_.record(code + ".debug_pkl");
  if (!bytes || unfounded_claim(*bytes)) return {};
  std::vector<Piece> out;
  try {
    const auto whole = torch::jit::unpickle(bytes->data(), bytes->size());
    const auto& parts = whole.toTupleRef().elements();
    if (parts.size() != 3 || !parts[0].isString() || parts[0].toStringRef() != kTables) return {};
    const auto& table = parts[1].toTupleRef().elements();
    for (const c10::IValue& row : parts[2].toTupleRef().elements()) {
      const auto& cells = row.toTupleRef().elements();
      out.push_back({static_cast<std::size_t>(cells.at(0).toInt()), line_of(cells.at(1), table)});
    }
  } catch (const std::exception&) {
    return {};
  }
  std::ranges::stable_sort(out, {}, &Piece::begin);
  return out;
}

std::optional<PythonLine> Origins::of(const torch::jit::Node& node) {
  const auto range = node.sourceRange();
  if (!range.source() || !range.source()->filename()) return std::nullopt;
  const auto& code = *range.source()->filename();
  auto known = pieces_.find(code);
  if (known == pieces_.end()) known = pieces_.emplace(code, read(code)).first;
  const auto behind = std::ranges::upper_bound(known->second, range.start(), {}, &Piece::begin);
  return behind == known->second.begin() ? std::nullopt : std::prev(behind)->from;
}

}  // namespace alidade::torchscript
