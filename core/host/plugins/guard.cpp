#include "guard.hpp"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <new>

#include "alidade/base/failure.hpp"
#include "alidade/base/text.hpp"
#include "host/child/crash.hpp"

namespace alidade::host {
namespace {

thread_local const PluginCall* calling = nullptr;

constexpr const char* kFix = "this is a bug of the plugin: tell its author, with the model and the options";

std::string type_of_current_exception() {
  const auto* type = abi::__cxa_current_exception_type();
  if (!type) return "something unknown";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : type->name();
}

/// The bounded text of an exception whose own what() may misbehave.
std::string said(const std::exception& e) {
  const char* text = e.what();
  return text && *text ? ": " + text::printable(text) : "";
}

}  // namespace

const PluginCall* current_call() { return calling; }

CallMark::CallMark(const PluginCall& call) : before_(calling), timer_(call) {
  if (!before_ && signals_are_caught())
    process_.emplace();  // a call within a call is looked at with the outer one
  calling = &call;       // last, as there may be no memory for the lines above
}
CallMark::~CallMark() {
  calling = before_;
  (void)restore();  // where the call has thrown
}
std::string CallMark::restore() {
  const auto process = std::exchange(process_, std::nullopt);
  return process ? process->restore() : std::string();
}

Error broken_contract(const PluginCall& call, std::string what) {
  return {Fault::plugin, fmt::format("'{}' {}, while {}", call.component, what, call.doing),
          std::string(call.library), kFix};
}

Error translate_exception(const PluginCall& call) {
  try {
    throw;
  } catch (const Failure& failure) {
    return failure.error();
  } catch (const std::bad_alloc&) {
    return {Fault::limit, fmt::format("'{}' ran out of memory, while {}", call.component, call.doing),
            std::string(call.library),
            "give it more memory (limits.memory_mib in the pipeline file), or a smaller model"};
  } catch (const std::exception& e) {
    return {Fault::plugin,
            fmt::format("'{}' threw {}{}, while {}", call.component, type_of_current_exception(), said(e),
                        call.doing),
            std::string(call.library), kFix};
  } catch (...) {
    return broken_contract(call, "threw " + type_of_current_exception());
  }
}

}  // namespace alidade::host
