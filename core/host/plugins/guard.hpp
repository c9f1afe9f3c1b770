#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "plugins.hpp"
#include "process_state.hpp"
#include "timing.hpp"

namespace alidade::host {

/// Who is called and what for, in the words of a sentence: component "acme.npu" of acme.so, "estimating
/// 'conv1'".
struct PluginCall {
  std::string_view component, library, doing;
};
/// The call into a plugin that this thread is in, or nothing: a signal handler can name who crashed.
[[nodiscard]] const PluginCall* current_call();

/// Marks a call into a plugin for as long as it lives, and times it. In the program it puts back what the
/// call leaves changed of the process.
class CallMark {
 public:
  explicit CallMark(const PluginCall& call);
  CallMark(const CallMark&) = delete;
  CallMark& operator=(const CallMark&) = delete;
  ~CallMark();
  /// What the call has left changed, or nothing; after it there is nothing to put back.
  [[nodiscard]] std::string restore();

 private:
  const PluginCall* before_;
  CallTimer timer_;
  std::optional<ProcessState> process_;
};

/// An error for a plugin that broke its contract without throwing: "acme.npu, while doing so, <what>".
[[nodiscard]] Error broken_contract(const PluginCall& call, std::string what);

/// What the exception being handled says, as an error that names the plugin. For use in a catch block only.
[[nodiscard]] Error translate_exception(const PluginCall& call);

/// Calls plugin code. Nothing thrown leaves: it becomes a plugin fault, memory running out a limit; so does
/// what the call leaves changed of the process.
template <class F>
auto guarded(const PluginCall& call, F&& f) {
  using Out = std::invoke_result_t<F>;
  constexpr bool is_result = requires(Out o) { o.error(); };
  using Returned = std::conditional_t<is_result, Out, Result<Out>>;
  CallMark mark(call);
  try {
    auto out = [&] {
      if constexpr (std::is_void_v<Out>)
        return std::forward<F>(f)(), Returned{};
      else
        return Returned(std::forward<F>(f)());
    }();
    if (const auto changed = mark.restore(); !changed.empty())
      return Returned(std::unexpected(broken_contract(call, "left the " + changed + " changed")));
    return out;
  } catch (...) {
    return Returned(std::unexpected(translate_exception(call)));
  }
}

/// Makes a component and checks that it is what its kind says: make_component<HardwareModel>(...).
template <class T>
Result<std::unique_ptr<T>> make_component(const Loaded& loaded, const OptionValues& options) {
  const PluginCall call{loaded.info.name, loaded.library, "being made"};
  auto made = guarded(call, [&] { return loaded.info.make(options); });
  if (!made) return std::unexpected(std::move(made).error());
  if (auto* typed = dynamic_cast<T*>(made->get())) return (void)made->release(), std::unique_ptr<T>(typed);
  return std::unexpected(
      broken_contract(call, *made ? "gave a component of another kind" : "gave no component"));
}

}  // namespace alidade::host
