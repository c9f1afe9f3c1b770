#include "written_page.hpp"

#include <algorithm>

#include "alidade/sdk/document.hpp"
#include "page.hpp"
#include "summary/reader.hpp"

namespace alidade::page {
namespace {

/// A '<' stands only inside of JSON's strings, where \u003c is the same.
void write_escaped(std::string_view json, Sink& out) {
  for (std::size_t done = 0; done < json.size();) {
    const auto next = std::min(json.find('<', done), json.size());
    out.write(json.substr(done, next - done));
    if (next < json.size()) out.write("\\u003c");
    done = next + 1;
  }
}

void write_whole(std::string_view json, Sink& out) {
  out.write(before_result());
  write_escaped(json, out);
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
