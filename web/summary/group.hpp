#pragma once
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace alidade::page {

using Json = nlohmann::ordered_json;

/// A sum of figures, of which each may have no upper bound.
struct Sum {
  std::uint64_t least = 0;
  std::optional<std::uint64_t> most = 0;
};

/// Operators of one type in one module, as one layer of a result: figures are sums.
struct Group {
  std::string module, type;
  Json first = nullptr;     ///< the first operator
  std::uint64_t count = 0;  ///< of operators
  std::vector<Sum> figures = {};
  bool conditional = false, folded = true, same_type = true;
  std::string certainty = "exact";
  std::set<std::uint32_t> reads = {};  ///< groups whose results it reads

  void add(const Json& layer);
  void merge(const Group& other);
  [[nodiscard]] std::string name() const;
  /// `place` is that of the group among the layers.
  [[nodiscard]] Json layer(std::uint32_t place) const;
};

/// The operators of a model, summed by module and type: as deep into the modules as there is room for.
class Groups {
 public:
  /// No more than `most` are there after settle(), unless there are more types than that.
  explicit Groups(std::size_t most) : most_(most) {}
  void add(const Json& layer);
  /// Puts groups together that are deeper in the modules than there is room for.
  void settle();
  [[nodiscard]] bool empty() const { return of_layer_.empty(); }
  [[nodiscard]] std::uint64_t operators() const { return of_layer_.size(); }
  [[nodiscard]] Json layers() const;
  /// Sums of a number that every operator has; null where one of a group is null.
  [[nodiscard]] Json sums(const Json& of_layers) const;
  /// What most of a group's time has: `words` by `of_layers`, a time for each operator.
  [[nodiscard]] Json heaviest(const Json& words, const Json& of_layers) const;
  /// The names of the groups of these operators, each once.
  [[nodiscard]] Json names(const Json& operators) const;

 private:
  std::uint32_t place(const std::string& module, const std::string& type);

  std::size_t most_;
  std::size_t depth_ = std::string::npos;  ///< of modules that are told apart
  std::vector<Group> groups_;
  std::vector<std::uint32_t> of_layer_;                       ///< by the operator's place
  std::unordered_map<std::string, std::uint32_t> places_;     ///< by module and type
  std::unordered_map<std::size_t, std::uint32_t> makers_;     ///< by the hash of a tensor's name
  std::unordered_map<std::size_t, std::uint32_t> operators_;  ///< by the hash of an operator's name
};

}  // namespace alidade::page
