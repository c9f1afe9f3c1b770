#include <catch2/catch.hpp>

#include "pipeline_case.hpp"

using namespace alidade::tests;

TEST_CASE("an unknown key is an error with a hint, in every section") {
  PipelineCase test;
  CHECK(test.complaint("[[model]]\npath = \"m.onnx\"\nfrontends = [\"onnx\"]\n") ==
        "error: unknown key 'frontends' in [[model]] 'm' (did you mean 'frontend'?)\n"
        "  --> pipeline.toml:3:1\n"
        "   |\n"
        " 3 | frontends = [\"onnx\"]\n"
        "   | ^^^^^^^^^\n"
        "  fix: keys here: path, id, frontend, bind, batch, inputs\n");
  CHECK(
      test.complaint("[limits]\nwal_s = 3\n")
          .starts_with(
              "error: unknown key 'wal_s' in [limits] (did you mean 'wall_s'?)\n  --> pipeline.toml:2:1\n"));
  CHECK(test.complaint("[[family]]\nmatch = \"*\"\nfrontend = \"onnx\"\nuse = \"x\"\n")
            .starts_with("error: unknown key 'use' in [[family]]\n  --> pipeline.toml:4:1\n"));
  CHECK(test.complaint("[[analysys]]\nuse = \"cost\"\n")
            .starts_with(
                "error: unknown key 'analysys' (did you mean 'analysis'?)\n  --> pipeline.toml:1:3\n"));
}

TEST_CASE("a wrong type says what was expected and what was found") {
  PipelineCase test;
  CHECK(test.complaint("threads = \"two\"\n") ==
        "error: 'threads': expected a whole number, found \"two\"\n"
        "  --> pipeline.toml:1:11\n"
        "   |\n"
        " 1 | threads = \"two\"\n"
        "   |           ^^^^^\n"
        "  fix: threads: how many; 0: as many as the machine has\n");
  const auto what = [&](std::string_view text) {
    const auto all = test.complaint(text);
    return all.substr(0, all.find('\n'));
  };
  CHECK(what("name = 3\n") == "error: 'name': expected a string, found 3");
  CHECK(what("threads = 2.5\n") == "error: 'threads': expected a whole number, found 2.5");
  CHECK(what("threads = -1\n") == "error: 'threads': expected a whole number from 0 to 4096, found -1");
  CHECK(what("threads = 1979-05-27\n") == "error: 'threads': expected a whole number, found a date");
  CHECK(what("plugin_path = \"x\"\n") == "error: 'plugin_path': expected a list of strings, found \"x\"");
  CHECK(what("plugin_path = [1]\n") == "error: 'plugin_path': expected a string, found 1");
  CHECK(what("bind = { n = \"8\" }\n") == "error: 'bind': expected a whole number, found \"8\"");
  CHECK(what("bind = { n = -8 }\n") == "error: 'bind': expected a whole number of at least 0, found -8");
  CHECK(what("limits = 3\n") == "error: 'limits': expected a table, found 3");
  CHECK(what("[limits]\nwall_s = 0\n") ==
        "error: 'wall_s' in [limits]: expected a whole number from 1 to 1000000000, found 0");
  CHECK(what("[[model]]\npath = [\"a\"]\n") == "error: 'path' in [[model]]: expected a string, found a list");
  CHECK(what("[[model]]\npath = \"\"\n") ==
        "error: 'path' in [[model]]: expected a string that is not empty, found \"\"");
  CHECK(what("[[model]]\npath = \"m.onnx\"\nfrontend = 3\n") ==
        "error: 'frontend' in [[model]] 'm': expected a string or a list of strings, found 3");
  CHECK(what("[[model]]\npath = \"m.onnx\"\ninputs = { x = \"1,x\" }\n") ==
        "error: 'inputs' in [[model]] 'm': expected a shape like [1, 3, 224, 224] or \"1,128:int64\", found "
        "\"1,x\"");
  CHECK(
      what("[[model]]\npath = \"m.onnx\"\ninputs = { x = 3 }\n") ==
      "error: 'inputs' in [[model]] 'm': expected a shape like [1, 3, 224, 224] or \"1,128:int64\", found 3");
  CHECK(what("[[model]]\npath = \"m.onnx\"\ninputs = { x = [-1] }\n") ==
        "error: 'inputs' in [[model]] 'm': expected a whole number of at least 0, found -1");
  CHECK(what("[frontend]\nonnx = true\n") ==
        "error: 'frontend.onnx': expected the table of a frontend, found true");
  CHECK(what("[frontend.onnx]\nworker = 1\n") ==
        "error: 'worker' in [frontend.onnx]: expected true or false, found 1");
  CHECK(what("[[analysis]]\nuse = \"cost\"\nlimit = { a = \"x\" }\n") ==
        "error: 'limit' in [[analysis]] 'cost': expected true, false, a number, a string, a list of one "
        "kind or a table of numbers, found a table");
  CHECK(what("[[analysis]]\nuse = \"cost\"\nlimit = [1, \"a\"]\n") ==
        "error: 'limit' in [[analysis]] 'cost': expected true, false, a number, a string, a list of one "
        "kind or a table of numbers, found a list");
}

TEST_CASE("one bracket too few is recognised") {
  PipelineCase test;
  CHECK(test.complaint("[analysis]\nuse = \"cost\"\n") ==
        "error: 'analysis': expected [[analysis]] entries, found a table\n"
        "  --> pipeline.toml:1:1\n"
        "   |\n"
        " 1 | [analysis]\n"
        "   | ^\n"
        "  fix: write [[analysis]], with two brackets, before the keys of each entry\n");
}

TEST_CASE("a missing key is asked for at its entry") {
  PipelineCase test;
  CHECK(test.complaint("name = \"x\"\n\n[[analysis]]\nconvention = \"macs\"\n") ==
        "error: [[analysis]] has no 'use'\n"
        "  --> pipeline.toml:3:1\n"
        "   |\n"
        " 3 | [[analysis]]\n"
        "   | ^\n"
        "  fix: use: the component\n");
  CHECK(test.complaint("[[model]]\nid = \"a\"\n").starts_with("error: [[model]] has no 'path'\n"));
  CHECK(test.complaint("[[family]]\nmatch = \"a\"\n").starts_with("error: [[family]] has no 'frontend'\n"));
}

TEST_CASE("two entries of one id are refused with both places") {
  PipelineCase test;
  CHECK(test.complaint("[[report]]\nuse = \"table\"\n[[report]]\nuse = \"table\"\npath = \"a\"\n") ==
        "error: two entries have the id 'table'; the other is at pipeline.toml:2:7\n"
        "  --> pipeline.toml:4:7\n"
        "   |\n"
        " 4 | use = \"table\"\n"
        "   |       ^^^^^^^\n"
        "  fix: give this [[report]] an id of its own: id = \"table2\"\n");
  CHECK(test.complaint("[[analysis]]\nuse = \"a\"\nid = \"x\"\n[[hardware]]\nuse = \"b\"\nid = \"x\"\n")
            .starts_with("error: two entries have the id 'x'; the other is at pipeline.toml:3:6\n  --> "
                         "pipeline.toml:6:6\n"));
}

TEST_CASE("an id must be fit for a file name") {
  PipelineCase test;
  CHECK(test.complaint("[[model]]\npath = \"m.onnx\"\nid = \"../m\"\n") ==
        "error: 'id' in [[model]]: expected letters, digits, '.', '_' and '-', found \"../m\"\n"
        "  --> pipeline.toml:3:6\n"
        "   |\n"
        " 3 | id = \"../m\"\n"
        "   |      ^^^^^^\n"
        "  fix: ids become parts of file names\n");
}

TEST_CASE("another version of the format is refused") {
  PipelineCase test;
  CHECK(test.complaint("schema = \"alidade.pipeline/2\"\n") ==
        "error: 'schema': expected \"alidade.pipeline/1\", found \"alidade.pipeline/2\"\n"
        "  --> pipeline.toml:1:10\n"
        "   |\n"
        " 1 | schema = \"alidade.pipeline/2\"\n"
        "   |          ^^^^^^^^^^^^^^^^^^^^\n"
        "  fix: this program reads no other version\n");
}

TEST_CASE("all mistakes are told at once, in order of place") {
  PipelineCase test;
  const auto text = test.complaint("threads = \"x\"\nnmae = \"y\"\n[limits]\ncpu_s = true\n");
  const auto first = text.find("'threads'"), second = text.find("'nmae'"), third = text.find("'cpu_s'");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != text.npos);
}

TEST_CASE("an axis of a file is checked where it stands") {
  PipelineCase pipeline;
  CHECK(pipeline.complaint("[[axis]]\nkey = \"batsh\"\nvalues = [1]\n") ==
        "error: there is no axis 'batsh' (did you mean 'batch'?)\n"
        "  --> pipeline.toml:2:7\n"
        "   |\n"
        " 2 | key = \"batsh\"\n"
        "   |       ^^^^^^^\n"
        "  fix: axes: batch, bind.NAME, on, precision, backend, layout, figure.NAME\n");
  CHECK(pipeline.complaint("[[axis]]\nkey = \"batch\"\nvalues = [1, 0.5]\n") ==
        "error: the axis 'batch' takes whole numbers from 1 to 1099511627776, found '0.5'\n"
        "  --> pipeline.toml:3:14\n"
        "   |\n"
        " 3 | values = [1, 0.5]\n"
        "   |              ^^^\n");
  CHECK(pipeline.complaint("[[axis]]\nkey = \"batch\"\nvalues = [1, true]\n") ==
        "error: 'values' in [[axis]]: expected numbers and strings, found true\n"
        "  --> pipeline.toml:3:14\n"
        "   |\n"
        " 3 | values = [1, true]\n"
        "   |              ^^^^\n"
        "  fix: values: what it is in turn: [1, 8, 64], [\"bf16\", \"i8\"]\n");
  CHECK(pipeline.complaint("[[axis]]\nkey = \"batch\"\n") ==
        "error: [[axis]] has no 'values'\n"
        "  --> pipeline.toml:1:1\n"
        "   |\n"
        " 1 | [[axis]]\n"
        "   | ^\n"
        "  fix: values: what it is in turn: [1, 8, 64], [\"bf16\", \"i8\"]\n");
  CHECK(pipeline.complaint("[[axis]]\nkey = \"batch\"\nvalues = [1, 0]\n") ==
        "error: the axis 'batch' takes whole numbers from 1 to 1099511627776, found '0'\n"
        "  --> pipeline.toml:3:14\n"
        "   |\n"
        " 3 | values = [1, 0]\n"
        "   |              ^\n");
}
