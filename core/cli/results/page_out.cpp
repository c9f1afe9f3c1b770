#include "cli/results/page_out.hpp"

#include <algorithm>

#include "page.hpp"

namespace alidade::cli {
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

}  // namespace

void write_page(std::string_view json, Sink& out) {
  out.write(page::before_result());
  write_escaped(json, out);
  out.write(page::after_result());
}

}  // namespace alidade::cli
