#pragma once
#include <map>
#include <string>
#include <vector>

#include "summary/group.hpp"

namespace alidade::page {

/// Rows of a page that is a summary.
inline constexpr std::size_t kMostGroups = 20'000;

/// Reads a result of any length into one that a page can show: operators become groups, of the kernels the
/// longest stay, and of every other list a part, or nothing where a part would mislead. What that is about is
/// said in `page_summary` of each model.
class Reader final : public nlohmann::json_sax<Json> {
 public:
  /// Valid when the parser has come to the end.
  [[nodiscard]] Json take() { return std::move(root_); }

  bool null() override { return put(nullptr), true; }
  bool boolean(bool value) override { return put(value), true; }
  bool number_integer(number_integer_t value) override { return put(value), true; }
  bool number_unsigned(number_unsigned_t value) override { return put(value), true; }
  bool number_float(number_float_t value, const string_t&) override { return put(value), true; }
  bool string(string_t& value) override { return put(std::move(value)), true; }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override;
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  struct Open {
    Json value;
    std::string path;      ///< of the list or object in its model: "/hardware/kernels"
    std::string key;       ///< of the member that comes next
    std::size_t seen = 0;  ///< elements
  };
  void put(Json value);
  void put_into(Open& list, Json value);
  bool open(Json value);
  bool close();
  void finish_list(Open& list);
  void finish_target(Json& target) const;
  void finish_model(Json& model);
  void keep_longest(Json kernel);

  std::vector<Open> open_;
  std::size_t skipped_ = 0;  ///< how deep in something that is left out
  Json root_;
  Groups groups_{kMostGroups};
  std::vector<Json> kernels_;
  std::map<std::string, std::size_t> lists_;  ///< that are not whole, and how long they were
};

}  // namespace alidade::page
