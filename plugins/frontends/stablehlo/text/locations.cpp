// Locations: loc("net.py":12:4), loc("jit(f)/dense/dot_general"(#loc3)), callsite(... at ...), fused[...].
#include <charconv>

#include "parser.hpp"

namespace alidade::stablehlo {

std::uint32_t Parser::keep(Location location) {
  module_.locations.push_back(std::move(location));
  return static_cast<std::uint32_t>(module_.locations.size() - 1);
}

std::uint32_t Parser::optional_location() {
  if (!cursor_.is_word("loc")) return kNoLocation;
  cursor_.take();
  return location();
}

std::uint32_t Parser::location() {
  if (!cursor_.expect_mark('(', "after loc")) return kNoLocation;
  auto made = location_body();
  cursor_.expect_mark(')', "at the end of a location");
  return keep(std::move(made));
}

Location Parser::location_body() {
  Location out;
  const int before = depth_;
  if (!deeper()) return out;
  if (cursor_.is(TokenKind::hash)) {
    out.alias = cursor_.take().text;
  } else if (cursor_.is(TokenKind::string)) {
    const auto text = cursor_.take().text;
    if (cursor_.take_mark(':')) {
      out.file = text;
      const auto line = cursor_.expect(TokenKind::number, "a line");
      (void)std::from_chars(line.data(), line.data() + line.size(), out.line);
      while (cursor_.is_mark(':') || cursor_.is(TokenKind::number) || cursor_.is_word("to")) cursor_.take();
    } else {
      out.name = text;
      if (cursor_.take_mark('(')) {
        auto inner = location_body();
        cursor_.expect_mark(')', "at the end of a location");
        out.inner.push_back(keep(std::move(inner)));
      }
    }
  } else if (cursor_.take_word("callsite")) {
    cursor_.expect_mark('(', "after callsite");
    out.inner.push_back(keep(location_body()));
    if (!cursor_.take_word("at")) cursor_.unexpected("'at' in a call site");
    (void)location_body();
    cursor_.expect_mark(')', "at the end of a call site");
  } else if (cursor_.take_word("fused")) {
    if (cursor_.is_mark('<')) cursor_.take_bracketed();
    cursor_.expect_mark('[', "after fused");
    while (!cursor_.failed() && !cursor_.is_mark(']')) {
      out.inner.push_back(keep(location_body()));
      if (!cursor_.take_mark(',')) break;
    }
    cursor_.expect_mark(']', "at the end of fused locations");
  } else if (!cursor_.take_word("unknown")) {
    cursor_.unexpected("a location");
  }
  depth_ = before;
  return out;
}

}  // namespace alidade::stablehlo
