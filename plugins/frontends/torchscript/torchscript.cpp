// The frontend for TorchScript. libtorch is opened when a file is read, so listing and planning do without;
// it may crash on a file, so it runs in a worker unless asked otherwise.
#include <dlfcn.h>

#include <algorithm>
#include <cctype>

#include "alidade/base/file.hpp"
#include "alidade/sdk/plugin.hpp"
#include "reader.hpp"

namespace {

using namespace alidade;

bool ends_with(std::string_view path, std::string_view extension) {
  if (path.size() < extension.size()) return false;
  return std::ranges::equal(path.substr(path.size() - extension.size()), extension, {},
                            [](unsigned char c) { return std::tolower(c); });
}

constexpr std::string_view kCode = "/code/__torch__";  // a folder of the archive

/// Whether a zip lists code of TorchScript among its members: at its end, whatever its name. Archives of
/// torch.save and torch.export hold none.
bool lists_code(std::string_view path) {
  constexpr std::size_t kTail = std::size_t{1} << 20;
  const auto file = FileBytes::open(std::string(path), 0);
  if (!file) return false;
  const auto all = file->view();
  return all.substr(all.size() - std::min(all.size(), kTail)).contains(kCode);
}

/// The library over libtorch, in a folder beside this one's file: "torchscript/reader.so".
std::string reader_path() {
  Dl_info own{};
  dladdr(reinterpret_cast<const void*>(&reader_path), &own);
  const std::string path = own.dli_fname ? own.dli_fname : "";
  return path.substr(0, path.rfind('/') + 1) + "torchscript/reader.so";
}

Result<decltype(&alidade_read_script)> open_reader() {
  const auto path = reader_path();
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* read = library ? dlsym(library, "alidade_read_script") : nullptr;
  if (read) return reinterpret_cast<decltype(&alidade_read_script)>(read);
  return fail(Fault::plugin, "libtorch does not load: " + std::string(dlerror()), path,
              "install the torch that the program was built with, or build it again: ./dev setup capture, "
              "./dev build");
}

/// What torch.jit.save writes: traced and scripted modules; weights are not read, only their shapes.
class TorchScript final : public Frontend {
 public:
  static void options(OptionSpec<TorchScript>& o) {
    o.field("measure_runs", &TorchScript::measure_runs_,
            "run the model and its operators on the CPU, so many times; 0: nothing is run")
        .at_most(1e6);
  }
  Recognition recognises(std::string_view path, std::string_view head) const override {
    const bool zip = head.starts_with("PK\3\4");
    const bool named = ends_with(path, ".pt") || ends_with(path, ".pth");
    const bool own = ends_with(path, ".torchscript") || ends_with(path, ".jit");
    const bool nameless = path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;  // a pipe
    if (zip && (own || head.contains(kCode) || lists_code(path))) return Recognition::yes;
    return own || named || (zip && nameless) ? Recognition::maybe : Recognition::no;
  }
  Result<Graph> read(const ReadRequest& request) const override {
    static const auto reader = open_reader();
    if (!reader) return std::unexpected(reader.error());
    std::optional<Result<Graph>> graph;
    (*reader)(request, measure_runs_, graph);
    return std::move(*graph);
  }

 private:
  std::uint32_t measure_runs_ = 0;
};

}  // namespace

ALIDADE_ISOLATED_PLUGIN("alidade", "0.1.0") {
  plugin.add<TorchScript>("torchscript", "PyTorch models from torch.jit: traced and scripted modules");
}
