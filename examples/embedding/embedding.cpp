// Alidade in a process of one's own: a model is read once, and eight threads ask what it takes at eight
// batches.
#include <alidade/host.hpp>
#include <alidade/results/estimate.hpp>

#include <array>
#include <iomanip>
#include <iostream>
#include <thread>

namespace {

struct Row {
  std::int64_t batch = 0;
  double seconds = 0;
  std::string error = {};
};

Row asked(const alidade::Host& host, const alidade::Model& model, const std::string& device,
          std::int64_t batch) {
  const auto answer = host.estimate(model, {.on = {device}, .batches = {batch}});
  if (!answer) return {batch, 0, alidade::to_text(answer.error())};
  const auto& found = answer->run().models.at(0);  // typed; answer->json() has the same as text
  return {batch, found.results->get<alidade::Estimate>(device)->latency.value};
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return std::cerr << "embedding MODEL DEVICE\n", 2;
  const alidade::Host host;
  const auto model = host.open({words[1]});
  if (!model) return std::cerr << alidade::to_text(model.error()) << '\n', 1;

  std::array<Row, 8> rows;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < rows.size(); ++i)
      threads.emplace_back([&, i] { rows[i] = asked(host, *model, words[2], std::int64_t{1} << i); });
  }
  for (const auto& row : rows) {
    if (!row.error.empty()) return std::cerr << row.error << '\n', 1;
    std::cout << std::setw(5) << row.batch << std::setw(12) << std::fixed << std::setprecision(3)
              << 1e3 * row.seconds << " ms\n";
  }
}
