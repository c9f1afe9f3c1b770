#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "alidade/base/sink.hpp"
#include "host/output/output.hpp"

namespace alidade::cli {

/// Standard output as a verb's result: buffered, checked, quiet when the reader has left.
class ResultOut final : public Sink {
 public:
  ResultOut();
  void write(std::string_view bytes) override { out_->write(bytes); }
  /// Flushes; the exit code: 0, or 6 after the reason was written.
  [[nodiscard]] int finish();

 private:
  std::unique_ptr<host::Output> out_;
};

/// What `write` writes as the file `path`, or on standard output for "-", whole or not at all; never over an
/// input.
[[nodiscard]] Result<void> write_output(const std::string& path, std::span<const std::string> inputs,
                                        const std::function<void(Sink&)>& write);

/// The text on standard output, as a verb's whole result; the exit code.
[[nodiscard]] int print(std::string_view text);

}  // namespace alidade::cli
