// The sections of the file: strings, dialects with the names of their operators, and where each attribute and
// type lies.
#include <fmt/format.h>

#include "alidade/base/text.hpp"
#include "bytecode.hpp"

namespace alidade::stablehlo {
namespace {

constexpr std::string_view kMagic = "ML\xefR";
constexpr std::uint64_t kNewestVersion = 6;
enum SectionId : std::uint8_t { kStrings, kDialects, kData, kOffsets, kBody, kProperties = 8, kSections = 9 };
// What came with which version of the format.
constexpr std::uint64_t kVersionedDialects = 1, kCountedNames = 4, kRegisteredNames = 5;

}  // namespace

bool is_bytecode(std::string_view head) { return head.starts_with(kMagic); }

Bytecode::Bytecode(std::string_view file, const TextLimits& limits) : file_(file), limits_(limits) {
  module_.types.emplace_back(), module_.locations.emplace_back(), module_.values.emplace_back();
  module_.is_bytecode = true;
  budget_ = 100'000 + 4 * file.size();
}

Result<Module> Bytecode::module(const std::string& path) {
  ByteReader all(file_.substr(kMagic.size()), kMagic.size(), damage_);
  version_ = all.number();
  if (version_ > kNewestVersion)
    return fail(Fault::model,
                fmt::format("this is MLIR bytecode of version {}, and versions up to {} are read", version_,
                            kNewestVersion),
                path, "write it for an older version, or as text: str(exported.mlir_module()) in JAX");
  producer_ = all.text();
  std::array<std::optional<ByteReader>, kSections> found;
  while (!all.at_end()) {
    auto next = section(all);
    if (next.id < kSections) found[next.id] = next.data;
  }
  for (const auto needed : {kStrings, kDialects, kData, kOffsets, kBody})
    if (!damage_.found() && !found[needed]) all.wrong("a section is missing: the file is cut short");
  if (!damage_.found()) strings(*found[kStrings]), dialects(*found[kDialects]);
  if (!damage_.found() && found[kProperties]) properties(*found[kProperties]);
  if (!damage_.found()) {
    data_ = found[kData];
    entries(*found[kOffsets]);
    Block top;
    Scope scope;
    block(*found[kBody], top, scope);
    functions(top);
  }
  if (damage_.found())
    return fail(damage_.is_limit ? Fault::limit : Fault::model, damage_.what,
                fmt::format("{}: byte {} of {}", path, damage_.offset, file_.size()),
                damage_.is_limit ? damage_.fix : "get the file again, or export the model again");
  return std::move(module_);
}

/// One byte for what it is and whether it is aligned, its length, its bytes.
Bytecode::Section Bytecode::section(ByteReader& from) {
  const auto id = from.byte();
  const auto size = from.number();
  if ((id & 0x80) != 0) from.align(from.number());
  if ((id & 0x7f) >= kSections)
    from.wrong(fmt::format("a section has the number {}, which is not known", id & 0x7f));
  return {static_cast<std::uint8_t>(id & 0x7f), from.part(size)};
}

/// Lengths from the last to the first, then the texts with a byte 0 each.
void Bytecode::strings(ByteReader data) {
  std::vector<std::uint64_t> sizes(data.count("strings"));
  for (std::size_t i = sizes.size(); i-- > 0;) sizes[i] = data.number();
  for (const auto size : sizes) {
    auto text = data.bytes(size);
    if (!text.empty()) text.remove_suffix(1);
    strings_.push_back(text);
  }
}

std::string_view Bytecode::string(std::uint64_t index, const ByteReader& at) {
  if (index < strings_.size()) return strings_[index];
  damage_.set(fmt::format("string {} is named, and there are {}", index, strings_.size()), at.place());
  return {};
}

void Bytecode::dialects(ByteReader data) {
  const auto count = data.count("dialects");
  for (std::uint64_t i = 0; i < count && !data.at_end(); ++i) {
    const auto name =
        version_ >= kVersionedDialects ? data.flagged() : ByteReader::Flagged{data.number(), false};
    dialects_.push_back(string(name.value, data));
    if (name.flag) (void)section(data);
  }
  operator_names(data);
}

void Bytecode::operator_names(ByteReader& data) {
  if (version_ >= kCountedNames) (void)data.number();
  while (!data.at_end()) {
    const auto dialect = data.number(), count = data.count("names of operators");
    for (std::uint64_t i = 0; i < count && !damage_.found(); ++i) {
      const auto name = version_ >= kRegisteredNames ? data.flagged().value : data.number();
      names_.push_back({dialect, text_name(dialect, string(name, data)), string(name, data)});
    }
  }
}

/// "stablehlo.add" of vhlo's "add_v1".
std::string_view Bytecode::text_name(std::uint64_t dialect, std::string_view name) {
  const auto of = dialect < dialects_.size() ? dialects_[dialect] : std::string_view("?");
  std::string whole = std::string(of) + "." + std::string(name);
  if (of == "vhlo") {
    const auto version = name.rfind("_v");
    const auto base = name.substr(0, version);
    whole = (base == "func" || base == "call" ? "func." : "stablehlo.") + std::string(base);
  }
  return module_.own_texts.emplace_back(std::move(whole));
}

bool Bytecode::is_dialect(const Entry& entry, std::string_view name) const {
  return entry.dialect < dialects_.size() && dialects_[entry.dialect] == name;
}

/// Groups of one dialect each, first all of the attributes, then all of the types; a size for each.
void Bytecode::entries(ByteReader offsets) {
  const auto attributes = offsets.count("attributes"), types = offsets.count("types");
  for (auto* into : {&attributes_, &types_}) {
    const auto wanted = into == &attributes_ ? attributes : types;
    while (into->size() < wanted && !offsets.at_end()) {
      const auto dialect = offsets.number(), count = offsets.count("attributes or types");
      for (std::uint64_t i = 0; i < count && !damage_.found(); ++i) {
        const auto size = offsets.flagged();
        into->push_back({dialect, size.flag, data_->part(size.value)});
      }
    }
  }
  known_types_.resize(types_.size()), known_locations_.resize(attributes_.size());
}

}  // namespace alidade::stablehlo
