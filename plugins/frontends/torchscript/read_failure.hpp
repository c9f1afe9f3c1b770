#pragma once
#include <exception>
#include <string>
#include <utility>

#include "alidade/base/error.hpp"

namespace alidade::torchscript {

/// A reading that ends here. libtorch speaks in exceptions, so what is wrong travels through it as one, up to
/// read_script().
struct ReadFailure : std::exception {
  explicit ReadFailure(Error e) : error(std::move(e)) {}
  [[nodiscard]] const char* what() const noexcept override { return error.what.c_str(); }
  Error error;
};

[[noreturn]] inline void fail_read(Fault fault, std::string what, std::string where = {},
                                   std::string fix = {}) {
  throw ReadFailure({fault, std::move(what), std::move(where), std::move(fix)});
}

}  // namespace alidade::torchscript
