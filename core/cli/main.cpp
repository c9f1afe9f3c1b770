#include <CLI/CLI.hpp>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include "cli/command_line/help.hpp"
#include "cli/command_line/options.hpp"
#include "cli/command_line/usage.hpp"
#include "cli/large_tables.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/output/times_out.hpp"
#include "host/child/crash.hpp"
#include "host/child/nursery.hpp"
#include "host/child/worker.hpp"
#include "host/output/standard_output.hpp"
#include "host/plugins/probe.hpp"
#include "host/plugins/timing.hpp"
#include "host/run/exit_code.hpp"

// The command line: every verb lives in a file of its own, and returns the exit code.

namespace {

using namespace alidade;
using namespace alidade::cli;

/// One line under the verbs: where to read on.
constexpr const char* kFooter =
    "Exit codes: 0 done, 1 a check failed, 2 command line or config, 3 model rejected, 4 plugin refused, 5 "
    "some of\n"
    "several failed, 6 output not written, 7 a limit was hit, 70 a bug of ours, 129/130/143 interrupted.";

class CommandLine {
 public:
  explicit CommandLine(std::string_view first_word) {
    app_.require_subcommand(1);
    app_.footer(kFooter);
    add_message_options(app_, messages_);
    app_.set_version_flag("--version", ALIDADE_VERSION, "Print the version");
    add_verbs(verbs_, first_word);
    add_below(app_);
    add_examples(app_);
  }

  int parse_and_run(int argc, char** argv) {
    set_up_messages(
        0, asks_for_json({argv, static_cast<std::size_t>(argc)}) ? LogFormat::json : LogFormat::text);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return print(app_.help());
    } catch (const CLI::CallForAllHelp&) {
      return print(app_.help("", CLI::AppFormatMode::All));
    } catch (const CLI::CallForVersion&) {
      return verb_version(false);
    } catch (const CLI::ParseError& e) {
      return usage_error(e);
    }
    return run_verb();
  }

 private:
  int run_verb() const {
    set_up_messages(messages_.quiet ? -1 : static_cast<int>(messages_.verbosity), log_format());
    if (messages_.timing) host::time_calls();
    const int code = verbs_.run();
    if (messages_.timing) say_times();
    return code;
  }
  /// What is said behind any verb, too; the help shows it once, with the program.
  void add_below(const CLI::App& app) {
    for (auto* verb : verbs_below(app)) {
      add_below(*verb);
      add_message_options(*verb, messages_, true);
    }
  }
  int usage_error(const CLI::ParseError& e) const {
    for (const auto& error : usage_errors(app_, e)) say(error);
    return host::kBadConfig;
  }

  CLI::App app_{"Alidade: reads neural-network graphs, counts their work, and says where it would run.",
                "alidade"};
  Verbs verbs_{app_};
  MessageOptions messages_;
};

}  // namespace

/// Static objects take memory, too, before main() begins.
[[gnu::constructor(101)]] void begin() { alidade::host::catch_terminate(); }

int main(int argc, char** argv) {
  std::set_terminate(__gnu_cxx::__verbose_terminate_handler);  // the parent of a child reads its last words
  keep_tables_apart();
  if (argc > 1 && std::strcmp(argv[1], "--worker") == 0) return host::worker_main();
  if (argc > 1 && std::strcmp(argv[1], "--nursery") == 0) return host::nursery_main(argc, argv);
  if (argc > 1 && std::strcmp(argv[1], "--probe") == 0) return host::probe_main(argc, argv);
  host::catch_signals();
  host::reserve_standard_output();
  try {
    return CommandLine(argc > 1 ? argv[1] : "").parse_and_run(argc, argv);
  } catch (const std::bad_alloc&) {
    say_no_memory();
    return host::kLimitHit;
  } catch (const std::exception& e) {
    say(Error{Fault::internal,
              std::string("an error that was not foreseen: ") + e.what(),
              {},
              "report it with the command line"});
    return host::kInternal;
  }
}
