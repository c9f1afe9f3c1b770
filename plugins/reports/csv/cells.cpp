#include "cells.hpp"

#include <cmath>

#include "alidade/base/csv.hpp"
#include "alidade/base/text.hpp"

namespace alidade::csv {
void Row::add(std::string_view cell) {
  if (!first_) line_ += ',';
  first_ = false;
  line_ += cell;
}

Row& Row::text(std::string_view value) {
  add(text::csv_cell(value));
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
