#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libtorch.hpp"
#include "script_archive.hpp"

namespace alidade::torchscript {

/// Where in Python a file's code is from, as the pickles beside the code say; none of it is needed to read a
/// model, so what is broken there is left out.
class Origins {
 public:
  explicit Origins(const ScriptArchive& archive) : archive_(archive) {}
  using PythonLine = std::pair<std::string, int>;  ///< file and line
  [[nodiscard]] std::optional<PythonLine> of(const torch::jit::Node& node);

 private:
  /// From this place in the code on.
  struct Piece {
    std::size_t begin = 0;
    std::optional<PythonLine> from;
  };
  [[nodiscard]] std::vector<Piece> read(const std::string& code) const;

  const ScriptArchive& archive_;
  std::map<std::string, std::vector<Piece>, std::less<>> pieces_;  // by the path of the code
};

}  // namespace alidade::torchscript
