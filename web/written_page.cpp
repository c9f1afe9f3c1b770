#include "written_page.hpp"

#include <algorithm>
#include <string>

#include "alidade/sdk/document.hpp"
#include "page.hpp"
#include "summary/reader.hpp"

namespace alidade::page {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Without the blanks between the parts, block by block. A '<' stands only inside of JSON's strings, where
/// \u003c is the same.
void write_compact(std::string_view json, Sink& out) {
  constexpr std::size_t kBlock = 1 << 18;
  std::string block;
  block.reserve(std::min(json.size(), 2 * kBlock));
  std::size_t done = 0;
  const auto take_until = [&](std::size_t end) {
    block.append(json, done, end - done);
    done = end + 1;
    if (block.size() >= kBlock) out.write(block), block.clear();
  };
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<')
      take_until(i), block += "\\u003c";
    else if (c == '"')
      in_text = !in_text;
    else if (c == '\\')
      ++i;  // what it stands before is no end of the text
    else if (!in_text && is_blank(c))
      take_until(i);
  }
  take_until(json.size());
  out.write(block);
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
