// What a terminal sees of several models.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

/// What the program writes on a terminal that is its standard error.
std::string on_terminal(std::vector<std::string> args) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE((grantpt(terminal) == 0 && unlockpt(terminal) == 0));
  const int side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  args.insert(args.begin(), ALIDADE_BIN);
  std::vector<char*> argv;
  for (auto& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  const pid_t program = fork();
  if (program == 0) {
    dup2(open("/dev/null", O_WRONLY), 1), dup2(side, 2);
    execv(ALIDADE_BIN, argv.data());
    _exit(127);
  }
  close(side);
  std::string out, piece(4096, '\0');
  for (ssize_t got; (got = read(terminal, piece.data(), piece.size())) > 0;)
    out.append(piece, 0, static_cast<std::size_t>(got));
  waitpid(program, nullptr, 0);
  close(terminal);
  return out;
}

}  // namespace

TEST_CASE("a terminal sees how many models are done, and nothing of it stays") {
  const auto said = on_terminal({"estimate", "resnet50", "resnet18", "--on", "l4"});
  CHECK(said.starts_with("\r\033[K0 of 2 models"));
  CHECK(said.ends_with("\r\033[K"));
  CHECK(on_terminal({"estimate", "resnet18", "--on", "l4"}).empty());
  CHECK(run_program(ALIDADE_BIN, {"estimate", "resnet50", "resnet18", "--on", "l4"}).err.empty());
}
