#include "input_shape.hpp"

#include <charconv>
#include <memory>

#include "alidade/base/text.hpp"

namespace alidade::host {

std::optional<std::int64_t> read_size(std::string_view written) {
  std::int64_t n = 0;
  const auto *first = std::to_address(written.begin()), *last = std::to_address(written.end());
  const auto [end, ec] = std::from_chars(first, last, n);
  if (ec != std::errc() || end != last || n < 0) return std::nullopt;
  return n;
}

std::optional<InputShape> read_input_shape(std::string_view written) {
  InputShape shape;
  const auto colon = written.find(':');
  const auto sizes = written.substr(0, colon);
  if (colon != written.npos) shape.dtype = written.substr(colon + 1);
  if (colon != written.npos && shape.dtype.empty()) return std::nullopt;
  if (sizes.empty() && !shape.dtype.empty()) return shape;
  for (const auto& part : text::split(sizes, ',')) {
    const auto size = part == "-1" ? std::optional<std::int64_t>(-1) : read_size(part);
    if (!size) return std::nullopt;
    shape.sizes.push_back(*size);
  }
  return shape;
}

std::string to_text(const std::string& name, const InputShape& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape.sizes) sizes.push_back(std::to_string(size));
  return (name.empty() ? "" : name + "=") + text::join(sizes, ",") +
         (shape.dtype.empty() ? "" : ":" + shape.dtype);
}

}  // namespace alidade::host
