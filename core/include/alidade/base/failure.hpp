#pragma once
#include <exception>
#include <utility>

#include "alidade/base/error.hpp"

namespace alidade {

/// An error on its way out of a function that returns no Result: the host reports it as it is.
class Failure final : public std::exception {
 public:
  explicit Failure(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.what.c_str(); }

 private:
  Error error_;
};

}  // namespace alidade
