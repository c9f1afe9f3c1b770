#include <CLI/CLI.hpp>
#include <cstring>
#include <new>
#include <string_view>

#include "cli/command_line/help.hpp"
#include "cli/command_line/options.hpp"
#include "cli/command_line/usage.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "host/child/crash.hpp"
#include "host/child/worker.hpp"
#include "host/output/standard_output.hpp"
#include "host/plugins/probe.hpp"
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
    app_.add_flag("-v,--verbose-log", verbosity_, "Say notes, too, on standard error");
    app_.add_flag("-q,--quiet", quiet_, "Say errors only");
    app_.set_version_flag("--version", ALIDADE_VERSION, "Print the version");
    add_verbs(verbs_, first_word);
    add_examples(app_);
  }

  int parse_and_run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return set_up_messages(0), print(app_.help());
    } catch (const CLI::CallForAllHelp&) {
      return set_up_messages(0), print(app_.help("", CLI::AppFormatMode::All));
    } catch (const CLI::CallForVersion&) {
      return set_up_messages(0), verb_version(false);
    } catch (const CLI::ParseError& e) {
      return usage_error(e);
    }
    set_up_messages(quiet_ ? -1 : static_cast<int>(verbosity_));
    return verbs_.run();
  }

 private:
  int usage_error(const CLI::ParseError& e) const {
    set_up_messages(0);
    for (const auto& error : usage_errors(app_, e)) say(error);
    return host::kBadConfig;
  }

  CLI::App app_{"Alidade: reads neural-network graphs, counts their work, and says where it would run.",
                "alidade"};
  Verbs verbs_{app_};
  std::size_t verbosity_ = 0;
  bool quiet_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--worker") == 0) return host::worker_main();
  if (argc > 1 && std::strcmp(argv[1], "--probe") == 0) return host::probe_main(argc, argv);
  host::catch_signals();
  host::reserve_standard_output();
  try {
    return CommandLine(argc > 1 ? argv[1] : "").parse_and_run(argc, argv);
  } catch (const std::bad_alloc&) {
    say(Error{Fault::limit,
              "there is not enough memory",
              {},
              "raise the memory limit, or read the model on a larger machine"});
    return host::kLimitHit;
  } catch (const std::exception& e) {
    say(Error{Fault::internal,
              std::string("an error that was not foreseen: ") + e.what(),
              {},
              "report it with the command line"});
    return host::kInternal;
  }
}
