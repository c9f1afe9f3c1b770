// The peak of live activations, against a slow walk that asks at every step who is still needed.
#include <map>
#include <random>
#include <utility>

#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

std::uint64_t peak(const std::string& body) {
  const Graph g = graph_of(body);
  return profile_of(g).peak_activation.value;
}
/// The least and the most.
std::pair<std::uint64_t, std::uint64_t> range_of_peak(const std::string& body) {
  const auto profile = profile_of(graph_of(body));
  return {profile.peak_activation.value, profile.peak_activation_upper.get().value()};
}

/// A chain of random nodes over earlier values, some of them views; the sizes of results in bytes.
struct Random {
  std::string body;
  std::uint64_t expected = 0;

  explicit Random(unsigned seed) {
    std::mt19937 dice(seed);
    const auto roll = [&](int low, int high) { return std::uniform_int_distribution(low, high)(dice); };
    std::vector<std::uint64_t> size{static_cast<std::uint64_t>(roll(1, 9)) * 4};
    std::vector<std::size_t> root{0};
    std::vector<std::vector<std::size_t>> reads{{}};
    body = "input %v0 : f32[" + std::to_string(size[0] / 4) + "]\n";
    const int count = roll(3, 12);
    for (int i = 1; i <= count; ++i) {
      const auto a = static_cast<std::size_t>(roll(0, i - 1)), b = static_cast<std::size_t>(roll(0, i - 1));
      const bool view = roll(0, 3) == 0;
      const auto elements = view ? size[a] / 4 : static_cast<std::uint64_t>(roll(1, 9));
      size.push_back(elements * 4), root.push_back(view ? root[a] : static_cast<std::size_t>(i));
      reads.push_back(view ? std::vector{a} : std::vector{a, b});
      const auto name = [](std::size_t v) { return "%v" + std::to_string(v); };
      body += name(static_cast<std::size_t>(i)) +
              (view ? " = reshape(" + name(a) : " = opaque(" + name(a) + ", " + name(b)) + ") : f32[" +
              std::to_string(elements) + "]\n";
    }
    body += "return %v" + std::to_string(count);
    for (std::size_t step = 1; step < reads.size(); ++step)
      expected = std::max(expected, live_at(step, size, root, reads));
    expected = std::max(expected, size[0]);
  }

  static std::uint64_t live_at(std::size_t step, const std::vector<std::uint64_t>& size,
                               const std::vector<std::size_t>& root,
                               const std::vector<std::vector<std::size_t>>& reads) {
    std::uint64_t live = 0;
    for (std::size_t v = 0; v <= step; ++v) {
      if (root[v] != v) continue;
      bool needed = v == step || root.back() == v || (v == 0 && step == 1);  // inputs are there at the start
      for (std::size_t later = step; later < reads.size(); ++later)
        for (const auto r : reads[later]) needed |= root[r] == v;
      live += needed ? size[v] : 0;
    }
    return live;
  }
};

}  // namespace

TEST_CASE("a tensor lives from its making to its last use") {
  CHECK(peak("input %x : f32[10]\n %a = relu(%x) : f32[10]\n %b = relu(%a) : f32[10]\n %c = relu(%b) : "
             "f32[10]\n return %c") == 80);
  CHECK(peak("input %x : f32[10]\n %a = relu(%x) : f32[10]\n %b = relu(%a) : f32[10]\n %c = add(%b, %x) : "
             "f32[10]\n return %c") == 120);
}

TEST_CASE("views share their source, parameters are no activations") {
  CHECK(peak("input %x : f32[10]\n %a = reshape(%x) : f32[2,5]\n %b = relu(%a) : f32[2,5]\n return %b") ==
        80);
  CHECK(
      peak(
          "input %x : f32[1,10]\n parameter %w : f32[10,10]\n %b = linear(%x, %w) : f32[1,10]\n return %b") ==
      80);
}

TEST_CASE("a region adds its own peak where it runs") {
  CHECK(range_of_peak(
            "input %c : bool[]\n input %x : f32[10]\n %y = if(%c) : f32[10] { %a = exp(%x) : f32[10]\n %b = "
            "exp(%a) : f32[10] yield %b } { yield %x }\n return %y") == std::pair(81UL, 81UL + 80));
}

TEST_CASE("a value used inside a region is live until the region's node") {
  CHECK(range_of_peak(
            "input %c : bool[]\n input %x : f32[10]\n %a = exp(%x) : f32[10]\n %b = exp(%a) : f32[10]\n"
            "%y = if(%c) : f32[10] { %d = add(%a, %b) : f32[10] yield %d } { yield %a }\n return %y") ==
        std::pair(121UL, 161UL));
}

TEST_CASE("random graphs agree with a slow walk") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Random sample(seed);
    INFO(sample.body);
    CHECK(peak(sample.body) == sample.expected);
  }
}
