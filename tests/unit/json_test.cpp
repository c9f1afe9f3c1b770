#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "alidade/base/json.hpp"

using namespace alidade;
using namespace std::string_literals;

namespace {

std::string string_of(std::string_view value) {
  StringSink out;
  write_json_string(out, value);
  return out.str();
}

}  // namespace

TEST_CASE("one escaper for every JSON string") {
  CHECK(string_of("a\"b\\c") == R"("a\"b\\c")");
  CHECK(string_of("\n\x1b\x7f") == R"("\u000a\u001b\u007f")");
  CHECK(string_of("</script>") == R"("\u003c/script>")");
  CHECK(string_of("\xff") == R"("\ufffd")");
  CHECK(string_of("\u2028\u202e") == R"("\u2028\u202e")");
  CHECK(string_of("größe 重み 🙂") == "\"größe 重み 🙂\"");
  CHECK(string_of("\U000e0041") == R"("\udb40\udc41")");
}

TEST_CASE("what is escaped reads back the same") {
  std::string all;
  for (int i = 1; i < 128; ++i) all += static_cast<char>(i);
  for (const auto& text : {all, "a\0b"s, "é\u202e重\U000e0041"s})
    CHECK(nlohmann::json::parse(string_of(text)).get<std::string>() == text);
}

TEST_CASE("every byte string gives valid JSON") {
  std::uint32_t seed = 7;
  for (int round = 0; round < 2000; ++round) {
    std::string text(round % 40, '\0');
    for (auto& c : text) c = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
    CHECK(nlohmann::json::accept(string_of(text)));
  }
}

TEST_CASE("values are told in order, exactly") {
  StringSink out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.text("name", "x");
  writer.count("big", std::numeric_limits<std::uint64_t>::max());
  writer.integer("least", std::numeric_limits<std::int64_t>::min());
  writer.real("half", 0.5);
  writer.real("nan", std::nan(""));
  writer.real("inf", -std::numeric_limits<double>::infinity());
  writer.begin_array("list");
  writer.flag({}, true);
  writer.begin_object();
  writer.end_object();
  writer.end_array();
  writer.begin_array("empty");
  writer.end_array();
  writer.text("", "an empty key is a key");
  writer.end_object();
  CHECK(out.str() == R"({
  "name": "x",
  "big": 18446744073709551615,
  "least": -9223372036854775808,
  "half": 0.5,
  "nan": null,
  "inf": null,
  "list": [
    true,
    {}
  ],
  "empty": [],
  "": "an empty key is a key"
}
)");
  CHECK(nlohmann::json::parse(out.str())["big"].get<std::uint64_t>() ==
        std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("indent 0 writes one line") {
  StringSink out;
  JsonWriter writer(out, 0);
  writer.begin_object();
  writer.count("a", 1);
  writer.count("b", 2);
  writer.end_object();
  CHECK(out.str() == "{\"a\": 1, \"b\": 2}\n");
}
