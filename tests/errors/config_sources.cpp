#include <catch2/catch.hpp>

#include "pipeline_case.hpp"

using namespace alidade::tests;

TEST_CASE("a file that is not there") {
  PipelineCase test;
  test.file("pipelines.toml");
  test.read();
  CHECK(alidade::host::to_text(test.mistakes) ==
        "error: cannot read 'pipeline.toml': no such file\n"
        "  --> pipeline.toml\n"
        "  fix: did you mean 'pipelines.toml'?\n");
}

TEST_CASE("an include that is not there is shown where it is asked for") {
  PipelineCase test;
  CHECK(test.complaint("include = [\n  \"base.toml\",\n]\n") ==
        "error: cannot read 'base.toml': no such file\n"
        "  --> pipeline.toml:2:3\n"
        "   |\n"
        " 2 |   \"base.toml\",\n"
        "   |   ^^^^^^^^^^^\n");
}

TEST_CASE("files that include each other are named in a circle") {
  PipelineCase test;
  test.file("parts/a.toml", "include = [\"../pipeline.toml\"]\n");
  CHECK(test.complaint("include = [\"parts/a.toml\"]\n") ==
        "error: the files include each other: pipeline.toml -> parts/a.toml -> parts/../pipeline.toml\n"
        "  --> parts/a.toml:1:12\n"
        "   |\n"
        " 1 | include = [\"../pipeline.toml\"]\n"
        "   |            ^^^^^^^^^^^^^^^^^^\n"
        "  fix: take one of the includes out\n");
}

TEST_CASE("include takes file names") {
  PipelineCase test;
  CHECK(test.complaint("include = 3\n").starts_with("error: 'include': expected a list of files, found 3\n"));
  CHECK(test.complaint("include = [3]\n")
            .starts_with("error: 'include': expected the name of a file, found 3\n"));
}

TEST_CASE("a variable that is not set, and no default") {
  PipelineCase test;
  CHECK(test.complaint("name = \"${env:ALIDADE_TEST_NOT_SET}\"\n") ==
        "error: the environment has no variable 'ALIDADE_TEST_NOT_SET'\n"
        "  --> pipeline.toml:1:8\n"
        "   |\n"
        " 1 | name = \"${env:ALIDADE_TEST_NOT_SET}\"\n"
        "   |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  fix: set it, or give a default: ${env:ALIDADE_TEST_NOT_SET:-...}\n");
  CHECK(test.complaint("name = \"${env:X\"\n").starts_with("error: '${env:' has no closing '}'\n"));
  CHECK(test.complaint("name = \"${env:}\"\n")
            .starts_with("error: expected ${env:NAME} or ${env:NAME:-default}, found '${env:}'\n"));
}

TEST_CASE("the flag --set of an entry that is not there adds nothing and is a mistake") {
  PipelineCase test;
  CHECK(test.complaint("[[analysis]]\nuse = \"cost\"\n", {"analysis.cots.convention=macs"}) ==
        "error: there is no [[analysis]] with the id 'cots' (did you mean 'cost'?)\n"
        "  --> --set\n"
        "   |\n"
        "   | analysis.cots.convention=macs\n"
        "   |          ^^^^^^^^^^^^^^^\n"
        "  fix: ids here: cost\n");
  CHECK(test.complaint("", {"report.table.path=x"})
            .starts_with("error: there is no [[report]] with the id 'table'\n"));
}

TEST_CASE("the flag --set of a stem that two models share is a mistake") {
  PipelineCase test;
  CHECK(test.complaint("[[model]]\npath = \"v1/net.alg\"\n[[model]]\npath = \"v2/net.alg\"\n",
                       {"model.net.bind.n=1"}) ==
        "error: two [[model]] entries go by 'net': pipeline.toml:1:1 and pipeline.toml:3:1\n"
        "  --> --set\n"
        "   |\n"
        "   | model.net.bind.n=1\n"
        "   |       ^^^^^^^^^^\n"
        "  fix: give each an id of its own\n");
}

TEST_CASE("a file that is no TOML hides entries: that they are missing is not told") {
  PipelineCase test;
  const std::string syntax =
      "error: not TOML: in array: encountered end-of-file\n"
      "  --> pipeline.toml:2:12\n"
      "   |\n"
      " 2 | threads = [\n"
      "   |            ^\n"
      "  fix: see https://toml.io for the format\n";
  CHECK(test.complaint("[[analysis]]\nthreads = [", {"analysis.cost.convention=macs"}) == syntax);
}

TEST_CASE("the flag --set of something that cannot be set") {
  PipelineCase test;
  const auto what = [&](const std::string& set) {
    const auto all = test.complaint("[[analysis]]\nuse = \"cost\"\n", {set});
    return all.substr(0, all.find('\n'));
  };
  CHECK(what("threads") == "error: expected key=value, found 'threads'");
  CHECK(what("=3") == "error: expected key=value, found '=3'");
  CHECK(what("thread=3") == "error: unknown key 'thread' (did you mean 'threads'?)");
  CHECK(what("threads.x=3") == "error: 'threads' is one value and has nothing below it");
  CHECK(what("analysis.cost=3") == "error: expected a whole path to a value, found 'analysis.cost'");
  CHECK(what("analysis.cost.=3") == "error: expected a whole path to a value, found 'analysis.cost.'");
  CHECK(what("limits=3") == "error: expected a whole path to a value, found 'limits'");
  CHECK(what("frontend.onnx=3") == "error: expected a whole path to a value, found 'frontend.onnx'");
  CHECK(what("family.x=3") == "error: 'family' can only be written in a pipeline file");
  CHECK(what("include=x.toml") == "error: 'include' can only be written in a pipeline file");
}

TEST_CASE("a wrong value points into the flag or the variable") {
  PipelineCase test;
  CHECK(test.complaint("", {"name=x", "limits.wall_s=soon"}) ==
        "error: 'wall_s' in [limits]: expected a whole number, found \"soon\"\n"
        "  --> --set\n"
        "   |\n"
        "   | limits.wall_s=soon\n"
        "   |               ^^^^\n"
        "  fix: wall_s: time on the clock of a worker, in seconds\n");
  const Variable variable("ALIDADE_SET_limits__wal_s", "3");
  CHECK(test.complaint("") ==
        "error: unknown key 'wal_s' in [limits] (did you mean 'wall_s'?)\n"
        "  --> ALIDADE_SET_limits__wal_s\n"
        "   |\n"
        "   | ALIDADE_SET_limits__wal_s=3\n"
        "   |                     ^^^^^\n"
        "  fix: keys here: memory_mib, cpu_s, wall_s, max_nodes, max_region_depth, "
        "max_name_bytes, max_file_mib, standard_input_mib\n");
}
