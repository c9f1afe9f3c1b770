#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace alidade {

/// Numbers by name: `peak_tflops = { f32 = 66.9, bf16 = 989.4 }`.
using NumberTable = std::map<std::string, double, std::less<>>;
/// The types an option can have in a pipeline file.
using OptionValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                                 std::vector<double>, std::vector<std::string>, NumberTable>;
using OptionValues = std::vector<std::pair<std::string, OptionValue>>;

/// One declared option: enough to parse, check, document and put into a schema.
struct OptionInfo {
  std::string name, doc, unit;
  OptionValue fallback;              ///< the default, and the type
  std::optional<double> low, high;   ///< allowed range of numbers
  bool low_open = false;             ///< low itself is not allowed
  std::vector<std::string> choices;  ///< allowed words, of a table its keys; empty: any
  std::vector<std::string> one_of;   ///< keys of which a table has at least one; empty: none is needed
  bool required = false;             ///< the default is no more than an example: an entry has to state it
  bool unset = false;                ///< there is none by default; `fallback` says the type alone
};

/// Refinements of the option declared last, chained: `.above(0).unit("GB/s")`.
class OptionRefiner {
 public:
  explicit OptionRefiner(OptionInfo& info) : info_(info) {}
  OptionRefiner& above(double x) { return info_.low = x, info_.low_open = true, *this; }
  OptionRefiner& at_least(double x) { return info_.low = x, *this; }
  OptionRefiner& at_most(double x) { return info_.high = x, *this; }
  /// There is no default that would be right for somebody else: a device's bandwidth.
  OptionRefiner& required() { return info_.required = true, *this; }
  OptionRefiner& unit(std::string u) { return info_.unit = std::move(u), *this; }
  OptionRefiner& choices(std::vector<std::string> words) { return info_.choices = std::move(words), *this; }
  /// A table says nothing without one of these keys.
  OptionRefiner& needs_one_of(std::vector<std::string> keys) { return info_.one_of = std::move(keys), *this; }

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
    auto& info = infos_.emplace_back();
    info.name = std::move(name), info.doc = std::move(doc), info.fallback = widen(prototype.*member);
    info.unset = is_unset(prototype.*member);
    if constexpr (std::is_integral_v<M> && !std::is_same_v<M, bool> && !std::is_same_v<M, std::int64_t>) {
      info.low = static_cast<double>(std::numeric_limits<M>::lowest());  // what the member can hold
      if constexpr (sizeof(M) < sizeof(std::int64_t))
        info.high = static_cast<double>(std::numeric_limits<M>::max());
    }
    setters_.push_back(
        [member](T& t, const OptionValue& v) { t.*member = static_cast<M>(std::get<Wide<M>>(v)); });
    return OptionRefiner(infos_.back());
  }
  /// An enumerator chosen by word.
  template <class E>
  void choice(std::string name, E T::* member, std::vector<std::pair<std::string, E>> words,
              std::string doc) {
    const T prototype{};
    OptionInfo info;
    info.name = std::move(name), info.doc = std::move(doc), info.fallback = std::string{};
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
  static constexpr bool kIsOptional = std::is_same_v<M, std::optional<double>>;
  template <class M>
  using Wide = std::conditional_t<
      std::is_same_v<M, bool>, bool,
      std::conditional_t<std::is_integral_v<M>, std::int64_t,
                         std::conditional_t<std::is_floating_point_v<M> || kIsOptional<M>, double, M>>>;
  template <class M>
  static bool is_unset(const M& m) {
    if constexpr (kIsOptional<M>)
      return !m;
    else
      return false;
  }
  template <class M>
  static OptionValue widen(const M& m) {
    if constexpr (kIsOptional<M>)
      return OptionValue(m.value_or(0));
    else
      return OptionValue(static_cast<Wide<M>>(m));
  }

  std::vector<OptionInfo> infos_;
  std::vector<std::function<void(T&, const OptionValue&)>> setters_;
};

}  // namespace alidade
