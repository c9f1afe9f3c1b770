#pragma once
#include <memory>

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

}  // namespace alidade::cli
