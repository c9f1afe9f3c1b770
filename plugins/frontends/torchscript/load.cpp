#include "load.hpp"

#include <algorithm>
#include <sstream>

#include "drawn.hpp"
#include "pickle_claims.hpp"
#include "read_failure.hpp"

namespace alidade::torchscript {
namespace {

/// Constants up to this size keep their numbers: shapes may be computed from them.
constexpr std::uint64_t kSmall = 1 << 10;

void keep(void*) {}

/// Whether there are objects of libtorch's own classes: it packs quantised weights into them as it reads.
bool packs(const ScriptArchive& archive) {
  return archive.needed("data.pkl").contains("__torch__.torch.classes.") ||
         archive.needed("constants.pkl").contains("__torch__.torch.classes.");
}

}  // namespace

std::uint64_t newest_version() { return caffe2::serialize::kMaxSupportedFileFormatVersion; }

LoadedScript::LoadedScript(const ScriptArchive& archive, Elements elements)
    : archive_(archive),
      elements_(elements),
      unit_(std::make_shared<torch::jit::CompilationUnit>()),
      runs_code_(archive.code_contains("def __setstate__(") || packs(archive)),
      importer_(
          unit_, &constants_, [this](const std::string& qualifier) { return source(qualifier); },
          archive.version()) {
  read_constants();
  const auto root = unpickled("data");
  if (!root.isModule())
    fail_read(Fault::model, "the archive's data.pkl holds no module", archive_.file(),
              "save the model again");
  strip(root.toObjectRef());
  module_.emplace(root.toObject());
  read_traced();
}

void LoadedScript::read_constants() {
  const auto table = unpickled("constants");
  if (!table.isTuple())
    fail_read(Fault::model, "the archive's constants.pkl holds no tuple", archive_.file(),
              "save the model again");
  const auto& elements = table.toTupleRef().elements();
  constants_.assign(elements.begin(), elements.end());
  for (auto& constant : constants_) {
    if (constant.isTensor()) check(constant.toTensor());
    constant = settled(constant);
  }
}

/// A pickle may claim more elements than its entry has.
void LoadedScript::check(const at::Tensor& constant) const {
  const auto known = read_.find(constant.storage().data_ptr().get());
  if (known != read_.end() && known->second < constant.storage().nbytes())
    fail_read(Fault::model, "a constant has fewer bytes than it claims", archive_.file(),
              "save the model again");
}

void LoadedScript::read_traced() {
  if (!archive_.size("traced_inputs.pkl")) return;
  const auto methods = unpickled("traced_inputs");
  if (!methods.isGenericDict()) return;
  for (const auto& method : methods.toGenericDict())
    if (method.key().isString() && method.key().toStringRef() == "forward" && method.value().isList())
      for (const c10::IValue& argument : method.value().toListRef()) traced_.push_back(settled(argument));
}

std::shared_ptr<torch::jit::Source> LoadedScript::source(const std::string& qualifier) {
  auto path = "code/" + qualifier;
  std::ranges::replace(path, '.', '/');
  const auto text = archive_.record(path + ".py");
  return text ? std::make_shared<torch::jit::Source>(*text, path + ".py", 1) : nullptr;
}

/// Where the elements of a tensor would be: nowhere, unless they are few, asked for, or code needs them.
at::DataPtr LoadedScript::storage(const std::string& part, const std::string& key) {
  const auto entry = part + "/" + key;
  const auto size = archive_.size(entry);
  const bool wanted = (runs_code_ && part != "traced_inputs") ||
                      (part == "constants" && size && *size <= kSmall) ||
                      (elements_ == Elements::in_memory && size && part != "traced_inputs");
  if (!wanted) return {nullptr, &keys_.emplace_back(key), &keep, c10::DeviceType::CPU};
  const auto bytes = archive_.needed(entry, ScriptArchive::kMostElements);
  auto data = c10::GetAllocator(c10::kCPU)->allocate(bytes.size());
  std::ranges::copy(bytes, static_cast<char*>(data.get()));
  read_[data.get()] = bytes.size();
  return data;
}

c10::IValue LoadedScript::unpickled(const std::string& part) {
  const auto bytes = archive_.needed(part + ".pkl");
  if (const auto claim = unfounded_claim(bytes))
    fail_read(Fault::model, "the pickle " + part + ".pkl is broken: it holds " + *claim, archive_.file(),
              "save the model again");
  std::size_t at = 0;
  const auto read = [&](char* to, std::size_t size) {
    if (at == bytes.size())
      fail_read(Fault::model, "the pickle " + part + ".pkl ends in the middle", archive_.file(),
                "save the model again");
    const auto n = std::min(size, bytes.size() - at);
    std::copy_n(bytes.data() + at, n, to);
    at += n;
    return n;
  };
  const auto type = [this](const c10::QualifiedName& name) {
    return c10::StrongTypePtr(unit_, importer_.loadType(name));
  };
  const auto data = [&](const std::string& key) { return storage(part, key); };
  torch::jit::Unpickler unpickler(read, type, &torch::jit::ObjLoaderFunc, data, at::kCPU);
  unpickler.set_version(archive_.version());
  return unpickler.parse_ivalue();
}

/// Tensors that point nowhere, as storage() made them, become tensors of the meta device, or drawn ones, each
/// once.
at::Tensor LoadedScript::settled(const at::Tensor& tensor) {
  const auto& elements = tensor.storage().data_ptr();
  const bool in_memory = elements_ == Elements::in_memory;
  if (tensor.is_meta() || (elements.get() && (in_memory || read_[elements.get()] <= kSmall))) return tensor;
  auto& [before, after] = stripped_[tensor.unsafeGetTensorImpl()];
  if (after.defined()) return after;
  before = tensor;
  if (in_memory) return after = drawn(tensor);
  const auto on_meta = tensor.options().device(at::kMeta);
  after = tensor.is_quantized() ? at::empty(tensor.sizes(), on_meta)
                                : at::empty_strided(tensor.sizes(), tensor.strides(), on_meta);
  if (elements.get_context() && !elements.get()) {
    std::ostringstream name;
    name << *static_cast<const std::string*>(elements.get_context()) << ' ' << tensor.storage_offset()
         << tensor.sizes() << tensor.strides() << tensor.scalar_type();
    stored_[after.unsafeGetTensorImpl()] = std::move(name).str();
  }
  return after;
}

c10::IValue LoadedScript::settled(const c10::IValue& value) {
  if (value.isTensor() && value.toTensor().defined()) return settled(value.toTensor());
  if (value.isObject()) strip(value.toObjectRef());
  if (value.isTuple()) {
    std::vector<c10::IValue> elements;
    for (const auto& element : value.toTupleRef().elements()) elements.push_back(settled(element));
    return c10::ivalue::Tuple::create(std::move(elements));
  }
  if (value.isGenericDict())
    for (const auto& entry : value.toGenericDict()) entry.setValue(settled(entry.value()));
  if (value.isTensorList() ||
      (value.isList() && !value.isIntList() && !value.isDoubleList() && !value.isBoolList())) {
    auto list = value.toList();
    for (std::size_t i = 0; i < list.size(); ++i) list.set(i, settled(list.get(i)));
  }
  return value;
}

void LoadedScript::strip(c10::ivalue::Object& object) {
  if (!objects_.insert(&object).second) return;
  for (std::size_t slot = 0; slot < object.slots().size(); ++slot)
    object.setSlot(slot, settled(object.getSlot(slot)));
}

std::string LoadedScript::stored_as(const at::Tensor& weight) const {
  const auto found = stored_.find(weight.unsafeGetTensorImpl());
  return found == stored_.end() ? std::string() : found->second;
}

}  // namespace alidade::torchscript
