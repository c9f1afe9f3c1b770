#include "cli/output/messages.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "host/child/crash.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

auto format = LogFormat::text;  // written by main() alone

spdlog::level::level_enum level_of(Severity severity) {
  if (severity == Severity::failure) return spdlog::level::err;
  return severity == Severity::warning ? spdlog::level::warn : spdlog::level::info;
}

/// A line of JSON: how bad it is and what it is about, then what `members` writes.
template <class Members>
std::string json_line(std::string_view level, const Members& members) {
  StringSink line;
  JsonWriter t(line, 0);
  t.begin_object();
  t.text("level", level);
  members(t);
  t.end_object();
  return line.str().substr(0, line.str().find_last_not_of('\n') + 1);
}

std::string json_line(const Error& error) {
  return json_line("error", [&](ObjectWriter& t) {
    t.text("what", error.what), t.text("where", error.where), t.text("fix", error.fix);
    t.integer("exit_code", host::exit_code(error.fault));
  });
}

std::string json_line(const host::Mistake& mistake) {
  return json_line("error", [&](ObjectWriter& t) {
    t.text("what", mistake.what), t.text("where", host::to_text(mistake.place)), t.text("fix", mistake.fix);
    t.integer("exit_code", host::exit_code(mistake.fault));
  });
}

std::string json_line(const Diagnostic& diagnostic) {
  return json_line(name(diagnostic.severity), [&](ObjectWriter& t) {
    t.text("what", diagnostic.text), t.text("code", diagnostic.code);
  });
}

}  // namespace

void set_up_messages(int verbosity, LogFormat asked) {
  format = asked;
  const bool json = format == LogFormat::json;
  const bool colour = !json && isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colour ? spdlog::color_mode::always
                                                                               : spdlog::color_mode::never);
  auto logger = std::make_shared<spdlog::logger>("alidade", std::move(sink));
  logger->set_pattern(json ? "%v" : "%^%l:%$ %v");
  logger->set_level(verbosity < 0    ? spdlog::level::err
                    : verbosity == 0 ? spdlog::level::warn
                                     : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

LogFormat log_format() { return format; }

void say(const Error& error) {
  if (format == LogFormat::json) return spdlog::error("{}", json_line(error));
  constexpr std::string_view kLead = "error: ";
  std::string text = to_text(error);
  if (text.starts_with(kLead)) text.erase(0, kLead.size());
  spdlog::error("{}", text);
}

void say(const Diagnostic& diagnostic) {
  const auto line = format == LogFormat::json
                        ? json_line(diagnostic)
                        : text::printable(diagnostic.text) + " [" + std::string(diagnostic.code) + "]";
  spdlog::log(level_of(diagnostic.severity), "{}", line);
}

void say_no_memory() {
  constexpr std::string_view kText = host::kNoMemory;
  constexpr std::string_view kJson =
      R"({"level": "error", "what": "there is not enough memory", "where": "", )"
      R"("fix": "raise the memory limit, or read the model on a larger machine", "exit_code": 7})"
      "\n";
  const auto said = format == LogFormat::json ? kJson : kText;
  (void)!::write(STDERR_FILENO, said.data(), said.size());
}

void say(std::span<const host::Mistake> mistakes) {
  if (format == LogFormat::text) return void(std::fputs(host::to_text(mistakes).c_str(), stderr));
  for (const auto& mistake : mistakes) spdlog::error("{}", json_line(mistake));
}

}  // namespace alidade::cli
