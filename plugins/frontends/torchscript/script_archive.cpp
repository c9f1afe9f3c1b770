#include "script_archive.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "archive/json.hpp"
#include "archive/kind.hpp"
#include "read_failure.hpp"

namespace alidade::torchscript {
namespace {

constexpr const char* kCapture = "capture the model itself: alidade-capture, torch.jit.trace or torch.export";

template <class T>
T held(Result<T> result) {
  if (!result) throw ReadFailure{std::move(result).error()};
  return std::move(*result);
}

/// "FlatBuffer" files of mobile PyTorch carry this four bytes in.
bool is_mobile_buffer(std::string_view head) { return head.size() >= 8 && head.substr(4, 4) == "PTMF"; }

Dtype recorded_dtype(std::string_view name) {
  static constexpr std::pair<std::string_view, Dtype> kNames[] = {
      {"float32", Dtype::f32},  {"float16", Dtype::f16},   {"bfloat16", Dtype::bf16},
      {"float64", Dtype::f64},  {"int64", Dtype::i64},     {"int32", Dtype::i32},
      {"int16", Dtype::i16},    {"int8", Dtype::i8},       {"uint8", Dtype::u8},
      {"bool", Dtype::boolean}, {"complex64", Dtype::c64}, {"complex128", Dtype::c128}};
  for (const auto& [known, dtype] : kNames)
    if (known == name) return dtype;
  return Dtype::unknown;
}

RecordedInput recorded_input(archive::JsonValue entry) {
  RecordedInput input;
  input.name = entry.at("name").text();
  entry.at("shape").each_element([&](archive::JsonValue size) { input.shape.push_back(size.integer()); });
  const auto dtype = entry.find("dtype");
  if (dtype) input.dtype = recorded_dtype(dtype.text());
  if (input.dtype == Dtype::unknown)
    dtype.complain("the element type " + text::quoted(dtype.text()) + " is not one of PyTorch's");
  return input;
}

}  // namespace

ScriptArchive::ScriptArchive(const std::string& path) : source_(path) {
  if (auto ok = source_.open(); !ok) throw ReadFailure{std::move(ok).error()};
  std::string room;
  const auto head = held(source_.read(0, std::min<std::uint64_t>(source_.size(), 64), room));
  if (is_mobile_buffer(head))
    fail_read(Fault::model,
              "this is a PyTorch file for mobile devices, which holds no graph that can be read", path,
              kCapture);
  if (head.starts_with('\x80'))
    fail_read(Fault::model,
              "this is a pickle of torch.save, from before torch 1.6 or of a plain object: it has no graph",
              path, kCapture);
  zip_ = held(archive::ZipArchive::open(source_, path));
  refuse_others();
  for (const auto& entry : zip_->entries())
    if (entry.name.ends_with("/constants.pkl")) root_ = entry.name.substr(0, entry.name.find('/'));
  read_version();
}

void ScriptArchive::refuse_others() const {
  using archive::Kind;
  const auto& path = zip_->file();
  switch (archive::kind_of(*zip_)) {
    case Kind::torchscript:
      return;
    case Kind::exported_program:
      fail_read(Fault::model, "this is a program of torch.export, not TorchScript", path,
                "name it .pt2, or use the dynamo frontend");
    case Kind::bundle:
      fail_read(Fault::model, "this is a bundle of captured graphs, not TorchScript", path,
                "name it .pt2, or use the dynamo frontend");
    case Kind::mobile:
      fail_read(Fault::model,
                "this is a TorchScript file for mobile devices, which holds no graph that can be read", path,
                kCapture);
    case Kind::compiled:
      fail_read(Fault::model, "this archive holds compiled code and no graph", path, kCapture);
    case Kind::pickle:
      refuse_pickle();
    case Kind::other:
      fail_read(Fault::model, "the archive holds no TorchScript: there is no code in it", path, kCapture);
  }
}

/// torch.save of a dictionary of weights, or of a module with its class: the first name in the pickle tells.
void ScriptArchive::refuse_pickle() const {
  std::string room;
  for (const auto& entry : zip_->entries()) {
    if (!entry.name.ends_with("/data.pkl")) continue;
    const auto bytes = held(zip_->contents(entry, kMostText, room));
    const auto protocol = std::min<std::size_t>(2, bytes.size());
    const auto name = bytes.substr(protocol, bytes.find('\n', bytes.find('\n') + 1) - protocol);
    if (!name.starts_with('c') || name == "ccollections\nOrderedDict") continue;
    auto type = std::string(name.substr(1));
    std::ranges::replace(type, '\n', '.');
    fail_read(Fault::model,
              "this is a pickled object of the class " + text::quoted(type.substr(0, 200)) +
                  ", as torch.save(model) writes it: it has weights and the name of a class, and no graph",
              zip_->file(), kCapture);
  }
  fail_read(Fault::model, "this is a state_dict: it has weights and no graph", zip_->file(), kCapture);
}

void ScriptArchive::read_version() {
  auto text = record("version");
  if (!text) text = record(".data/version");
  if (!text) fail_read(Fault::model, "the archive does not say its version", file(), "save the model again");
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), version_);
  if (ec != std::errc() || version_ == 0)
    fail_read(Fault::model,
              "the archive's version is " + text::quoted(text->substr(0, 20)) + ", which is no number",
              file(), "save the model again");
  if (version_ > newest_version())
    fail_read(Fault::model,
              "the file has version " + std::to_string(version_) + ", and " +
                  std::to_string(newest_version()) + " is the newest that this libtorch reads",
              file(), "build with a newer torch, or save the model with an older one");
}

std::optional<std::string> ScriptArchive::record(const std::string& name, std::uint64_t most) const {
  const auto* entry = zip_->find(root_ + "/" + name);
  if (!entry) return std::nullopt;
  std::string room;
  return std::string(held(zip_->contents(*entry, most, room)));
}

std::string ScriptArchive::needed(const std::string& name, std::uint64_t most) const {
  auto bytes = record(name, most);
  if (!bytes)
    fail_read(Fault::model, "the archive lacks its entry " + text::quoted(name), file(),
              "save the model again");
  return std::move(*bytes);
}

std::optional<std::uint64_t> ScriptArchive::size(const std::string& name) const {
  const auto* entry = zip_->find(root_ + "/" + name);
  return entry ? std::optional(entry->size) : std::nullopt;
}

bool ScriptArchive::code_contains(std::string_view words) const {
  for (const auto& entry : zip_->entries())
    if (entry.name.starts_with(root_ + "/code/") && entry.name.ends_with(".py"))
      if (needed(entry.name.substr(root_.size() + 1)).contains(words)) return true;
  return false;
}

std::vector<RecordedInput> ScriptArchive::inputs() const {
  const auto bytes = record("extra/alidade.json");
  std::vector<RecordedInput> inputs;
  if (!bytes) return inputs;
  auto json = held(archive::Json::parse(*bytes, file() + ":extra/alidade.json"));
  if (const auto list = json.root().find("inputs"))
    list.each_element([&](archive::JsonValue entry) { inputs.push_back(recorded_input(entry)); });
  if (json.complaint()) throw ReadFailure{*json.complaint()};
  return inputs;
}

}  // namespace alidade::torchscript
