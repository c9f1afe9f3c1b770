#pragma once
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "scratch_folder.hpp"

namespace alidade::tests {

/// An empty working directory for one test, so that files in messages have short names.
class PipelineCase {
 public:
  PipelineCase() { std::filesystem::current_path(folder_ / ""); }
  PipelineCase(const PipelineCase&) = delete;
  PipelineCase& operator=(const PipelineCase&) = delete;
  ~PipelineCase() { std::filesystem::current_path(before_); }

  /// Writes a file, with the folders above it.
  void file(const std::string& name, std::string_view text = {}) {
    const auto above = std::filesystem::path(name).parent_path();
    if (!above.empty()) std::filesystem::create_directories(above);
    write_text(name, text);
  }
  /// Reads pipeline.toml, or other files, as the program would; keeps the mistakes.
  host::Config read(std::vector<std::string> sets = {}, std::vector<std::string> files = {"pipeline.toml"}) {
    mistakes.clear();
    return host::read_config({std::move(files), std::move(sets)}, mistakes);
  }
  /// What a person sees who reads pipeline.toml with this text.
  std::string complaint(std::string_view text, std::vector<std::string> sets = {}) {
    file("pipeline.toml", text);
    read(std::move(sets));
    return host::to_text(mistakes);
  }
  std::vector<host::Mistake> mistakes;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
  ScratchFolder folder_;
};

/// A variable of the environment for one scope.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

}  // namespace alidade::tests
