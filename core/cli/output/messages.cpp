#include "cli/output/messages.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>

#include "alidade/base/text.hpp"

namespace alidade::cli {

void set_up_messages(int verbosity) {
  const bool colour = isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colour ? spdlog::color_mode::always
                                                                               : spdlog::color_mode::never);
  auto logger = std::make_shared<spdlog::logger>("alidade", std::move(sink));
  logger->set_pattern("%^%l:%$ %v");
  logger->set_level(verbosity < 0    ? spdlog::level::err
                    : verbosity == 0 ? spdlog::level::warn
                                     : spdlog::level::info);
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
  if (diagnostic.severity == Severity::failure)
    spdlog::error("{} [{}]", text, diagnostic.code);
  else if (diagnostic.severity == Severity::warning)
    spdlog::warn("{} [{}]", text, diagnostic.code);
  else
    spdlog::info("{} [{}]", text, diagnostic.code);
}

}  // namespace alidade::cli
