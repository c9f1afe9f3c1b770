#include "stored_tensors.hpp"

#include <algorithm>

namespace alidade::onnx_file {

ValueId StoredTensors::add(Entry entry) {
  if (entry.place.at) {
    const auto [at, added] = by_place_.try_emplace(entry.place, entries_.size());
    if (!added) {
      Entry& known = entries_[at->second];
      if (entry.is_read && !known.is_read && known.kind != ValueKind::parameter) kind(known.id, entry.kind);
      known.is_read |= entry.is_read;
      return known.id;
    }
  }
  entry.id = builder_.value(entry.kind, entry.name, entry.type);
  if (entry.numbers) builder_.literal(entry.id, *entry.numbers);
  entries_.push_back(std::move(entry));
  return entries_.back().id;
}

StoredTensors::Entry* StoredTensors::find(ValueId id) {
  const auto at = std::ranges::lower_bound(entries_, id.index, {}, [](const Entry& e) { return e.id.index; });
  return at != entries_.end() && at->id == id ? &*at : nullptr;
}

void StoredTensors::kind(ValueId id, ValueKind kind) {
  if (Entry* entry = find(id)) entry->kind = kind;
  builder_.kind(id, kind);
}

void StoredTensors::type(ValueId id, TypeId type) {
  if (Entry* entry = find(id)) entry->type = type;
  builder_.type(id, type);
}

void StoredTensors::cut(std::size_t size) {
  for (std::size_t i = size; i < entries_.size(); ++i)
    if (entries_[i].place.at) by_place_.erase(entries_[i].place);
  entries_.resize(std::min(size, entries_.size()));
}

}  // namespace alidade::onnx_file
