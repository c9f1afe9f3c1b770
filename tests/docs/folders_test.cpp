#include <catch2/catch.hpp>

#include <filesystem>

#include "program.hpp"

using namespace alidade::tests;

// The repository stands alone: what the tests read was made on some machine, and says nothing of its folders.

TEST_CASE("no file of the tests names a folder of the machine that made it") {
  const std::string root = ALIDADE_SOURCE_DIR "/tests";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".pyc") continue;
    const auto text = read_text(entry.path());
    for (const std::string folder : {"work", "tmp", "home"})
      if (text.find("/" + folder + "/") != text.npos) FAIL(entry.path() << " names /" << folder << "/");
    ++files;
  }
  CHECK(files > 200);
}
