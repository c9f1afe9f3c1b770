// evaluate FILE NAME=SIZE...: how many microseconds of processor time it takes to evaluate the formulas of a
// file, a name and a formula a line, with sizes that change each time.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "alidade/sdk/formula.hpp"
#include "slurp.hpp"

namespace {

constexpr int kRounds = 20'000;

struct Named {
  std::vector<std::string> names;
  alidade::FormulaProfile profile;
};

Named formulas_in(const std::string& text) {
  Named out;
  out.names.reserve(1000);
  for (std::size_t at = 0; at < text.size();) {
    const auto tab = text.find('\t', at), end = text.find('\n', at);
    out.names.push_back(text.substr(at, tab - at));
    out.profile.figures.push_back({out.names.back(), text.substr(tab + 1, end - tab - 1)});
    at = end + 1;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: evaluate FILE NAME=SIZE...\n", stderr), 2;
  const auto formulas = formulas_in(alidade::bench::slurp(argv[1]));
  alidade::Bindings sizes;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    const auto equals = word.find('=');
    sizes[word.substr(0, equals)] = std::atoll(word.c_str() + equals + 1);
  }
  const alidade::FormulaValues values(formulas.profile);
  const auto begin = std::clock();
  std::int64_t sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    ++sizes.begin()->second;
    for (const auto& name : formulas.names) {
      const auto value = values.at(name, sizes);
      if (!value || !*value) return std::fprintf(stderr, "%s has no value\n", name.c_str()), 1;
      sum += **value;
    }
  }
  const double took = 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("%.3f\n", took / kRounds);
  return sum == 0 ? 1 : 0;
}
