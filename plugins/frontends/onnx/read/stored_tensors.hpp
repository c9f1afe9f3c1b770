#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alidade/ir/builder.hpp"

namespace alidade::onnx_file {

/// Where the file has a tensor; `part` tells apart what the graph makes several values of.
struct Place {
  const void* at = nullptr;  ///< null: the file does not have it
  int part = 0;
  bool operator==(const Place&) const = default;
};

/// Of what lies at these bytes.
[[nodiscard]] inline Place place_of(std::string_view bytes) {
  Place place;
  place.at = bytes.data();
  return place;
}

/// What the graph has of the tensors that the file stores: each once, however often it is read.
class StoredTensors {
 public:
  struct Entry {
    ValueKind kind;
    std::string name;
    TypeId type;
    Place place;
    std::optional<std::vector<std::int64_t>> numbers = {};  ///< of a small table of integers
    bool is_read = true;                                    ///< false: no operator of the graph has it
    ValueId id{};
  };
  explicit StoredTensors(GraphBuilder& builder) : builder_(builder) {}

  /// The value of a tensor, made when its place is met first. The first that reads it says what kind it is.
  ValueId add(Entry entry);
  void kind(ValueId id, ValueKind kind);
  void type(ValueId id, TypeId type);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::vector<Entry> since(std::size_t first) const {
    return {entries_.begin() + static_cast<std::ptrdiff_t>(first), entries_.end()};
  }
  /// Keeps the first ones; the builder takes the values of the others away.
  void cut(std::size_t size);

 private:
  struct PlaceHash {
    std::size_t operator()(const Place& p) const {
      return std::hash<const void*>{}(p.at) + static_cast<std::size_t>(p.part);
    }
  };
  Entry* find(ValueId id);

  GraphBuilder& builder_;
  std::vector<Entry> entries_;  // ids ascend
  std::unordered_map<Place, std::size_t, PlaceHash> by_place_;
};

}  // namespace alidade::onnx_file
