#include "talk.hpp"

#include <signal.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "alidade/base/text.hpp"
#include "host/exit_code.hpp"

namespace alidade::cli {

void set_up_talk(int verbosity) {
  const bool colour = isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colour ? spdlog::color_mode::always : spdlog::color_mode::never);
  auto logger = std::make_shared<spdlog::logger>("alidade", std::move(sink));
  logger->set_pattern("%^%l:%$ %v");
  logger->set_level(verbosity < 0 ? spdlog::level::err : verbosity == 0 ? spdlog::level::warn : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void say(const Error& error) {
  constexpr std::string_view kLead = "error: ";
  std::string text = to_text(error);
  if (text.starts_with(kLead)) text.erase(0, kLead.size());
  spdlog::error("{}", text);
}

void say(const Diagnostic& diagnostic) {
  const auto text = text::printable(diagnostic.text);
  if (diagnostic.severity == Severity::warning) spdlog::warn("{} [{}]", text, diagnostic.code);
  else spdlog::info("{} [{}]", text, diagnostic.code);
}

void mention(std::string_view text) { spdlog::info("{}", text); }

namespace {

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

extern "C" void end_interrupted(int signal) { _exit(signal == SIGINT ? host::kInterrupted : host::kTerminated); }

/// Only what is safe in a signal handler: write() and _exit().
extern "C" void end_crashed(int signal) {
  write_all("error: the program crashed (");
  write_all(signal == SIGSEGV ? "SIGSEGV" : signal == SIGABRT ? "SIGABRT" : signal == SIGFPE ? "SIGFPE" : signal == SIGBUS ? "SIGBUS" : "SIGILL");
  write_all("); this is a bug in it or in a plugin it was running\n  fix: report it with the command line and, if you may, the model\n");
  _exit(host::kInternal);
}

}  // namespace

void catch_signals() {
  static std::array<char, 64 * 1024> stack;
  const stack_t alternate{stack.data(), 0, stack.size()};
  sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_flags = SA_ONSTACK;
  action.sa_handler = end_crashed;
  for (const int s : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL}) sigaction(s, &action, nullptr);
  action.sa_handler = end_interrupted;
  for (const int s : {SIGINT, SIGTERM}) sigaction(s, &action, nullptr);
  signal(SIGXFSZ, SIG_IGN);
}

}  // namespace alidade::cli
