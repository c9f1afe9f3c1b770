#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "program.hpp"

using namespace alidade::tests;

// What the README and the pages of docs/ show is what the program prints: every ```console block is run, from
// the project's folder. ALIDADE_WRITE_DOCS=1 writes it anew.

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();  // CSV lines end as RFC 4180 says
    lines.push_back(line);
  }
  return lines;
}

/// As a shell would split them: what stands between single quotes is one word.
std::vector<std::string> words(const std::string& command) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char c : command) {
    if (c == '\'')
      quoted = !quoted;
    else if (c == ' ' && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

/// What the program prints, standard output before standard error, with the build folder's name as the README
/// has it.
std::vector<std::string> printed(const std::string& command) {
  auto arguments = words(command);
  REQUIRE(arguments.at(0) == "./dev");
  arguments.erase(arguments.begin(), arguments.begin() + (arguments.at(1) == "alidade" ? 2 : 1));
  if (arguments == std::vector<std::string>{"run"}) arguments.push_back("config/quickstart.toml");
  const auto ran = run_program(ALIDADE_BIN, arguments, {"ALIDADE_COMMAND=./dev alidade"});
  std::string text = ran.out + ran.err;
  const auto build =
      std::filesystem::path(ALIDADE_BUILD_DIR).lexically_proximate(ALIDADE_SOURCE_DIR).string();
  for (auto at = text.find(build); at != std::string::npos; at = text.find(build, at + 1))
    text.replace(at, build.size(), "build/release");
  return lines_of(text);
}

/// Leaves out what stands before the line that a block begins with after its own "...".
void begin_at(std::vector<std::string>& lines, const std::string& first) {
  const auto found = std::find(lines.begin(), lines.end(), first);
  INFO("a block of the README begins with " << first);
  REQUIRE(found != lines.end());
  lines.erase(lines.begin(), found);
  lines.insert(lines.begin(), "...");
}

/// The README with every ```console block run anew. A block that ends in "..." shows as many lines as before;
/// one that begins with "..." begins with the line after it.
std::vector<std::string> run_anew(const std::vector<std::string>& readme) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < readme.size(); ++i) {
    out.push_back(readme[i]);
    if (readme[i] != "```console") continue;
    const auto end = static_cast<std::size_t>(
        std::find(readme.begin() + static_cast<long>(i), readme.end(), "```") - readme.begin());
    REQUIRE(readme.at(i + 1).starts_with("$ "));
    out.push_back(readme[i + 1]);
    auto lines = printed(readme[i + 1].substr(2));
    if (readme[i + 2] == "...") begin_at(lines, readme[i + 3]);
    if (readme[end - 1] == "...") {
      const auto kept = end - i - 3;
      REQUIRE(lines.size() > kept);
      lines.resize(kept), lines.emplace_back("...");
    }
    out.insert(out.end(), lines.begin(), lines.end());
    i = end - 1;
  }
  return out;
}

/// The README, and every page of docs/.
std::vector<std::string> pages() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator("docs"))
    if (entry.path().extension() == ".md") out.push_back(entry.path().string());
  std::ranges::sort(out);
  out.insert(out.begin(), "README.md");
  return out;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

}  // namespace

TEST_CASE("every example of the README and of the pages prints what they show") {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(ALIDADE_SOURCE_DIR);
  std::ptrdiff_t blocks = 0;
  for (const auto& page : pages()) {
    INFO(page);
    const auto shown = lines_of(read_text(page));
    const auto own = std::count(shown.begin(), shown.end(), "```console");
    if (own == 0) continue;
    blocks += own;
    const auto now = run_anew(shown);
    if (std::getenv("ALIDADE_WRITE_DOCS")) write_text(page, text_of(now));
    CHECK(now == shown);
  }
  CHECK(blocks >= 20);
  std::filesystem::current_path(before);
}
