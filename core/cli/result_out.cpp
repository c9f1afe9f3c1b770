#include "result_out.hpp"

#include "host/run/exit_code.hpp"
#include "messages.hpp"

namespace alidade::cli {

ResultOut::ResultOut() : out_(std::move(host::open_output("-", {}).value())) {}

int ResultOut::finish() {
  const auto done = out_->finish();
  if (done) return host::kDone;
  say(done.error());
  return host::kNotWritten;
}

}  // namespace alidade::cli
