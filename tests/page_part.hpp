#pragma once
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace alidade::samples {

/// Checks that a page of docs/ holds this text between "<!-- generated: PART -->" and the next "<!-- end
/// -->"; ALIDADE_WRITE_DOCS=1 writes it there.
inline void check_page_part(const std::string& file, const std::string& part, const std::string& text) {
  const std::string path = std::string(ALIDADE_SOURCE_DIR) + "/docs/" + file;
  const std::string opening = "<!-- generated: " + part + " -->\n";
  std::stringstream stored;
  stored << std::ifstream(path).rdbuf();
  const std::string page = stored.str();
  const auto begin = page.find(opening), end = page.find("<!-- end -->", begin);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::string fresh = page.substr(0, begin + opening.size()) + text + page.substr(end);
  if (std::getenv("ALIDADE_WRITE_DOCS") != nullptr)
    std::ofstream(path) << fresh;
  else
    CHECK(fresh == page);
}

}  // namespace alidade::samples
