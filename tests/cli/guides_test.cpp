// What says how the program is used: help with examples, completion, doctor.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

Ran ask(const std::vector<std::string>& words, const std::vector<std::string>& environment = {}) {
  return run_program(ALIDADE_BIN, words, environment);
}

/// The verbs of a help page: the first word of each line below "SUBCOMMANDS:".
std::vector<std::string> verbs_of(const std::string& page) {
  std::vector<std::string> out;
  const auto begin = std::min(page.find("ubcommands:"), page.find("UBCOMMANDS:"));
  std::istringstream lines(begin == page.npos ? "" : page.substr(page.find('\n', begin) + 1));
  for (std::string line; std::getline(lines, line) && line.starts_with("  ");)
    if (line[2] != ' ') out.push_back(line.substr(2, line.find(' ', 2) - 2));
  return out;
}

void check_example(std::vector<std::string> path, std::vector<std::string>& examples) {
  path.emplace_back("--help");
  const auto page = ask(path).out;
  INFO(page);
  path.pop_back();
  const auto below = verbs_of(page);
  for (const auto& verb : below) {
    auto inner = path;
    inner.push_back(verb);
    check_example(inner, examples);
  }
  if (!below.empty()) return;
  const auto at = page.find("\nExample:\n  ");
  REQUIRE(at != page.npos);
  examples.push_back(page.substr(at + 12, page.find('\n', at + 12) - at - 12));
}

}  // namespace

TEST_CASE("every verb has an example in its help, and those that need no file of one's own work") {
  std::vector<std::string> examples;
  check_example({}, examples);
  CHECK(examples.size() >= 24);
  for (const auto& example : examples) {
    const bool own = example.contains(".toml") || example.contains(".json ") || example.contains(".db ") ||
                     example.contains(".so") || example.contains("torchvision:") || example.contains("hf:") ||
                     example.contains(" > ");
    if (own) continue;
    INFO(example);
    CHECK(example.starts_with("alidade "));
    const ScratchFolder folder;  // what an example writes is gone with it
    const auto ran = run_program(
        "/bin/sh", {"-c", "cd '" + (folder / "") + "' && " + std::string(ALIDADE_BIN) + example.substr(7)});
    INFO(ran.err);
    CHECK(ran.code == 0);
  }
}

TEST_CASE("help of a verb is what --help prints") {
  CHECK(ask({"help", "profile"}).out == ask({"profile", "--help"}).out);
  CHECK(ask({"help", "hardware", "show"}).out == ask({"hardware", "show", "--help"}).out);
  CHECK(ask({"help"}).out == ask({"--help"}).out);
  const auto wrong = ask({"help", "hardware", "shwo"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err ==
        "error: 'alidade hardware' has no verb 'shwo' (did you mean 'show'?)\n  fix: see 'alidade hardware "
        "--help'\n");
}

TEST_CASE("bash completes verbs, flags, choices and models from the script") {
  const ScratchFolder folder;
  write_text(folder / "script", ask({"completion", "bash"}).out);
  const auto offered = [&](const std::string& words, int at) {
    return run_program("/bin/bash",
                       {"-c", ". " + (folder / "script") + "; COMP_WORDS=(" + words +
                                  "); COMP_CWORD=" + std::to_string(at) + "; _alidade; echo ${COMPREPLY[*]}"})
        .out;
  };
  CHECK(offered("alidade prof", 1) == "profile\n");
  CHECK(offered("alidade hardware s", 2) == "show\n");
  CHECK(offered("alidade profile --conv", 2) == "--convention\n");
  CHECK(offered("alidade estimate resnet18 --form", 3) == "--format\n");
  CHECK(offered("alidade estimate resnet18 --format js", 4) == "json\n");
  CHECK(offered("alidade compare resnet18 resnet5", 3) == "resnet50\n");
  CHECK(offered("alidade completion zs", 2) == "zsh\n");
  CHECK(offered("alidade hardware show --plug", 3) == "--plugin-path\n");
}

TEST_CASE("each shell's script knows every flag that help lists") {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto script = ask({"completion", shell}).out;
    for (const std::string flag : {"fail-above", "convention", "references", "with-origin", "kind", "limit"})
      CHECK(script.contains(shell == "fish" ? " -l " + flag + " " : "--" + flag));
  }
  const auto wrong = ask({"completion", "tcsh"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err == "error: SHELL: tcsh not in {bash,zsh,fish}\n  fix: see 'alidade completion --help'\n");
}

TEST_CASE("doctor says what there is, and what is missing and how to get it") {
  const auto good = ask({"doctor"});
  CHECK(good.out.starts_with("alidade "));
  CHECK(good.out.contains("\n  ok       data       "));
  CHECK(good.out.contains("\n  ok       plugins    "));
  CHECK(good.out.contains("\n  ok       temporary  "));
  const auto bad = ask({"doctor"}, {"TMPDIR=/nowhere/at/all"});
  CHECK(bad.code == 1);
  CHECK(
      bad.out.contains("  missing  temporary  /nowhere/at/all cannot be written\n"
                       "           fix: set TMPDIR to a folder that can be written\n"));
  const ScratchFolder folder;
  write_text(folder / "alidade-capture", "#!/bin/sh\n");
  std::filesystem::permissions(folder / "alidade-capture", std::filesystem::perms::owner_all);
  CHECK(ask({"doctor"}, {"ALIDADE_CAPTURE=" + (folder / "alidade-capture")})
            .out.contains("\n  ok       capture    " + (folder / "alidade-capture") + "\n"));
  write_text(folder / "broken.so", "no library");
  const auto refused = ask({"doctor"}, {"ALIDADE_PLUGIN_PATH=" + (folder / "")});
  CHECK(refused.code == 1);
  CHECK(refused.out.contains("\n  missing  plugin     "));
  const ScratchFolder notes;
  write_text(notes / "lost.missing", "install what it needs\n");
  const auto lost = ask({"doctor"}, {"ALIDADE_PLUGIN_PATH=" + (notes / "")});
  CHECK(lost.code == 1);
  CHECK(
      lost.out.contains("\n  missing  plugin     this build left lost.so out\n"
                        "           fix: install what it needs\n"));
}

namespace {

/// What is between two lines of troff that begin with ".S".
std::string part_of(const std::string& page, const std::string& head) {
  const auto at = page.find(head + "\n");
  return at == page.npos ? "" : page.substr(at, page.find("\n.S", at + 1) - at);
}

/// As troff writes a word: a minus that can be copied.
std::string in_troff(std::string word) {
  for (auto at = word.find('-'); at != word.npos; at = word.find('-', at + 2)) word.insert(at, "\\");
  return word;
}

}  // namespace

TEST_CASE("the page of the manual has every verb with every flag of its help") {
  const auto manual = ask({"help", "--man"}).out;
  CHECK(manual.starts_with(".TH alidade 1 \"\" \"alidade "));
  CHECK(manual.contains("\n.SH EXIT STATUS\n"));
  for (const std::string verb : {"profile", "sweep", "compare", "place", "test"}) {
    const auto part = part_of(manual, ".SS alidade " + verb);
    std::istringstream lines(ask({verb, "--help"}).out);
    int flags = 0;
    for (std::string line; std::getline(lines, line);)
      if (const auto at = line.find("--"); line.starts_with("  -") && at != line.npos) {
        const auto flag = line.substr(at, line.find_first_of(" ,=", at) - at);
        INFO(verb << " " << flag << "\n" << part);
        CHECK(part.contains("\\fB" + in_troff(flag) + "\\fR"));
        ++flags;
      }
    CHECK(flags > 3);
    CHECK(part.contains("\nExample:\n  alidade " + verb));
  }
}

TEST_CASE("a verb has a page of the manual of its own") {
  const auto page = ask({"help", "--man", "hardware", "show"}).out;
  CHECK(page.starts_with(".TH alidade\\-hardware\\-show 1 "));
  CHECK(page.contains("\n.SH SYNOPSIS\n\\fBalidade hardware show\\fR [OPTIONS]\n"));
  CHECK(page.contains("\n.SH EXAMPLE\n"));
}
