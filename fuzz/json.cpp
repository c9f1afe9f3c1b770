// needs: archive_parts
// covers: plugins/frontends/archive/json*
// The JSON reader of exported programs, alone: every value of the text is asked for all that it may be.
#include "archive/json.hpp"
#include "harness.hpp"

namespace alidade::fuzz {
namespace {

using archive::Json, archive::JsonKind, archive::JsonValue;

std::size_t visit(JsonValue value) {
  std::size_t seen = 1;
  if (value.is(JsonKind::string)) {
    promise(value.text().size() <= 3 * value.raw().size(), "a text is at most thrice its bytes in the file");
  } else if (value.is(JsonKind::number)) {
    (void)value.integer(), (void)value.real();
  } else if (value.is(JsonKind::boolean)) {
    (void)value.flag();
  } else if (value.is(JsonKind::array)) {
    value.each_element([&](JsonValue inner) { seen += visit(inner); });
  } else if (value.is(JsonKind::object)) {
    value.each_member([&](std::string_view key, JsonValue inner) {
      promise(static_cast<bool>(value.find(key)), "what an object lists it finds");
      seen += visit(inner);
    });
  }
  return seen;
}

}  // namespace

void try_bytes(std::string_view bytes) {
  auto json = Json::parse(bytes, "m.json");
  if (!json) return;
  promise(visit(json->root()) <= bytes.size(), "a value takes a byte");
  json->root().at("no such key").complain("wrong");
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".json", 16 << 10);
  return {R"({"a": [1, -2.5e3, true, false, null, "\u00e9\ud83d\ude00\n"], "b": {"c": {}}})",
          R"([Infinity, -Infinity, NaN, "Infinity", 9223372036854775807, 1e400])",
          nested("[", 1000, {}, "]"),
          nested("[", 1001, {}, "]"),
          nested(R"({"a":)", 1000, "1", "}"),
          nested("[", 60'000),
          '"' + nested("\\u0000", 4000) + '"',
          '[' + nested("0,", 30'000) + "0]",
          nested("9", 60'000)};
}

}  // namespace alidade::fuzz
