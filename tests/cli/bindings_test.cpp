// A binding that changes nothing is a mistake, of whatever format the model is.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

std::string graph(const std::string& size) {
  const auto type = " : f32[" + size + ",8]";
  return "graph \"m\" {\n  input %x" + type + "\n  %y = relu(%x)" + type + "\n  return %y\n}\n";
}

struct Models {
  ScratchFolder folder;
  Models() {
    write_text(folder / "fixed.alg", graph("2"));
    write_text(folder / "batched.alg", graph("batch"));
    write_text(folder / "counted.alg", graph("2*count"));
    write_text(folder / "open.alg", graph("?"));
  }
  [[nodiscard]] Ran profile(const std::string& file, std::vector<std::string> more) const {
    more.insert(more.begin(), {"profile", folder / file});
    return run_program(ALIDADE_BIN, std::move(more));
  }
  [[nodiscard]] Ran run(const std::string& pipeline) const {
    write_text(folder / "p.toml", pipeline + "[[report]]\nuse = \"csv\"\n");
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  }
};

}  // namespace

TEST_CASE("a binding of a model whose sizes are fixed is a mistake") {
  const Models models;
  const auto ran = models.profile("fixed.alg", {"--bind", "batch=8"});
  CHECK(ran.code == 2);
  CHECK(ran.out == "");
  CHECK(ran.err == "error: the model has no symbol 'batch': all of its sizes are fixed\n  --> " +
                       (models.folder / "fixed.alg") +
                       "\n  fix: leave it out; other sizes are given with --batch or --input-shape\n");
  CHECK(models.profile("open.alg", {"--bind", "batch=8"})
            .err.starts_with("error: the model has no symbol 'batch': its open sizes have no names\n"));
}

TEST_CASE("a binding of a symbol that the model does not have lists those that it has") {
  const Models models;
  const auto ran = models.profile("batched.alg", {"--bind", "batch=8,seq=3"});
  CHECK(ran.code == 2);
  CHECK(ran.err == "error: the model has no symbol 'seq'; its symbols are: batch\n  --> " +
                       (models.folder / "batched.alg") + "\n  fix: leave it out, or bind one of these\n");
  CHECK(models.profile("batched.alg", {"--bind", "batchs=8"})
            .err.starts_with(
                "error: the model has no symbol 'batchs' (did you mean 'batch'?); its symbols are: batch\n"));
  CHECK(models.profile("counted.alg", {"--bind", "count=3"}).code == 0);
}

TEST_CASE("a binding is checked where the frontend binds while it reads, too") {
  const auto profile = [](const std::string& model, const std::string& bind) {
    return run_program(ALIDADE_BIN, {"profile", model, "--bind", bind, "--format", "csv"});
  };
  CHECK(profile("resnet18", "batch=8")
            .err.starts_with("error: the model has no symbol 'batch': all of its sizes are fixed\n"));
  CHECK(profile("bert_base", "batch=8,seq=384").code == 0);
  CHECK(
      profile("bert_base", "batch=8,seqs=384")
          .err.starts_with(
              "error: the model has no symbol 'seqs' (did you mean 'seq'?); its symbols are: batch, seq\n"));
  const auto ended = run_program(ALIDADE_BIN, {"inspect", "bert_base", "--bind", "nonsense=8"});
  CHECK(ended.code == 2);
  CHECK(ended.err.starts_with("error: the model has no symbol 'nonsense'; its symbols are: batch, seq\n"));
}

TEST_CASE("a name with a comma or an equals sign is bound in quotes, as the advice says") {
  const Models models;
  write_text(models.folder / "named.alg", graph("\"a,b\""));
  const auto unbound = models.profile("named.alg", {});
  CHECK(unbound.code == 2);
  CHECK(unbound.err.find("fix: bind it: --bind '\"a,b\"=1', or [bind] in the pipeline file\n") !=
        std::string::npos);
  CHECK(models.profile("named.alg", {"--bind", "\"a,b\"=4"}).code == 0);
  const auto brief = models.profile("named.alg", {"--bind", "\"a,b\"=4", "--format", "brief"});
  CHECK(brief.out.find("/named.alg --bind '\"a,b\"=4'\n") != std::string::npos);
  write_text(models.folder / "named.alg", graph("\"a=1,b\""));
  CHECK(models.profile("named.alg", {"--bind", "\"a=1,b\"=4"}).code == 0);
  const auto two = models.profile("batched.alg", {"--bind", "batch=2,\"x,y\"=3"});
  CHECK(two.err.starts_with("error: the model has no symbol 'x,y'; its symbols are: batch\n"));
  CHECK(
      models.profile("batched.alg", {"--bind", "\"batch=2"})
          .err.starts_with(
              "error: the model has no symbol '\"batch' (did you mean 'batch'?); its symbols are: batch\n"));
  for (const std::string wrong : {"batch=2,", "=3", "batch", "\"\"=2x", "\"a,b\""})
    CHECK(models.profile("batched.alg", {"--bind", wrong}).err.find("error: expected NAME=SIZE, found ") ==
          0);
}

TEST_CASE("sizes that are advised leave something of a difference") {
  const Models models;
  for (const auto& [size, advice] : std::vector<std::pair<std::string, std::string>>{
           {"\"total - past\"", "--bind past=1 --bind total=2"},
           {"\"seq_len - 2*past\"", "--bind past=1 --bind seq_len=128"},
           {"\"(h - k)//2\"", "--bind h=4 --bind k=1"}}) {
    write_text(models.folder / "less.alg", graph(size));
    const auto unbound = models.profile("less.alg", {});
    INFO(size << ": " << unbound.err);
    CHECK(unbound.code == 2);
    CHECK(unbound.err.ends_with("\n  fix: bind them: " + advice + ", or [bind] in the pipeline file\n"));
  }
}

TEST_CASE("a binding of the pipeline has to mean something to one model") {
  const Models models;
  const std::string two = "[[model]]\npath = \"fixed.alg\"\n[[model]]\npath = \"batched.alg\"\n";
  CHECK(models.run(two + "[bind]\nbatch = 8\n").code == 0);
  const auto none = models.run(two + "[bind]\nbatch = 8\nseq = 0\n");
  CHECK(none.code == 2);
  CHECK(none.out == "");
  CHECK(none.err ==
        "error: no model has the symbol 'seq'; their symbols are: batch\n"
        "  --> [bind]\n"
        "  fix: leave it out, or bind one of these\n");
  const auto fixed = models.run(
      "[[model]]\npath = \"fixed.alg\"\n[[model]]\npath = \"fixed.alg\"\nid = \"b\"\n[bind]\nbatch = 0\n");
  CHECK(fixed.code == 2);
  CHECK(fixed.err ==
        "error: no model has a symbol: the binding of 'batch' changes nothing\n"
        "  --> [bind]\n"
        "  fix: leave it out\n");
}

TEST_CASE("a size that stands where a model should is told its flag") {
  const auto run = Models().profile("batched.alg", {"--bind", "batch=1", "seq=2"});
  CHECK(run.code == 2);
  CHECK(run.err ==
        "error: there is no model file 'seq=2'\n"
        "  --> MODEL\n"
        "  fix: a size has a flag of its own: --bind seq=2\n");
}

TEST_CASE("models that a binding of the pipeline means nothing to have a note") {
  const Models models;
  const std::string two =
      "[[model]]\npath = \"fixed.alg\"\n[[model]]\npath = \"batched.alg\"\n[bind]\nbatch = 8\n";
  write_text(models.folder / "p.toml", two + "[[report]]\nuse = \"json\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", models.folder / "p.toml", "-v"});
  CHECK(ran.code == 0);
  const std::string note = "the model has no symbol 'batch': the binding changes nothing in it";
  const auto at = ran.out.find(note);
  REQUIRE(at != std::string::npos);
  CHECK(ran.out.find(note, at + 1) == std::string::npos);
  CHECK(ran.err == "info: fixed: " + note + " [unused-binding]\n");
}

TEST_CASE("compare and query bind the models that have the symbol, and name those that do not") {
  const Models models;
  const auto ran = [&](const std::string& verb, const std::vector<std::string>& files,
                       std::vector<std::string> more) {
    std::vector<std::string> words{verb};
    for (const auto& file : files) words.push_back(models.folder / file);
    words.insert(words.end(), more.begin(), more.end());
    return run_program(ALIDADE_BIN, words);
  };
  const std::string note =
      "warning: fixed: the model has no symbol 'batch': the binding changes nothing in it [unused-binding]\n";
  const auto compared = ran("compare", {"fixed.alg", "batched.alg"}, {"--bind", "batch=2"});
  CHECK(compared.code == 0);
  CHECK(compared.err == note);
  const auto asked = ran("query", {"batched.alg", "fixed.alg"}, {"true", "--bind", "batch=2"});
  CHECK(asked.code == 0);
  CHECK(asked.err == note);
  const auto none = ran("compare", {"fixed.alg", "batched.alg"}, {"--bind", "batch=2,seq=3"});
  CHECK(none.code == 2);
  CHECK(none.out == "");
  CHECK(none.err ==
        "error: no model has the symbol 'seq'; their symbols are: batch\n  --> [bind]\n  fix: leave it out, "
        "or bind one "
        "of these\n");
  const auto one = ran("query", {"fixed.alg"}, {"true", "--bind", "batch=2"});
  CHECK(one.code == 2);
  CHECK(one.out == "");
  CHECK(one.err.starts_with("error: the model has no symbol 'batch': all of its sizes are fixed\n"));
}

TEST_CASE("a binding of one model has to mean something to that one") {
  const Models models;
  const auto ran = models.run(
      "[[model]]\npath = \"batched.alg\"\nbind = { batch = 2 }\n[[model]]\npath = \"fixed.alg\"\nbind = { "
      "batch = 2 }\n");
  CHECK(ran.code == 5);
  CHECK(ran.err.starts_with("error: the model has no symbol 'batch': all of its sizes are fixed\n  --> " +
                            (models.folder / "fixed.alg") + "\n"));
  CHECK(ran.out.find("\nbatched,") != ran.out.npos);
}

TEST_CASE("plan tells a binding that means nothing, after what it found") {
  const Models models;
  write_text(models.folder / "p.toml",
             "[[model]]\npath = \"fixed.alg\"\n[bind]\nbatch = 8\n[[report]]\nuse = \"csv\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"plan", models.folder / "p.toml"});
  CHECK(ran.code == 2);
  CHECK(ran.err.starts_with("error: the model has no symbol 'batch': all of its sizes are fixed\n"));
}

TEST_CASE("a name that is given twice is a mistake, unless it says the same") {
  const Models models;
  const auto sizes = models.profile("batched.alg", {"--bind", "batch=3", "--bind", "batch=4"});
  CHECK(sizes.code == 2);
  CHECK(sizes.err == "error: 'batch' is bound to 3 and to 4\n  --> --bind\n  fix: bind it once\n");
  CHECK(models.profile("batched.alg", {"--bind", "batch=3,batch=3"}).code == 0);
  const auto shapes = models.profile("batched.alg", {"--input-shape", "x=2,8", "--input-shape", "x=4,8"});
  CHECK(shapes.code == 2);
  CHECK(shapes.err == "error: the input 'x' is given two shapes\n  --> --input-shape\n  fix: give it one\n");
}

TEST_CASE(
    "two flags that say different sizes of an input are a mistake, and two that say the same are none") {
  const Models models;
  const auto where = [&](const std::string& file) { return "\n  --> " + (models.folder / file) + "\n"; };
  const auto refused = [&](const std::string& file, const std::vector<std::string>& flags,
                           const std::string& what) {
    const auto ran = models.profile(file, flags);
    CHECK(ran.code == 2);
    CHECK(ran.out == "");
    CHECK(ran.err == "error: " + what + where(file) +
                         "  fix: leave one of the two out, or let both say the same size\n");
  };
  refused(
      "batched.alg", {"--input-shape", "4,8", "--bind", "batch=2"},
      "'--input-shape 4,8' and '--bind batch=2' contradict each other: size 1 of the input 'x' is 4 by the "
      "first and 2 by the second");
  refused("batched.alg", {"--batch", "5", "--bind", "batch=4"},
          "'--batch 5' and '--bind batch=4' contradict each other: size 1 of the input 'x' is 5 by the first "
          "and 4 by the second");
  refused("counted.alg", {"--input-shape", "x=4,8", "--bind", "count=3"},
          "'--input-shape x=4,8' and '--bind count=3' contradict each other: size 1 of the input 'x' is 4 by "
          "the first and 6 by the second");
  refused(
      "fixed.alg", {"--batch", "5", "--input-shape", "4,8"},
      "'--batch 5' and '--input-shape 4,8' contradict each other: size 1 of the input 'x' is 5 by the first "
      "and 4 by the second");
  refused(
      "fixed.alg", {"--input-shape", "4,8", "--input-shape", "x=4,9"},
      "'--input-shape x=4,9' and '--input-shape 4,8' contradict each other: size 2 of the input 'x' is 9 by "
      "the first and 8 by the second");
  CHECK(models.profile("batched.alg", {"--batch", "4", "--bind", "batch=4", "--input-shape", "4,8"}).code ==
        0);
  CHECK(models.profile("counted.alg", {"--input-shape", "6,8", "--bind", "count=3"}).code == 0);
  CHECK(models.profile("fixed.alg", {"--batch", "5", "--input-shape", "-1,9"}).code == 0);
  const auto several = models.profile("batched.alg", {"--batch", "4,5", "--bind", "batch=4"});
  CHECK(several.code == 5);
  CHECK(several.err.find("'--batch 5' and '--bind batch=4' contradict each other") != std::string::npos);
}
