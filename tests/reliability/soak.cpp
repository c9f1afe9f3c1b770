// Many analyses in one process: every answer is that of the first time, and memory does not grow with their
// number.
//   soak COUNT MODEL...   prints {"analyses": ..., "differ": ..., "bytes_each": ..., "resident_mib": ...}
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "alidade/host.hpp"

using namespace alidade;

namespace {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// The slope of a straight line through so many points, by least squares.
double slope(const std::vector<double>& ys) {
  const auto n = static_cast<double>(ys.size());
  double sum_x = 0, sum_y = 0, sum_xy = 0, sum_xx = 0;
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const auto x = static_cast<double>(i);
    sum_x += x, sum_y += ys[i], sum_xy += x * ys[i], sum_xx += x * x;
  }
  return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

/// A model opened, profiled and estimated anew: what its document says.
std::string answer(const Host& host, const std::string& path) {
  const auto model = host.open({path});
  if (!model) return to_text(model.error());
  const auto said =
      host.profile(*model, {.with = {"memory", "fusion", "concurrency"}, .on = {"l4", "h100_sxm"}});
  return said ? said->json() : to_text(said.error());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("soak COUNT MODEL...\n", stderr), 2;
  const std::size_t count = std::stoull(argv[1]);
  const std::vector<std::string> models(argv + 2, argv + argc);
  const Host host;
  std::map<std::string, std::string> first;
  std::vector<double> resident;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& path = models[i % models.size()];
    auto said = answer(host, path);
    const auto [known, is_new] = first.try_emplace(path, said);
    if (!is_new && known->second != said) ++differ;
    if (i >= count / 5) resident.push_back(resident_bytes());  // before that, what is kept once is loaded
  }
  std::printf("{\"analyses\": %zu, \"differ\": %zu, \"bytes_each\": %.1f, \"resident_mib\": %.1f}\n", count,
              differ, slope(resident), resident.back() / (1 << 20));
  return differ == 0 ? 0 : 1;
}
