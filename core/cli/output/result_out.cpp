#include "cli/output/result_out.hpp"

#include "cli/output/messages.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {

ResultOut::ResultOut() : out_(std::move(host::open_output("-", {}).value())) {}

int ResultOut::finish() {
  const auto done = out_->finish();
  if (done) return host::kDone;
  say(done.error());
  return host::kNotWritten;
}

Result<void> write_output(const std::string& path, std::span<const std::string> inputs,
                          const std::function<void(Sink&)>& write) {
  auto out = host::open_output(path, inputs);
  if (!out) return std::unexpected(std::move(out).error());
  write(**out);
  return (*out)->finish();
}

int print(std::string_view text) {
  ResultOut out;
  out.write(text);
  return out.finish();
}

}  // namespace alidade::cli
