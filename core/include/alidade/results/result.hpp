#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/object_writer.hpp"
#include "alidade/ir/diagnostic.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

/// Identifies a result type across libraries: same name and version, same struct. Version 0 is of results
/// that have no struct of their own and can only be written.
struct ResultKey {
  std::string_view name;
  std::uint32_t version = 1;
  bool operator==(const ResultKey&) const = default;
};

/// What can write itself as the members of an object.
template <class R>
concept WritableResult = requires(const R& r, const Graph& g, ObjectWriter& t) { r.write(g, t); };

/// A result: a struct with `static constexpr ResultKey key` that can write itself. A member
/// `std::vector<Diagnostic> warnings` reaches every report.
template <class R>
concept ResultType = WritableResult<R> && requires {
  { R::key } -> std::convertible_to<ResultKey>;
};

/// One result with its type erased; owns it. Its code lives in the plugin that made it, which is never
/// unloaded. Results of one kind are told apart by their ids: a target's estimate has that of the target.
class AnyResult {
 public:
  template <ResultType R>
  explicit AnyResult(R result, std::string id = {}) : AnyResult(R::key, std::move(result), std::move(id)) {}
  /// One without a struct of its own: `name` outlives it.
  template <WritableResult R>
  [[nodiscard]] static AnyResult named(std::string_view name, R result) {
    return AnyResult(ResultKey{name, 0}, std::move(result), {});
  }
  [[nodiscard]] ResultKey key() const { return key_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  void write(const Graph& graph, ObjectWriter& writer) const { write_(held_.get(), graph, writer); }
  [[nodiscard]] std::span<const Diagnostic> warnings() const {
    return warnings_ ? warnings_(held_.get()) : std::span<const Diagnostic>{};
  }
  template <ResultType R>
  [[nodiscard]] const R* as() const {
    return R::key == key_ ? static_cast<const R*>(held_.get()) : nullptr;
  }

 private:
  template <WritableResult R>
  AnyResult(ResultKey key, R result, std::string id)
      : key_(key),
        id_(std::move(id)),
        held_(new R(std::move(result)), [](void* p) { delete static_cast<R*>(p); }) {
    write_ = [](const void* p, const Graph& g, ObjectWriter& t) { static_cast<const R*>(p)->write(g, t); };
    if constexpr (requires(R& r) { std::span<const Diagnostic>(r.warnings); })
      warnings_ = [](const void* p) {
        return std::span<const Diagnostic>(static_cast<const R*>(p)->warnings);
      };
  }

  ResultKey key_;
  std::string id_;
  std::unique_ptr<void, void (*)(void*)> held_;
  void (*write_)(const void*, const Graph&, ObjectWriter&) = nullptr;
  std::span<const Diagnostic> (*warnings_)(const void*) = nullptr;
};

/// The results of one model, in the order of the plan.
class ResultSet {
 public:
  void add(AnyResult result) { results_.push_back(std::move(result)); }
  [[nodiscard]] const AnyResult* find(ResultKey key) const {
    for (const auto& r : results_)
      if (r.key() == key) return &r;
    return nullptr;
  }
  [[nodiscard]] const AnyResult* find(ResultKey key, std::string_view id) const {
    for (const auto& r : results_)
      if (r.key() == key && r.id() == id) return &r;
    return nullptr;
  }
  template <ResultType R>
  [[nodiscard]] const R* get() const {
    const auto* found = find(R::key);
    return found ? found->template as<R>() : nullptr;
  }
  template <ResultType R>
  [[nodiscard]] const R* get(std::string_view id) const {
    const auto* found = find(R::key, id);
    return found ? found->template as<R>() : nullptr;
  }
  /// Every result of one kind: the estimates of all targets.
  template <ResultType R>
  [[nodiscard]] std::vector<const R*> all_of() const {
    std::vector<const R*> out;
    for (const auto& r : results_)
      if (const R* one = r.template as<R>()) out.push_back(one);
    return out;
  }
  [[nodiscard]] std::span<const AnyResult> all() const { return results_; }

 private:
  std::vector<AnyResult> results_;
};

}  // namespace alidade
