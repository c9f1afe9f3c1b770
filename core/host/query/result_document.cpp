#include "host/query/result_document.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "alidade/sdk/document.hpp"
#include "host/plugins/guard.hpp"

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;

/// Keeps what is written to it as a tree.
class TreeTeller final : public ObjectWriter {
 public:
  void begin_object(std::string_view key) override { open(key, Json::object()); }
  void end_object() override { open_.pop_back(); }
  void begin_array(std::string_view key) override { open(key, Json::array()); }
  void end_array() override { open_.pop_back(); }
  void text(std::string_view key, std::string_view value) override { put(key, Json(std::string(value))); }
  void count(std::string_view key, std::uint64_t value) override { put(key, Json(value)); }
  void integer(std::string_view key, std::int64_t value) override { put(key, Json(value)); }
  void real(std::string_view key, double value) override {
    put(key, std::isfinite(value) ? Json(value) : Json());
  }
  void flag(std::string_view key, bool value) override { put(key, Json(value)); }
  void nothing(std::string_view key) override { put(key, Json()); }
  Json take() { return std::move(root_); }

 private:
  Json& put(std::string_view key, Json value) {
    if (open_.empty()) return root_ = std::move(value);
    auto& at = *open_.back();
    if (at.is_array()) return at.emplace_back(std::move(value));
    return at.get_ref<Json::object_t&>().emplace_back(std::string(key), std::move(value)).second;
  }
  void open(std::string_view key, Json value) { open_.push_back(&put(key, std::move(value))); }

  Json root_;
  std::vector<Json*> open_;
};

}  // namespace

Result<Json> document_of(const ModelRun& model) {
  TreeTeller tree;
  const PluginCall call{model.id, model.path, "its results say what they hold"};
  if (auto ok = guarded(call, [&] { write_document(model, tree); }); !ok)
    return std::unexpected(std::move(ok).error());
  return tree.take();
}

}  // namespace alidade::host::query
