#pragma once
#include <string>

namespace alidade::tests {

/// The JSON that a page was made of: the text of the element that holds it.
inline std::string result_in(const std::string& page) {
  const std::string lead = "<script type=\"application/json\" id=\"result\">";
  const auto start = page.find(lead) + lead.size();
  return page.substr(start, page.find("</script>", start) - start);
}

}  // namespace alidade::tests
