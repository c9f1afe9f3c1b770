// The frontend for .pt2 archives of torch.export, and for bundles of them; it needs no libtorch.
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

/// Whether the first bytes of a zip name a member that only such archives and bundles of them have; torch.jit
/// writes no archive_format.
bool holds_program(std::string_view head) {
  return head.contains("alidade_bundle.json") || head.contains("/archive_format") ||
         head.contains("serialized_exported_program.json");
}

/// What torch.export.save writes, and bundles of such files; weights are left alone, pickles never read.
class Dynamo final : public Frontend {
 public:
  static void options(OptionSpec<Dynamo>& o) {
    o.field("partition", &Dynamo::partition_,
            "the one partition of a bundle to read, counted from 0; -1 reads all as one graph")
        .at_least(-1);
  }
  Recognition recognises(std::string_view path, std::string_view head) const override {
    const bool zip = head.starts_with("PK\3\4"), named = ends_with(path, ".pt2");
    if (zip && (named || holds_program(head))) return Recognition::yes;
    return named || (zip && ends_with(path, ".pt")) ? Recognition::maybe : Recognition::no;
  }
  Result<Graph> read(const ReadRequest& request) const override {
    return dynamo::read_archive(request, partition_);
  }

 private:
  std::int64_t partition_ = -1;
};

}  // namespace

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<Dynamo>("dynamo", "PyTorch models from torch.export: .pt2 archives and bundles of them");
}
