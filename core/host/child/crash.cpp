#include "crash.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "host/output/temporary_name.hpp"
#include "host/plugins/guard.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::host {
namespace {

// Only what is safe in a signal handler: write(), unlink() and _exit().

void put(std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string_view signal_name(int number) {
  switch (number) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGABRT:
      return "SIGABRT";
    case SIGFPE:
      return "SIGFPE";
    case SIGBUS:
      return "SIGBUS";
    default:
      return "SIGILL";
  }
}

constexpr std::string_view kTellItsAuthor =
    "\n  fix: this is a bug of the plugin: tell its author, with the model and the options\n";

bool caught = false;   // written once, by main()
bool in_copy = false;  // of the program, which tells its parent how it ended
std::atomic<const char*> words_of_interrupted = nullptr;

extern "C" void end_interrupted(int number) {
  remove_temporaries();
  if (const char* words = words_of_interrupted) put(words);
  _exit(number == SIGINT ? kInterrupted : number == SIGHUP ? kHungUp : kTerminated);
}

/// A mapped file that another process cuts has no bytes any more where they are read.
extern "C" void end_cut_short(int) {
  const PluginCall* call = current_call();
  put("error: a file that is read was cut short meanwhile (SIGBUS)");
  if (call) put(", while "), put(call->component), put(" was "), put(call->doing);
  put("\n  fix: run again once the file is whole\n");
  remove_temporaries();
  _exit(kBadModel);
}

extern "C" void end_crashed(int number) {
  const PluginCall* call = current_call();
  put("error: ");
  if (call)
    put("'"), put(call->component), put("' crashed ("), put(signal_name(number)), put("), while "),
        put(call->doing);
  else
    put("the program crashed ("), put(signal_name(number)), put(")");
  if (call) put("\n  --> "), put(call->library);
  put(call ? kTellItsAuthor
           : "\n  fix: this is a bug of ours: report it with the command line and, if you may, the model\n");
  remove_temporaries();
  _exit(call ? kBadPlugin : kInternal);
}

thread_local bool ran_out = false;  // this thread, of memory, at some time

/// What operator new does where it finds none.
[[noreturn]] void run_out() {
  ran_out = true;
  throw std::bad_alloc();
}

/// Whether that is what nothing could catch. An exception that is still on its way does not tell its type.
bool is_memory() {
  if (!std::current_exception()) return ran_out && std::uncaught_exceptions() > 0;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string_view file_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

[[noreturn]] void end_copy(std::initializer_list<std::string_view> how, int code) {
  const PluginCall* call = current_call();
  put("\n");
  if (call)
    put("'"), put(call->component), put("' of "), put(file_of(call->library)), put(" ");
  else
    put("the program ");
  for (const auto word : how) put(word);
  if (call) put(", while "), put(call->doing);
  put("\n");
  _exit(code);
}

extern "C" void end_crashed_copy(int number) {
  end_copy({"crashed (", signal_name(number), ")"}, kBadPlugin);
}

extern "C" void end_late_copy(int number) {
  end_copy({"took longer than ", number == SIGXCPU ? "limits.cpu_s" : "limits.wall_s"}, kLimitHit);
}

/// What std::terminate() does: an exception that nothing could catch is told as one that was caught.
[[noreturn]] void end_uncaught() {
  const PluginCall* call = current_call();
  const bool has_plugin = call && std::current_exception();
  if (!has_plugin && is_memory()) {
    put(kNoMemory);
    remove_temporaries();
    _exit(kLimitHit);
  }
  if (!has_plugin) std::abort();
  const auto error = [&] {
    try {
      throw;
    } catch (...) {
      return translate_exception(*call);
    }
  }();
  put(to_text(error) + "\n");
  remove_temporaries();
  _exit(error.fault == Fault::limit ? kLimitHit : kBadPlugin);
}

/// A library that calls exit() would end the program as if all were done.
void end_left() {
  const PluginCall* call = current_call();
  if (!call) return;
  if (in_copy) end_copy({"ended its process"}, kBadPlugin);
  put("error: '"), put(call->component), put("' ended the program, while "), put(call->doing);
  put("\n  --> "), put(call->library);
  put(kTellItsAuthor);
  remove_temporaries();
  _exit(kBadPlugin);
}

void handle(std::initializer_list<int> signals, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_flags = SA_ONSTACK;
  action.sa_handler = handler;
  for (const int s : signals) sigaction(s, &action, nullptr);
}

bool is_ignored(int number) {
  struct sigaction now{};
  return sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/// The other way round than they are used: reading or writing one that was closed fails as before.
void occupy_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (fcntl(stream, F_GETFD) < 0)  // the lowest that is free, so it is what open() returns
      if (open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) != stream) return;
}

}  // namespace

void use_signal_stack() {
  thread_local std::array<char, 64 * 1024> stack;
  stack_t alternate{};
  alternate.ss_sp = stack.data();
  alternate.ss_size = stack.size();
  sigaltstack(&alternate, nullptr);
}

void say_when_interrupted(const char* text) { words_of_interrupted = text; }

bool signals_are_caught() { return caught; }

void catch_terminate() {
  std::set_terminate(end_uncaught);
  std::set_new_handler(run_out);
}

void catch_signals_in_copy() {
  in_copy = true;
  handle({SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS}, end_crashed_copy);
  handle({SIGALRM, SIGXCPU}, end_late_copy);
}

void catch_signals() {
  caught = true;
  occupy_standard_streams();
  std::atexit(end_left);
  catch_terminate();
  use_signal_stack();
  handle({SIGSEGV, SIGABRT, SIGFPE, SIGILL}, end_crashed);
  handle({SIGBUS}, end_cut_short);
  handle({SIGINT, SIGTERM}, end_interrupted);
  if (!is_ignored(SIGHUP)) handle({SIGHUP}, end_interrupted);  // nohup asked for that
  handle({SIGPIPE, SIGXFSZ}, SIG_IGN);
}

}  // namespace alidade::host
