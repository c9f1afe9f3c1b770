// The frontend for TorchScript; libtorch is loaded with it, so it runs in a worker unless asked otherwise.
#include <algorithm>
#include <cctype>

#include "alidade/sdk/plugin.hpp"
#include "reader.hpp"

namespace {

using namespace alidade;

bool ends_with(std::string_view path, std::string_view extension) {
  if (path.size() < extension.size()) return false;
  return std::ranges::equal(path.substr(path.size() - extension.size()), extension, {},
                            [](unsigned char c) { return std::tolower(c); });
}

/// What torch.jit.save writes: traced and scripted modules; weights are not read, only their shapes.
class TorchScript final : public Frontend {
 public:
  Recognition recognises(std::string_view path, std::string_view head) const override {
    const bool zip = head.starts_with("PK\3\4");
    const bool named = ends_with(path, ".torchscript") || ends_with(path, ".pt") || ends_with(path, ".pth");
    if (zip && (head.contains("/code/__torch__") || ends_with(path, ".torchscript"))) return Recognition::yes;
    return named ? Recognition::maybe : Recognition::no;
  }
  Result<Graph> read(const ReadRequest& request) const override { return torchscript::read_script(request); }
};

}  // namespace

ALIDADE_ISOLATED_PLUGIN("alidade", "0.1.0") {
  plugin.add<TorchScript>("torchscript", "PyTorch models from torch.jit: traced and scripted modules");
}
