#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alidade::host {

/// What is said of an input: its sizes, none of which leave the shape as it is, and its element type, if any.
struct InputShape {
  std::vector<std::int64_t> sizes;
  std::string dtype;
};
/// "1,128", "1,128:int64", ":int64": what --input-shape takes behind a name, and `inputs` of a [[model]] as a
/// text. A size of -1 stays as it is.
[[nodiscard]] std::optional<InputShape> read_input_shape(std::string_view written);
/// The same as a regular expression.
inline constexpr std::string_view kInputShapePattern = "^((-1|[0-9]+)(,(-1|[0-9]+))*(:.+)?|:.+)$";
/// "ids=1,128:int64"; without a name, "1,128:int64".
[[nodiscard]] std::string to_text(const std::string& name, const InputShape& shape);

/// A whole number from 0 on, in digits alone.
[[nodiscard]] std::optional<std::int64_t> read_size(std::string_view written);

}  // namespace alidade::host
