#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace alidade {

/// The types an option can have in a pipeline file.
using OptionValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                                 std::vector<double>, std::vector<std::string>>;
using OptionValues = std::vector<std::pair<std::string, OptionValue>>;

/// One declared option: enough to parse, check, document and put into a schema.
struct OptionInfo {
  std::string name, doc, unit;
  OptionValue fallback;              ///< the default, and the type
  std::optional<double> low, high;   ///< allowed range of numbers
  bool low_open = false;             ///< low itself is not allowed
  std::vector<std::string> choices;  ///< allowed words; empty: any
};

/// Refinements of the option declared last, chained: `.above(0).unit("GB/s")`.
class OptionRefiner {
 public:
  explicit OptionRefiner(OptionInfo& info) : info_(info) {}
  OptionRefiner& above(double x) { return info_.low = x, info_.low_open = true, *this; }
  OptionRefiner& at_least(double x) { return info_.low = x, *this; }
  OptionRefiner& at_most(double x) { return info_.high = x, *this; }
  OptionRefiner& unit(std::string u) { return info_.unit = std::move(u), *this; }
  OptionRefiner& choices(std::vector<std::string> words) { return info_.choices = std::move(words), *this; }

 private:
  OptionInfo& info_;
};

/// Collects the options of component T: each is a name, a member and one line of doc. Defaults come from T{}.
template <class T>
class OptionSpec {
 public:
  template <class M>
  OptionRefiner field(std::string name, M T::* member, std::string doc) {
    const T prototype{};
    infos_.push_back({std::move(name), std::move(doc), {}, widen(prototype.*member), {}, {}, false, {}});
    setters_.push_back(
        [member](T& t, const OptionValue& v) { t.*member = static_cast<M>(std::get<Wide<M>>(v)); });
    return OptionRefiner(infos_.back());
  }
  /// An enumerator chosen by word.
  template <class E>
  void choice(std::string name, E T::* member, std::vector<std::pair<std::string, E>> words,
              std::string doc) {
    const T prototype{};
    OptionInfo info{std::move(name), std::move(doc), {}, std::string{}, {}, {}, false, {}};
    for (const auto& [word, value] : words) {
      info.choices.push_back(word);
      if (value == prototype.*member) info.fallback = word;
    }
    infos_.push_back(std::move(info));
    setters_.push_back([member, words = std::move(words)](T& t, const OptionValue& v) {
      for (const auto& [word, value] : words)
        if (word == std::get<std::string>(v)) t.*member = value;
    });
  }
  [[nodiscard]] const std::vector<OptionInfo>& infos() const { return infos_; }
  /// Values have been checked against infos() by the host.
  void apply(T& component, const OptionValues& values) const {
    for (const auto& [name, value] : values)
      for (std::size_t i = 0; i < infos_.size(); ++i)
        if (infos_[i].name == name) setters_[i](component, value);
  }

 private:
  template <class M>
  using Wide =
      std::conditional_t<std::is_same_v<M, bool>, bool,
                         std::conditional_t<std::is_integral_v<M>, std::int64_t,
                                            std::conditional_t<std::is_floating_point_v<M>, double, M>>>;
  template <class M>
  static OptionValue widen(const M& m) {
    return OptionValue(static_cast<Wide<M>>(m));
  }

  std::vector<OptionInfo> infos_;
  std::vector<std::function<void(T&, const OptionValue&)>> setters_;
};

}  // namespace alidade
