#include "cells.hpp"

#include <cmath>

#include "alidade/base/text.hpp"

namespace alidade::csv {
namespace {

bool reads_as_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

std::string quoted(std::string_view cell) {
  std::string out = "\"";
  for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

}  // namespace

void Row::add(std::string_view cell) {
  if (!first_) line_ += ',';
  first_ = false;
  line_ += cell;
}

Row& Row::text(std::string_view value) {
  std::string cell = reads_as_formula(value) ? "'" : "";
  cell += text::visible(value);
  add(cell.find_first_of(",\"") == std::string::npos ? cell : quoted(cell));
  return *this;
}

Row& Row::count(std::uint64_t value) {
  add(std::to_string(value));
  return *this;
}

Row& Row::upper(Upper value) {
  const auto number = value.get();
  return number ? count(*number) : empty();
}

Row& Row::real(double value) {
  add(std::isfinite(value) ? text::number(value) : std::string{});
  return *this;
}

Row& Row::empty() {
  add({});
  return *this;
}

void Row::write(Sink& out) { out.write(line_ + "\r\n"); }

}  // namespace alidade::csv
