#include "written_page.hpp"

#include <string>

#include "alidade/sdk/document.hpp"
#include "page.hpp"
#include "summary/reader.hpp"

namespace alidade::page {
namespace {

constexpr std::size_t kPiece = 1 << 16;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Without the blanks between the parts. A '<' stands only inside of JSON's strings, where \u003c is the same.
void write_compact(std::string_view json, Sink& out) {
  std::string piece;
  bool in_text = false, escaped = false;
  for (const char c : json) {
    if (c == '<')
      piece += "\\u003c";
    else if (in_text || !is_blank(c))
      piece += c;
    if (c == '"' && !escaped) in_text = !in_text;
    escaped = in_text && c == '\\' && !escaped;
    if (piece.size() >= kPiece) out.write(piece), piece.clear();
  }
  out.write(piece);
}

void write_whole(std::string_view json, Sink& out) {
  out.write(before_result());
  write_compact(json, out);
  out.write(after_result());
}

}  // namespace

Result<void> write(std::string_view json, Sink& out, Extent extent) {
  if (extent == Extent::whole || (extent == Extent::fitting && json.size() <= kMostBytes))
    return write_whole(json, out), Result<void>();
  Reader reader;
  const bool read = Json::sax_parse(json, &reader);
  const auto document = reader.take();
  if (!read || !document.is_object() || document.value("schema", "") != kResultSchema)
    return fail(Fault::config,
                "this is no result of Alidade: expected JSON with \"schema\": \"alidade.result/1\"", {},
                "write one with --format json");
  write_whole(document.dump(-1, ' ', false, Json::error_handler_t::replace), out);
  return {};
}

}  // namespace alidade::page
