#include "json.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "alidade/base/text.hpp"
#include "json_string.hpp"

namespace alidade::archive {
namespace {

constexpr std::string_view kKinds[] = {"null", "a boolean", "a number", "a string", "an array", "an object"};

std::string_view described(JsonKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

/// The floats that JSON has no numbers for, as Python writes them.
std::optional<double> special(std::string_view word) {
  if (word == "Infinity") return std::numeric_limits<double>::infinity();
  if (word == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (word == "NaN") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

/// "~" and "/" of a key as a JSON pointer has them.
std::string pointer_part(std::string_view key) {
  std::string part;
  for (const char c : key)
    part += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return text::printable(part);
}

}  // namespace

JsonValue Json::root() { return {*this, 0}; }

void Json::complain(JsonValue at, std::string what, std::string fix, Fault fault) {
  if (!complaint_) complaint_ = Error{fault, std::move(what), where(at), std::move(fix)};
}

std::string Json::pointer(JsonValue value) const {
  std::string path;
  std::uint32_t at = 0;
  while (value && at != value.index_ && cells_[at].kind >= JsonKind::array) {
    const bool object = cells_[at].kind == JsonKind::object;
    std::uint32_t child = at + 1, position = 0;
    while (child < cells_[at].next && cells_[object ? child + 1 : child].next <= value.index_)
      child = cells_[object ? child + 1 : child].next, ++position;
    if (child >= cells_[at].next) break;
    const Cell& key = cells_[child];
    path += '/' + (object ? pointer_part(bytes_.substr(key.begin, key.size)) : std::to_string(position));
    at = object ? child + 1 : child;
  }
  return path.empty() ? "/" : path;
}

std::string Json::where(JsonValue value) const { return file_ + ":" + pointer(value); }

std::string_view Json::decoded(const Cell& cell) {
  const auto raw = bytes_.substr(cell.begin, cell.size);
  return cell.escaped ? std::string_view(decoded_.emplace_back(unescaped(raw))) : raw;
}

void JsonValue::complain(std::string what, std::string fix, Fault fault) const {
  if (json_) json_->complain(*this, std::move(what), std::move(fix), fault);
}

bool JsonValue::demand(JsonKind kind) const {
  if (is(kind)) return true;
  if (json_)
    complain("expected " + std::string(described(kind)) + ", found " + std::string(described(cell().kind)));
  return false;
}

std::string_view JsonValue::text() const {
  return demand(JsonKind::string) ? json_->decoded(cell()) : std::string_view{};
}

std::string_view JsonValue::raw() const {
  return demand(JsonKind::string) ? json_->bytes_.substr(cell().begin, cell().size) : std::string_view{};
}

std::int64_t JsonValue::integer() const {
  if (!demand(JsonKind::number)) return 0;
  const auto digits = json_->bytes_.substr(cell().begin, cell().size);
  std::int64_t n = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (ec == std::errc::result_out_of_range)
    complain("the number " + std::string(digits.substr(0, 40)) + " does not fit 64 bits");
  else if (end != digits.data() + digits.size())
    complain("expected a whole number, found " + std::string(digits.substr(0, 40)));
  return ec == std::errc() ? n : 0;
}

double JsonValue::real() const {
  const bool quoted = is(JsonKind::string);
  if (!quoted && !demand(JsonKind::number)) return 0;
  const auto digits = json_->bytes_.substr(cell().begin, cell().size);
  if (const auto value = special(digits)) return *value;
  double x = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), x);
  if (quoted)
    complain("expected a number, found a string");
  else if (ec != std::errc())
    complain("the number " + std::string(digits.substr(0, 40)) + " does not fit a double");
  return x;
}

bool JsonValue::flag() const { return demand(JsonKind::boolean) && cell().escaped; }

std::size_t JsonValue::size() const { return is(JsonKind::array) || is(JsonKind::object) ? cell().size : 0; }

JsonValue JsonValue::find(std::string_view key) const {
  JsonValue found;
  if (!json_ || !demand(JsonKind::object)) return found;
  for (std::uint32_t i = index_ + 1; i < cell().next; i = json_->cells_[i + 1].next) {
    const auto& name = json_->cells_[i];
    if (name.size == key.size() && json_->bytes_.substr(name.begin, name.size) == key) return {*json_, i + 1};
  }
  return found;
}

JsonValue JsonValue::at(std::string_view key) const {
  const auto found = find(key);
  if (!found && is(JsonKind::object)) complain("the member '" + std::string(key) + "' is missing");
  return found;
}

}  // namespace alidade::archive
