#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

TEST_CASE("the guide to writing a plugin quotes the example to the letter") {
  const auto guide = read_text(ALIDADE_SOURCE_DIR "/docs/writing_a_plugin.md");
  const std::string example = ALIDADE_SOURCE_DIR "/examples/inhouse_hardware/";
  for (const auto& [file, language] :
       {std::pair{"acme.cpp", "cpp"}, {"CMakeLists.txt", "cmake"}, {"pipeline.toml", "toml"}}) {
    INFO(file);
    CHECK(guide.find("```" + std::string(language) + "\n" + read_text(example + file) + "```\n") !=
          std::string::npos);
  }
}
