#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/dtype.hpp"
#include "archive/zip.hpp"

namespace alidade::torchscript {

/// An input as whoever captured the model wrote it down: "x", [1, 3, 224, 224], f32.
struct RecordedInput {
  std::string name;
  std::vector<std::int64_t> shape;
  Dtype dtype = Dtype::f32;
};

/// The archive of torch.jit.save, kept apart from everything else that is called .pt before libtorch sees it.
/// Every entry that is asked for is checked and bounded; what is wrong stops the reading.
class ScriptArchive {
 public:
  explicit ScriptArchive(const std::string& path);

  [[nodiscard]] const std::string& file() const { return zip_->file(); }
  [[nodiscard]] const std::string& name() const { return root_; }  ///< the archive's own folder, "resnet18"
  [[nodiscard]] std::uint64_t version() const { return version_; }
  static constexpr std::uint64_t kMostText = std::uint64_t{64} << 20;  ///< of code, or of a pickle
  static constexpr std::uint64_t kMostElements = std::uint64_t{4} << 30;
  /// The bytes of "data.pkl", "code/__torch__.py"; nothing when there are none.
  [[nodiscard]] std::optional<std::string> record(const std::string& name,
                                                  std::uint64_t most = kMostText) const;
  [[nodiscard]] std::string needed(const std::string& name, std::uint64_t most = kMostText) const;
  /// How many bytes an entry has; nothing is read.
  [[nodiscard]] std::optional<std::uint64_t> size(const std::string& name) const;
  [[nodiscard]] bool code_contains(std::string_view words) const;
  /// What extra/alidade.json says of the inputs; empty when there is none.
  [[nodiscard]] std::vector<RecordedInput> inputs() const;

 private:
  void refuse_others() const;
  [[noreturn]] void refuse_pickle() const;
  void read_version();

  archive::FileSource source_;
  std::optional<archive::ZipArchive> zip_;
  std::string root_;
  std::uint64_t version_ = 0;
};

/// The newest file version that the library behind this plugin reads.
[[nodiscard]] std::uint64_t newest_version();

}  // namespace alidade::torchscript
