#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libtorch.hpp"
#include "script_archive.hpp"

namespace alidade::torchscript {

/// Whether tensors have elements: those of the file, or drawn where it has none.
enum class Elements : bool { none, in_memory };

/// A module of torch.jit.save in memory: its code compiled. Without elements its weights are on the meta
/// device, never read, and small constants have their numbers.
class LoadedScript {
 public:
  explicit LoadedScript(const ScriptArchive& archive, Elements elements = Elements::none);
  [[nodiscard]] const torch::jit::Module& module() const { return *module_; }
  /// The arguments that the model was traced with, on the meta device; none where the file does not say.
  [[nodiscard]] const std::vector<c10::IValue>& traced() const { return traced_; }
  /// Which tensor of the file a weight is: its storage, the place in it, its shape. Empty where that is not
  /// known.
  [[nodiscard]] std::string stored_as(const at::Tensor& weight) const;

 private:
  c10::IValue unpickled(const std::string& part);
  at::DataPtr storage(const std::string& part, const std::string& key);
  std::shared_ptr<torch::jit::Source> source(const std::string& qualifier);
  c10::IValue settled(const c10::IValue& value);
  at::Tensor settled(const at::Tensor& tensor);
  void strip(c10::ivalue::Object& object);
  void read_constants();
  void check(const at::Tensor& constant) const;
  void read_traced();

  const ScriptArchive& archive_;
  Elements elements_;
  std::shared_ptr<torch::jit::CompilationUnit> unit_;
  bool runs_code_ = false;  ///< whether loading runs code of the file, which then needs the weights
  std::deque<std::string> keys_;
  std::unordered_map<const void*, std::size_t> read_;  ///< bytes behind each storage that was read
  /// What became of each tensor without elements in memory.
  struct Stripped {
    at::Tensor before, after;
  };
  std::unordered_map<const void*, Stripped> stripped_;
  std::unordered_map<const void*, std::string> stored_;
  std::unordered_set<const void*> objects_;
  std::vector<c10::IValue> constants_, traced_;
  torch::jit::SourceImporter importer_;
  std::optional<torch::jit::Module> module_;
};

}  // namespace alidade::torchscript
