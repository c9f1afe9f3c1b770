#pragma once
#include <string>
#include <unordered_map>

#include "load.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// Where code belongs: its module, and that module's path, "layer1.0.conv1".
struct Location {
  ModuleId module;
  std::string path;
};

/// The module hierarchy of a file: where each object of it stands, and its parameters and buffers as values
/// of the graph, tied ones once.
class Modules {
 public:
  Modules(const LoadedScript& script, aten::GraphDraft& draft, Tensors& tensors);

  /// The module that an object is; `otherwise` for one that is none of the model's own.
  [[nodiscard]] Location location(const c10::ivalue::Object& object, const Location& otherwise);
  /// Makes the weights that an object packs values of the graph; false where it packs none.
  bool take_apart(const c10::intrusive_ptr<c10::ivalue::Object>& object, const std::string& path,
                  bool flat = false);
  /// Whether no weight is left in the attributes: freezing turns them into constants.
  [[nodiscard]] bool empty() const { return weights_ == 0; }

 private:
  struct ModulePlace {
    const c10::ivalue::Object* parent = nullptr;
    std::string path, name, type;
    ModuleId id;
  };
  ModuleId module(ModulePlace& place);
  void enter(const c10::intrusive_ptr<c10::ivalue::Object>& object, const std::string& path);
  void attribute(const c10::ivalue::Object& object, std::size_t slot, const std::string& path);
  void weight(ValueKind kind, const at::Tensor& tensor, const std::string& path);

  const LoadedScript& script_;
  aten::GraphDraft& draft_;
  Tensors& tensors_;
  std::unordered_map<const c10::ivalue::Object*, ModulePlace> places_;
  std::unordered_map<std::string, ValueId> stored_;
  std::size_t weights_ = 0;
};

/// "torchvision.models.resnet.ResNet" for "__torch__.torchvision.models.resnet.___torch_mangle_3.ResNet".
[[nodiscard]] std::string class_name(const c10::ClassType& type);

}  // namespace alidade::torchscript
