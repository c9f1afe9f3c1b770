#include "cli/output/times_out.hpp"

#include <cstdio>
#include <filesystem>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "host/plugins/timing.hpp"

namespace alidade::cli {
namespace {

std::string library_name(const host::Taken& taken) {
  return std::filesystem::path(taken.library).filename().string();
}

/// A line for every component, and one for the process.
void write_lines(const std::vector<host::Taken>& all, Sink& out) {
  for (const auto& taken : all) {
    JsonWriter t(out, 0);
    t.begin_object();
    t.text("level", "timing"), t.text("component", taken.component), t.text("library", taken.library);
    t.count("calls", taken.calls), t.real("seconds", taken.seconds);
    t.count("grown_bytes", taken.grown_bytes), t.count("worker_bytes", taken.worker_bytes);
    t.end_object();
  }
  JsonWriter t(out, 0);
  t.begin_object();
  t.text("level", "timing"), t.count("highest_bytes", host::highest_memory());
  t.end_object();
}

void write_table(const std::vector<host::Taken>& all, Sink& out) {
  out.write("Times of calls into plugins, and by how much they raised the program's memory:\n");
  std::vector<std::vector<std::string>> lines{
      {"component", "library", "calls", "time", "memory", "its worker's memory"}};
  for (const auto& taken : all)
    lines.push_back({text::printable(taken.component), text::printable(library_name(taken)),
                     text::grouped(taken.calls), text::seconds(taken.seconds), text::bytes(taken.grown_bytes),
                     taken.worker_bytes == 0 ? "-" : text::bytes(taken.worker_bytes)});
  write_columns(lines, 2, out);
  out.write("The program's highest memory: " + text::bytes(host::highest_memory()) + "\n");
}

}  // namespace

void say_times() {
  StringSink out;
  const auto all = host::taken_by_calls();
  log_format() == LogFormat::json ? write_lines(all, out) : write_table(all, out);
  std::fputs(out.str().c_str(), stderr);
}

}  // namespace alidade::cli
