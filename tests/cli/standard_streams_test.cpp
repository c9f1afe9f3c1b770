// Standard output that is closed, full, or whose reader has left.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

/// The exit code of the program in a line of shell, whose standard error is kept.
Ran shell(const std::string& line) { return run_program("/bin/sh", {"-c", ALIDADE_BIN " " + line}); }

}  // namespace

TEST_CASE("a result that cannot be written is exit 6, whatever the verb") {
  const ScratchFolder folder;
  write_text(folder / "a.alg",
             "graph \"a\" {\n  input %x : f32[4]\n  %y = relu(%x) : f32[4]\n  return %y\n}\n");
  write_text(folder / "p.toml", "[[model]]\npath = \"a.alg\"\n[[report]]\nuse = \"table\"\n");
  const auto model = folder / "a.alg", pipeline = folder / "p.toml";
  for (const std::string& verb : std::vector<std::string>{
           "--help", "profile --help", "version", "models", "schema", "plugins path",
           "plugins describe table", "profile " + model, "inspect " + model, "query " + model + " true",
           "compare " + model + " " + model, "explain " + model + " --node y", "test " + model,
           "run " + pipeline, "validate " + pipeline, "plan " + pipeline, "config " + pipeline}) {
    INFO(verb);
    const auto closed = shell(verb + " >&-");
    CHECK(closed.code == 6);
    CHECK(closed.err == "error: cannot write standard output: it is closed\n");
    const auto full = shell(verb + " > /dev/full");
    CHECK(full.code == 6);
    CHECK(full.err.starts_with("error: cannot write standard output: no space left\n"));
  }
}

TEST_CASE("no verb ends by a signal where nobody reads what it says") {
  // the reader closes its end and says so; then the program begins
  for (const std::string verb : {"--help", "models", "profile nothing 2>&1"}) {
    INFO(verb);
    const auto ran = run_program("/bin/bash", {"-c", "(read go < <(sleep 0.1); exec " ALIDADE_BIN " " + verb +
                                                         ") | exec 0<&-; exit ${PIPESTATUS[0]}"});
    CHECK(ran.code == (verb.starts_with("profile") ? 2 : 0));
  }
}

TEST_CASE("standard input that is closed is told") {
  const auto ran = shell("profile - <&-");
  CHECK(ran.code == 2);
  CHECK(ran.err.find("cannot read standard input: Bad file descriptor") != std::string::npos);
}
