#pragma once
#include <string>
#include <string_view>

namespace alidade {

/// Where a report puts its bytes. The host owns the file behind it and reports its failures.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(std::string_view bytes) = 0;
};

/// A sink into a string, for tests and small texts.
class StringSink final : public Sink {
 public:
  void write(std::string_view bytes) override { text_ += bytes; }
  [[nodiscard]] const std::string& str() const { return text_; }

 private:
  std::string text_;
};

}  // namespace alidade
