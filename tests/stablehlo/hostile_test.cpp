// Files bent anywhere: another graph or a sentence, never a crash and never our fault.
#include <random>

#include "reading.hpp"
#include "scratch_folder.hpp"

using namespace stablehlo_test;

namespace {

void survive(const std::string& text) {
  ReadRequest request;
  request.max_nodes = 20'000;
  const auto graph = read(text, request);
  if (graph) {
    for (const NodeId n : graph->nodes()) (void)work(*graph, n);
    return;
  }
  INFO(to_text(graph.error()));
  CHECK((graph.error().fault == Fault::model || graph.error().fault == Fault::limit));
  CHECK_FALSE(graph.error().where.empty());
}

}  // namespace

TEST_CASE("a text bent anywhere is an error or another graph, never a crash") {
  std::mt19937 random(3);
  const std::string_view pieces[] = {"-1",        "9223372036854775807",
                                     "[",         "]",
                                     "{",         "}",
                                     "(",         ")",
                                     "<",         ">",
                                     "->",        "%0",
                                     "@main",     "#loc1",
                                     "?x",        "0x",
                                     "x",         "\"",
                                     "tensor",    "[]",
                                     "array<i64", "dense<",
                                     "loc(",      "0",
                                     "1e9",       "tuple<>",
                                     ":",         "= 7",
                                     "i1",        ", 3"};
  for (const std::string model :
       {"mlp", "cnn", "attention", "lstm", "cnn_gradient", "mlp_generic", "mlp_symbolic", "bilinear"}) {
    const auto whole = tests::read_text(ALIDADE_SOURCE_DIR "/tests/data/stablehlo/" + model + ".mlir");
    REQUIRE(whole.size() > 100);
    for (int round = 0; round < 500; ++round) {
      auto bent = whole;
      for (auto times = 1 + random() % 3; times > 0 && !bent.empty(); --times) {
        const auto at = random() % bent.size();
        const auto piece = pieces[random() % std::size(pieces)];
        if (round % 4 == 0)
          bent.erase(at, random() % 30);
        else if (round % 4 == 1)
          bent.replace(at, std::min<std::size_t>(random() % 8, bent.size() - at), piece);
        else if (round % 4 == 2)
          bent.replace(at, 1, 1, static_cast<char>(' ' + random() % 90));
        else
          bent.insert(at, piece);
      }
      survive(bent);
    }
    for (int round = 0; round < 40; ++round) survive(whole.substr(0, random() % whole.size()));
  }
}

TEST_CASE("numbers bent in place keep the text whole and reach the operators") {
  std::mt19937 random(4);
  for (const std::string model : {"cnn", "cnn_gradient", "attention", "lstm", "batched"}) {
    const auto whole = tests::read_text(ALIDADE_SOURCE_DIR "/tests/data/stablehlo/" + model + ".mlir");
    for (int round = 0; round < 400; ++round) {
      auto bent = whole;
      const auto at = bent.find_first_of("0123456789", random() % bent.size());
      if (at == std::string::npos) continue;
      const std::string_view numbers[] = {"0", "1", "2", "7", "64", "1000000007", "9223372036854775807"};
      bent.replace(at, 1, numbers[random() % std::size(numbers)]);
      survive(bent);
    }
  }
}
