#include "modules.hpp"

#include "aten/module_name.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

/// A linear layer keeps its packed weights in a module of their own, which nobody calls.
std::string owner_of_packed(std::string path) {
  constexpr std::string_view kInner = "_packed_params";
  if (path.ends_with(kInner)) path.resize(path.size() - kInner.size());
  if (path.ends_with('.')) path.pop_back();
  return path;
}

}  // namespace

std::string class_name(const c10::ClassType& type) {
  if (!type.name()) return {};
  std::string plain;
  for (const auto& atom : type.name()->atoms())
    if (atom != "__torch__" && !atom.starts_with("___torch_mangle_"))
      plain += (plain.empty() ? "" : ".") + atom;
  return plain;
}

Modules::Modules(const LoadedScript& script, aten::GraphDraft& draft, Tensors& tensors)
    : script_(script), draft_(draft), tensors_(tensors) {
  const auto& root = script.module();
  places_[root._ivalue().get()].id = ModuleId(0);
  enter(root._ivalue(), {});
}

void Modules::enter(const c10::intrusive_ptr<c10::ivalue::Object>& object, const std::string& path) {
  const auto& type = *object->type();
  for (std::size_t slot = 0; slot < type.numAttributes(); ++slot) {
    const auto& value = object->getSlot(slot);
    const auto& name = type.getAttributeName(slot);
    const auto within = path.empty() ? path : path + ".";
    if (!value.isObject()) {
      attribute(*object, slot, within + name);
      continue;
    }
    const auto child = value.toObject();
    const bool plain_name = name == "_packed_params" || name == "_packed_weight" || name == "param";
    if (take_apart(child, owner_of_packed(plain_name ? path : within + name),
                   class_name(type).ends_with("1d")))
      continue;
    const auto [place, added] = places_.try_emplace(child.get());
    if (!added) continue;
    const auto plain = aten::plain_path(name);
    place->second = {object.get(), within + plain, plain, class_name(*child->type()), {}};
    enter(child, within + plain);
  }
}

void Modules::attribute(const c10::ivalue::Object& object, std::size_t slot, const std::string& path) {
  const auto& type = *object.type();
  const bool module = type.is_module();
  const auto kind = module && type.is_parameter(slot) ? ValueKind::parameter
                    : module && type.is_buffer(slot)  ? ValueKind::buffer
                                                      : ValueKind::constant;
  const auto& value = object.getSlot(slot);
  if (value.isTensor()) {
    if (value.toTensor().defined()) weight(kind, value.toTensor(), path);
    return;
  }
  std::size_t number = 0;
  each_tensor(value, [&](const at::Tensor& t) { weight(kind, t, path + "." + std::to_string(number++)); });
}

void Modules::weight(ValueKind kind, const at::Tensor& tensor, const std::string& path) {
  const auto stored = script_.stored_as(tensor);
  const auto twin = stored_.find(stored);
  if (tensors_.knows(tensor)) return;
  if (kind == ValueKind::parameter) ++weights_;
  const bool tied = !stored.empty() && twin != stored_.end();
  const auto value = tied ? twin->second : draft_.value(kind, path, tensors_.type(tensor));
  if (!tied) stored_[stored] = value;
  tensors_.define(tensor, value);
}

ModuleId Modules::module(ModulePlace& place) {
  if (place.id.valid()) return place.id;
  ModuleId at = module(places_.at(place.parent));
  std::string_view rest = place.name;  // of several steps where it was mangled
  for (auto dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
    at = draft_.builder.child(at, rest.substr(0, dot));
    rest.remove_prefix(dot + 1);
  }
  return place.id = draft_.builder.child(at, rest, place.type);
}

Location Modules::location(const c10::ivalue::Object& object, const Location& otherwise) {
  const auto found = places_.find(&object);
  return found == places_.end() ? otherwise : Location{module(found->second), found->second.path};
}

bool Modules::take_apart(const c10::intrusive_ptr<c10::ivalue::Object>& object, const std::string& path,
                         bool flat) {
  if (tensors_.parts(object)) return true;
  auto parts = unpacked(object, flat);
  if (!parts) return false;
  for (const auto& [name, value] : *parts) {
    const bool read_only = name.ends_with("_scales") || name.ends_with("_zero_points");
    if (value.isTensor())
      weight(read_only ? ValueKind::buffer : ValueKind::parameter, value.toTensor(),
             path + (path.empty() ? "" : ".") + name);
  }
  tensors_.hold(*object, std::move(*parts));
  return true;
}

}  // namespace alidade::torchscript
