#include "cli/command_line/python_program.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "alidade/base/text.hpp"
#include "cli/output/messages.hpp"
#include "host/output/standard_output.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

namespace fs = std::filesystem;

/// The words that this program was started with.
std::vector<std::string> own_words() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
  return words;
}

std::string variable_of(const std::string& name) {
  std::string out;
  for (const char c : name)
    out += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

bool is_program(const fs::path& path) {
  std::error_code none;
  return fs::is_regular_file(path, none) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string python_program(const std::string& name) {
  if (const char* named = std::getenv(variable_of(name).c_str()); named && *named) return named;
  std::error_code none;
  if (const auto beside = fs::read_symlink("/proc/self/exe", none).parent_path() / name; is_program(beside))
    return beside.string();
  const char* path = std::getenv("PATH");
  for (const auto& folder : text::split(path ? path : "", ':'))
    if (const auto there = fs::path(folder) / name; !folder.empty() && is_program(there))
      return there.string();
  return {};
}

int become_python_program(const std::string& name, const std::string& what, const std::string& extra) {
  auto words = own_words();
  auto program = python_program(name);
  std::vector<char*> pointers{program.data()};
  for (std::size_t i = 1; i < words.size(); ++i) pointers.push_back(words[i].data());
  pointers.push_back(nullptr);
  ::dup2(host::standard_output(), STDOUT_FILENO);  // its results are this program's
  ::execv(program.c_str(), pointers.data());
  say(Error{Fault::config,
            what + " is part of the Python package, and there is no program " + name,
            {},
            "pip install 'alidade[" + extra + "]', or set " + variable_of(name) + " to where it is"});
  return host::exit_code(Fault::config);
}

}  // namespace alidade::cli
