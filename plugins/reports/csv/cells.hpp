#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "alidade/base/sink.hpp"
#include "alidade/base/units.hpp"

namespace alidade::csv {

/// One line of RFC 4180, cell after cell. Numbers are written as they are, texts as text::csv_cell().
class Row {
 public:
  Row& text(std::string_view value);
  Row& count(std::uint64_t value);
  Row& upper(Upper value);  ///< empty without a bound
  Row& real(double value);  ///< empty when not finite
  Row& empty();
  void write(Sink& out);

 private:
  void add(std::string_view cell);
  std::string line_;
  bool first_ = true;
};

}  // namespace alidade::csv
