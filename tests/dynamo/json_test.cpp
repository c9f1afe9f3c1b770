#include <sys/mman.h>

#include <catch2/catch.hpp>

#include "alidade/base/error.hpp"
#include "archive.hpp"
#include "archive/json_string.hpp"

using namespace alidade::dynamo;
using alidade::Fault;
using alidade::archive::broken_utf8;

namespace {

std::string problem(std::string_view text, Fault fault = Fault::model) {
  const auto json = Json::parse(text, "m.json");
  if (json) return "no error";
  CHECK(json.error().fault == fault);
  return json.error().what + " | " + json.error().where;
}

/// What asking for something leaves as the text's complaint.
template <class F>
std::string complaint(std::string_view text, F&& ask) {
  auto json = Json::parse(text, "m.json").value();
  ask(json.root());
  return json.complaint() ? json.complaint()->what + " | " + json.complaint()->where : "no complaint";
}

}  // namespace

TEST_CASE("values are read as what they are") {
  auto json =
      Json::parse(
          R"( {"a": [1, -2.5e3, true, null, "x\n\u00e9\ud83d\ude00\ud800"], "b": {}, "inf": "-Infinity", "nan": NaN} )",
          "m")
          .value();
  const auto root = json.root();
  std::vector<JsonValue> a;
  root.at("a").each_element([&](JsonValue v) { a.push_back(v); });
  REQUIRE(a.size() == 5);
  CHECK(a[0].integer() == 1);
  CHECK(a[1].real() == -2500);
  CHECK(a[2].flag());
  CHECK(a[3].is_null());
  CHECK(a[4].text() == "x\n\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd");
  CHECK(root.at("b").size() == 0);
  CHECK(root.at("inf").real() < -1e308);
  CHECK(root.at("nan").real() != root.at("nan").real());
  CHECK_FALSE(root.find("c"));
  CHECK(json.pointer(a[4]) == "/a/4");
  CHECK_FALSE(json.complaint());
}

TEST_CASE("broken texts are refused with line and column") {
  CHECK(problem("") == "the JSON text is broken: expected a value, found the end | m.json:1:1");
  CHECK(problem("{\"a\": \"bc") ==
        "the JSON text is broken: the string that begins here does not end | m.json:1:7");
  CHECK(problem("[1,\n 2") == "the JSON text is broken: expected ',' or ']', found the end | m.json:2:3");
  CHECK(problem("{\"a\" 1}") == "the JSON text is broken: expected ':', found '1' | m.json:1:6");
  CHECK(problem("{a: 1}") == "the JSON text is broken: expected a name in quotes, found 'a' | m.json:1:2");
  CHECK(problem("[1,]") == "the JSON text is broken: expected a value, found ']' | m.json:1:4");
  CHECK(problem("[1 2]") == "the JSON text is broken: expected ',' or ']', found '2' | m.json:1:4");
  CHECK(problem("[1]]") ==
        "the JSON text is broken: expected nothing after the end of the text, found ']' | m.json:1:4");
  CHECK(problem("[01]") == "the JSON text is broken: expected ',' or ']', found '1' | m.json:1:3");
  CHECK(problem("[1.]") == "the JSON text is broken: expected a digit, found ']' | m.json:1:4");
  CHECK(problem("[truth]") == "the JSON text is broken: expected a value, found 't' | m.json:1:2");
  CHECK(problem("[\"a\\x\"]") ==
        "the JSON text is broken: expected an escape that JSON knows, found '\\' | m.json:1:4");
  CHECK(problem("[\"a\nb\"]") ==
        "the JSON text is broken: expected no control character in a string, found '\\x0a' | m.json:1:4");
  CHECK(problem("[\"\xff\"]") ==
        "the JSON text is broken: a byte that is not UTF-8 stands here | m.json:1:3");
  CHECK(problem("{\"a\": 1, \"a\": 2}") ==
        "the JSON text is broken: the object that ends here has two members 'a' | m.json:1:17");
  CHECK(problem(std::string(100'000, '['), Fault::limit) ==
        "the JSON text is refused: it nests deeper than 1000 levels | m.json:1:1001");
  std::string many = "{\"k0\": 0";
  for (int i = 1; i < 100; ++i) many += ", \"k" + std::to_string(i % 99) + "\": 0";
  CHECK(problem(many + "}")
            .starts_with(
                "the JSON text is broken: the object that ends here has two members 'k0' | m.json:1:"));
}

TEST_CASE("the texts of one file have a budget of values, counted before they are read") {
  // every value and every name of a member is one
  Json::Budget budget{12};
  CHECK(Json::parse("[1, -2.5e3, [], {}]", "m.json", budget).has_value());
  CHECK(budget.left == 7);
  CHECK(Json::parse(R"( {"a[\"{,": "b\\", "c": null} )", "m.json", budget).has_value());
  CHECK(budget.left == 2);
  const auto refused = Json::parse("[1, 2]", "m.json", budget);
  CHECK(refused.error().fault == Fault::limit);
  CHECK(refused.error().what == "the JSON texts of the file have more than 33,554,432 values together");
  CHECK(Json::parse("[1]", "m.json", budget).has_value());
  CHECK(budget.left == 0);
}

TEST_CASE("a text whose places do not fit 32 bits is refused before it is looked at") {
  const std::size_t size = std::size_t{1} << 32;
  void* const room = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(room != MAP_FAILED);
  CHECK(problem({static_cast<const char*>(room), size}, Fault::limit) ==
        "the JSON text is longer than 4 GiB | m.json");
  ::munmap(room, size);
}

TEST_CASE("what is asked for and is not there is a complaint with its place") {
  const std::string_view text =
      R"({"graph": {"nodes": [{"a/b": [3, "x", 1.5, 99999999999999999999, 1e999]}]}})";
  const auto list = [](JsonValue root, std::size_t i) {
    JsonValue found;
    std::size_t at = 0;
    root.at("graph").at("nodes").each_element([&](JsonValue node) {
      node.at("a/b").each_element([&](JsonValue v) {
        if (at++ == i) found = v;
      });
    });
    return found;
  };
  CHECK(complaint(text, [&](JsonValue r) { (void)list(r, 1).integer(); }) ==
        "expected a number, found a string | m.json:/graph/nodes/0/a~1b/1");
  CHECK(complaint(text, [&](JsonValue r) { (void)list(r, 0).text(); }) ==
        "expected a string, found a number | m.json:/graph/nodes/0/a~1b/0");
  CHECK(complaint(text, [&](JsonValue r) { (void)list(r, 2).integer(); }) ==
        "expected a whole number, found 1.5 | m.json:/graph/nodes/0/a~1b/2");
  CHECK(complaint(text, [&](JsonValue r) { (void)list(r, 3).integer(); }) ==
        "the number 99999999999999999999 does not fit 64 bits | m.json:/graph/nodes/0/a~1b/3");
  CHECK(complaint(text, [&](JsonValue r) { (void)list(r, 4).real(); }) ==
        "the number 1e999 does not fit a double | m.json:/graph/nodes/0/a~1b/4");
  CHECK(complaint(text, [&](JsonValue r) { (void)r.at("graph").at("inputs"); }) ==
        "the member 'inputs' is missing | m.json:/graph");
  CHECK(complaint(text, [&](JsonValue r) { r.each_element([](JsonValue) {}); }) ==
        "expected an array, found an object | m.json:/");
  CHECK(complaint(text, [&](JsonValue r) { (void)r.at("none").at("more").text(); }) ==
        "the member 'none' is missing | m.json:/");
}

TEST_CASE("UTF-8 is checked as the standard has it") {
  for (const auto* good : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "12345678\xc3\xa9"})
    CHECK_FALSE(broken_utf8(good));
  CHECK(broken_utf8("\xc0\xaf") == 0);              // overlong
  CHECK(broken_utf8("ab\xed\xa0\x80") == 2);        // a surrogate
  CHECK(broken_utf8("\xf4\x90\x80\x80") == 0);      // beyond the last character
  CHECK(broken_utf8("12345678901\xe2\x82") == 11);  // cut off
}
