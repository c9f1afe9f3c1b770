// Every field of every row of a graph is replaced by values that a writer with a bug or a grudge would send.
// What is adopted goes through every analysis and report: nothing may crash (the sanitizers watch) or take
// long.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "alidade/base/file.hpp"
#include "alidade/ir/arrays.hpp"
#include "every_pass.hpp"

using namespace alidade;

namespace {

Graph with_stated_work(Graph graph) {
  std::vector<std::pair<NodeId, StatedWork>> words;
  for (const NodeId n : graph.nodes())
    if (graph.op(n) == Op::opaque || n.index == 1)
      words.push_back({n, {Macs(5), Flops(11), Bytes(3), Bytes(4), Bytes(1), "rule"}});
  return Graph::with_stated(std::move(graph), words);
}

/// One of the small graphs that hold between them every kind of row: views, nested regions, quantisation,
/// shared parameters, symbols, literals, attributes of every family, modules, sources, notes and an
/// attachment.
Graph graph_of_rows(const std::string& name) {
  const auto file = FileBytes::open(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/rows/" + name + ".alg");
  return with_stated_work(parse(file.value().view()).value());
}

/// The sizes of all arrays: indices that are just good, or just not.
std::vector<std::uint32_t> sizes_of(const GraphArrays& arrays) {
  std::vector<std::uint32_t> sizes;
  GraphArrays::each(arrays,
                    [&](const auto& rows) { sizes.push_back(static_cast<std::uint32_t>(rows.size())); });
  std::ranges::sort(sizes);
  sizes.erase(std::ranges::unique(sizes).begin(), sizes.end());
  return sizes;
}

/// Adopts one mutant after another and keeps count.
class Mutants {
 public:
  explicit Mutants(const Graph& graph) : graph_(graph) {
    for (const auto size : sizes_of(graph.arrays())) words_.insert(words_.end(), {size - 1, size});
    std::ranges::sort(words_);
    words_.erase(std::ranges::unique(words_).begin(), words_.end());
  }

  void replace_every_word() {
    std::size_t array = 0;
    GraphArrays::each(graph_.arrays(), [&](const auto& rows) {
      const std::size_t bytes = rows.size() * sizeof(rows[0]);
      using Row = std::remove_cvref_t<decltype(rows[0])>;
      for (std::size_t at = 0; at + 4 <= bytes; at += sizeof(Row) < 4 ? 16 : 4) {
        for (const std::uint32_t word : words_) replace(array, at, word);
        replace(array, at, word_at(array, at) + 1), replace(array, at, word_at(array, at) - 1);
      }
      if (alignof(Row) == 8)
        for (std::size_t at = 0; at + 8 <= bytes; at += 8)
          for (const std::int64_t number : kNumbers) replace(array, at, number);
      ++array;
    });
  }
  void swap_rows() {
    std::size_t array = 0;
    GraphArrays::each(graph_.arrays(), [&](const auto& rows) {
      for (std::size_t i = 0; sizeof(rows[0]) > 1 && i < rows.size(); ++i)
        for (std::size_t j = i + 1; j < std::min(rows.size(), i + 4); ++j) {
          if (!is_next()) continue;
          auto mutant = std::make_unique<GraphArrays>(graph_.arrays());
          swap_in(*mutant, array, i, j);
          judge(std::move(mutant));
        }
      ++array;
    });
  }
  void drop_and_double_rows() {
    std::size_t array = 0;
    GraphArrays::each(graph_.arrays(), [&](const auto& rows) {
      for (const bool twice : {false, true}) {
        if (rows.empty()) continue;
        auto mutant = std::make_unique<GraphArrays>(graph_.arrays());
        std::size_t at = 0;
        GraphArrays::each(*mutant, [&](auto& own) {
          if (at++ != array) return;
          if (twice)
            own.push_back(own.back());
          else
            own.pop_back();
        });
        judge(std::move(mutant));
      }
      ++array;
    });
  }
  int refused = 0, adopted = 0;
  double longest_s = 0;

 private:
  static constexpr std::int64_t kNumbers[] = {0,
                                              1,
                                              2,
                                              7,
                                              -1,
                                              -2,
                                              -3,
                                              -40,
                                              std::int64_t{1} << 31,
                                              -2 - (std::int64_t{1} << 32),
                                              std::int64_t{1} << 40,
                                              std::int64_t{1} << 62,
                                              std::numeric_limits<std::int64_t>::max(),
                                              std::numeric_limits<std::int64_t>::min()};

  template <class Word>
  void replace(std::size_t array, std::size_t at, Word word) {
    if (!is_next()) return;
    auto mutant = std::make_unique<GraphArrays>(graph_.arrays());
    std::size_t i = 0;
    GraphArrays::each(*mutant, [&](auto& rows) {
      if (i++ == array) std::memcpy(std::as_writable_bytes(std::span(rows)).data() + at, &word, sizeof word);
    });
    judge(std::move(mutant));
  }
  [[nodiscard]] std::uint32_t word_at(std::size_t array, std::size_t at) const {
    std::uint32_t word = 0;
    std::size_t i = 0;
    GraphArrays::each(graph_.arrays(), [&](const auto& rows) {
      if (i++ == array) std::memcpy(&word, std::as_bytes(std::span(rows)).data() + at, sizeof word);
    });
    return word;
  }
  static void swap_in(GraphArrays& arrays, std::size_t array, std::size_t a, std::size_t b) {
    std::size_t i = 0;
    GraphArrays::each(arrays, [&](auto& rows) {
      if (i++ == array) std::swap(rows[a], rows[b]);
    });
  }
  /// Every so many-th mutant, all with ALIDADE_ALL_MUTANTS=1.
  bool is_next() {
    static const std::size_t step = std::getenv("ALIDADE_ALL_MUTANTS") ? 1 : 11;
    return made_++ % step == 0;
  }
  void judge(std::unique_ptr<GraphArrays> mutant) {
    static const tests::EveryPass every(ALIDADE_PLUGIN_DIR);
    const auto begin = std::chrono::steady_clock::now();
    const auto graph = Graph::adopt(std::move(mutant));
    if (graph) every.run(*graph);
    ++(graph ? adopted : refused);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    longest_s = std::max(longest_s, took.count());
  }

  const Graph& graph_;
  std::size_t made_ = 0;
  std::vector<std::uint32_t> words_{0, 1, 2, 3, 5, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
};

void try_all_mutants(const std::string& name) {
  const Graph graph = graph_of_rows(name);
  Mutants mutants(graph);
  mutants.replace_every_word();
  mutants.swap_rows();
  mutants.drop_and_double_rows();
  CHECK(mutants.adopted > 100);
  CHECK(mutants.refused > 500);
  CHECK(mutants.longest_s < 5);
}

}  // namespace

TEST_CASE("mutants of a convolutional network are refused, or harmless to every pass") {
  try_all_mutants("vision");
}
TEST_CASE("mutants of a language model are refused, or harmless to every pass") {
  try_all_mutants("language");
}
TEST_CASE("mutants of nested regions are refused, or harmless to every pass") { try_all_mutants("control"); }
