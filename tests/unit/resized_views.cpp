// Views and transposes at another batch: the truth is a chain over named factors, of which one is the batch,
// written out for two batches.
#include <catch2/catch.hpp>
#include <random>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/print.hpp"

using namespace alidade;

namespace {

/// A dimension is a product of factors, outermost first; factor 0 is the batch.
using Factors = std::vector<std::size_t>;
using Layout = std::vector<Factors>;

class Chain {
 public:
  Chain(unsigned seed, std::vector<std::int64_t> rest) : dice_(seed), sizes_(std::move(rest)) {
    sizes_.insert(sizes_.begin(), 0);
    Layout start;
    for (std::size_t f = 0; f < sizes_.size(); ++f) start.push_back({f});
    steps_.push_back({"", start});
    for (int i = 0; i < 8; ++i) turn_or_view();
  }
  [[nodiscard]] std::vector<std::int64_t> shape(const Layout& layout, std::int64_t batch) const {
    std::vector<std::int64_t> out;
    for (const auto& dim : layout) {
      out.push_back(1);
      for (const auto f : dim) out.back() *= f == 0 ? batch : sizes_[f];
    }
    return out;
  }
  [[nodiscard]] std::vector<std::int64_t> first(std::int64_t batch) const {
    return shape(steps_.front().layout, batch);
  }
  [[nodiscard]] std::string last(std::int64_t batch) const { return type(steps_.back().layout, batch); }
  [[nodiscard]] std::string text(std::int64_t batch) const {
    std::string out = "graph \"views\" {\n  input %0 : " + type(steps_[0].layout, batch) + "\n";
    for (std::size_t i = 1; i < steps_.size(); ++i)
      out += "  %" + std::to_string(i) + " = " + steps_[i].op(i - 1) + " : " + type(steps_[i].layout, batch) +
             steps_[i].foreign() + "\n";
    return out + "  return %" + std::to_string(steps_.size() - 1) + "\n}\n";
  }

 private:
  struct Step {
    std::string perm;  // of a transpose; empty: a view
    Layout layout;
    [[nodiscard]] std::string op(std::size_t from) const {
      const auto operand = "(%" + std::to_string(from) + ")";
      return perm.empty() ? "reshape" + operand : "transpose" + operand + " {perm=[" + perm + "]}";
    }
    [[nodiscard]] std::string foreign() const { return perm.empty() ? " as \"aten.view.default\"" : ""; }
  };

  [[nodiscard]] std::string type(const Layout& layout, std::int64_t batch) const {
    std::string out;
    for (const auto size : shape(layout, batch)) out += (out.empty() ? "f32[" : ",") + std::to_string(size);
    return out + "]";
  }
  std::size_t below(std::size_t n) { return dice_() % n; }
  void turn_or_view() {
    const auto& now = steps_.back().layout;
    if (now.size() > 1 && below(2) == 0) return turn();
    Layout next;
    for (const auto& dim : now)
      for (const auto f : dim) {  // a factor begins a dimension of its own, or joins the one before
        if (next.empty() || below(2) == 0) next.emplace_back();
        next.back().push_back(f);
      }
    steps_.push_back({"", std::move(next)});
  }
  void turn() {
    const auto& now = steps_.back().layout;
    std::vector<std::size_t> perm(now.size());
    for (std::size_t d = 0; d < perm.size(); ++d) perm[d] = d;
    std::ranges::shuffle(perm, dice_);
    Step step;
    for (const auto d : perm) {
      step.perm += (step.perm.empty() ? "" : ",") + std::to_string(d);
      step.layout.push_back(now[d]);
    }
    steps_.push_back(std::move(step));
  }

  std::mt19937 dice_;
  std::vector<std::int64_t> sizes_;
  std::vector<Step> steps_;
};

}  // namespace

TEST_CASE("a batch is found again where views take it into other sizes and out of them", "[infer]") {
  for (unsigned seed = 0; seed < 400; ++seed) {
    const Chain chain(seed, {8, 2, 16});
    const auto graph = parse(chain.text(3));
    INFO(seed << "\n" << chain.text(3));
    REQUIRE(graph);
    const auto resized = infer::with_input_shapes(parse(chain.text(3)).value(), {{"0", chain.first(33)}});
    REQUIRE(resized);
    CHECK(to_text(*resized, resized->type_id(resized->outputs()[0])) == chain.last(33));
  }
}

// PyTorch: x.reshape(b * 4, 35).unflatten(0, (b, 4)) of x [b,7,20] is [b,4,35]; x.unsqueeze(0) of [8,35] is
// [1,8,35].
TEST_CASE("a 1 in front of a target that the file states is the batch, and one that is put there is not") {
  const auto at_two = [](const std::string& foreign) {
    const auto graph = parse(
        "graph \"g\" {\n  input %x : f32[1,7,20]\n  %y = reshape(%x) : f32[4,35] as "
        "\"aten.reshape.default\"\n"
        "  %z = reshape(%y) : f32[1,4,35] as \"" +
        foreign + "\"\n  return %z\n}\n");
    REQUIRE(graph);
    const auto resized = infer::with_input_shapes(parse(to_text(*graph)).value(), {{"x", {2, -1, -1}}});
    REQUIRE(resized);
    return to_text(*resized, resized->type_id(resized->outputs()[0]));
  };
  CHECK(at_two("aten.unflatten.int") == "f32[2,4,35]");
  CHECK(at_two("aten.view.default") == "f32[2,4,35]");
  CHECK(at_two("aten.unsqueeze.default") == "f32[1,8,35]");
}
