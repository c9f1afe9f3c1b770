#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include <string>
#include <vector>

#include "scratch_folder.hpp"

namespace alidade::tests {

/// How a program ended and what it wrote. `code` is its exit status, or -1 when a signal ended it.
struct Ran {
  int code = -1;
  std::string out, err;
};

/// Runs a program with these arguments and further environment variables ("NAME=value"), in the working
/// directory; `input` is the file that it reads as standard input.
inline Ran run_program(const std::string& path, std::vector<std::string> arguments,
                       const std::vector<std::string>& environment = {},
                       const std::string& input = "/dev/null") {
  ScratchFolder folder;
  const auto out = folder / "out", err = folder / "err";
  arguments.insert(arguments.begin(), path);
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    for (const auto& variable : environment) putenv(const_cast<char*>(variable.c_str()));
    dup2(open(input.c_str(), O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2);
    execv(path.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(out), read_text(err)};
}

}  // namespace alidade::tests
