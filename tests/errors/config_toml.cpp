#include <catch2/catch.hpp>

#include "pipeline_case.hpp"

using namespace alidade::tests;

TEST_CASE("a syntax error shows its line and a caret") {
  PipelineCase test;
  CHECK(test.complaint("name = \"x\"\nthreads = 1.2.3\n") ==
        "error: not TOML: in floating-point: expected decimal digit or exponent, saw '.'\n"
        "  --> pipeline.toml:2:14\n"
        "   |\n"
        " 2 | threads = 1.2.3\n"
        "   |              ^^\n"
        "  fix: see https://toml.io for the format\n");
}

TEST_CASE("a key that is written twice is named") {
  PipelineCase test;
  CHECK(test.complaint("threads = 1\nthreads = 2\n") ==
        "error: key 'threads' is written twice\n"
        "  --> pipeline.toml:2:1\n"
        "   |\n"
        " 2 | threads = 2\n"
        "   | ^^^^^^^\n"
        "  fix: keep one of the two\n");
}

TEST_CASE("a number beyond 64 bits is refused") {
  PipelineCase test;
  CHECK(test.complaint("threads = 9223372036854775808\n")
            .starts_with(
                "error: not TOML: in decimal integer: '9223372036854775808' is not representable in 64 bits\n"
                "  --> pipeline.toml:1:"));
}

TEST_CASE("a file that ends too early says so at its end") {
  PipelineCase test;
  CHECK(test.complaint("plugin_path = [\"a\",") ==
        "error: not TOML: in array: encountered end-of-file\n"
        "  --> pipeline.toml:1:20\n"
        "   |\n"
        " 1 | plugin_path = [\"a\",\n"
        "   |                    ^\n"
        "  fix: see https://toml.io for the format\n");
}

TEST_CASE("bytes that are not UTF-8 are named by their offset") {
  PipelineCase test;
  CHECK(test.complaint("name = \"a\"\nx = \"caf\xe9\"\n") ==
        "error: byte 19 of the file is not UTF-8\n"
        "  --> pipeline.toml:2:9\n"
        "   |\n"
        " 2 | x = \"caf\\xe9\"\n"
        "   |         ^^^^\n"
        "  fix: save the file as UTF-8\n");
}

TEST_CASE("a byte order mark and CRLF are fine, and places count without them") {
  PipelineCase test;
  CHECK(test.complaint("\xEF\xBB\xBFname = \"x\"\r\nthreads = 2\r\n[[model]]\r\npath = \"m.onnx\"\r\n") ==
        "");
  CHECK(test.complaint("\xEF\xBB\xBFnmae = \"x\"\r\n") ==
        "error: unknown key 'nmae' (did you mean 'name'?)\n"
        "  --> pipeline.toml:1:1\n"
        "   |\n"
        " 1 | nmae = \"x\"\n"
        "   | ^^^^\n"
        "  fix: keys here: name, plugin_path, threads, trust, bind, schema, include, limits, model, family, "
        "frontend, operator, analysis, "
        "hardware, link, placement, report, test, axis\n");
}

TEST_CASE("a file of more than 1 MiB is refused before it is parsed") {
  PipelineCase test;
  CHECK(test.complaint("# " + std::string(1 << 20, 'x')) ==
        "error: expected at most 1 MiB of TOML, found more\n"
        "  --> pipeline.toml\n"
        "  fix: check that this is the pipeline file, not a model\n");
}

TEST_CASE("deep brackets and long keys are refused before they are parsed") {
  PipelineCase test;
  const std::string deep =
      "error: expected brackets at most 64 levels deep, found more\n  --> pipeline.toml:1:";
  const std::string longest = "error: expected keys of at most 64 parts, found more\n  --> pipeline.toml:1:";
  std::string parts;
  for (int i = 0; i < 100'000; ++i) parts += "a.";
  CHECK(test.complaint("x = " + std::string(100'000, '[')).starts_with(deep + "69\n"));
  CHECK(test.complaint("x = " + std::string(100'000, '{')).starts_with(deep + "69\n"));
  CHECK(test.complaint("[" + parts + "a]").starts_with(longest + "129\n"));
  CHECK(test.complaint(parts + "a = 1").starts_with(longest + "128\n"));
  CHECK(test.complaint("x = { " + parts + "a = 1 }").starts_with(longest));
  SECTION("a block string that ends in a quote of its own hides nothing behind it") {
    CHECK(test.complaint("x = [\"\"\"y\"\"\"\", " + std::string(100'000, '[')).starts_with(deep));
  }
  SECTION("brackets in strings and comments do not count") {
    CHECK(test.complaint("name = \"" + std::string(1000, '[') + "\" # " + std::string(1000, '{') + "\n") ==
          "");
    CHECK(test.complaint("name = '''\n" + std::string(1000, '[') + "\n'''\n") == "");
  }
}

TEST_CASE("letters that toml++ has no table entry for are a syntax error, not undefined") {
  PipelineCase test;
  CHECK(test.complaint("name = x\"é\"\n").starts_with("error: not TOML: "));
  CHECK(test.complaint("é = 1\n").starts_with("error: not TOML: "));
  CHECK(test.complaint("name = \"é\" # é\n") == "");
}

TEST_CASE("control and bidi characters of a source line never reach the terminal") {
  PipelineCase test;
  const auto text = test.complaint("thraeds = \"\\u202e\" # \xE2\x80\xAE\n");
  CHECK(text.find("\xE2\x80\xAE") == text.npos);
  CHECK(text.find("\\xe2\\x80\\xae") != text.npos);
}

TEST_CASE("a long line is cut around the caret") {
  PipelineCase test;
  const auto text = test.complaint("bind = { " + std::string(200, 'a') + " = 1, b = true }\n");
  CHECK(text.find("b = true }\n") != text.npos);
  CHECK(text.find(std::string(150, 'a')) == text.npos);
}
