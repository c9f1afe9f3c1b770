#include "contradicting_flags.hpp"

#include "alidade/base/text.hpp"
#include "alidade/ir/symbols.hpp"
#include "batch.hpp"
#include "host/config/input_shape.hpp"

namespace alidade::host {
namespace {

/// What one flag says of a size of an input.
struct Said {
  std::int64_t size = 0;
  std::string flag;
};

/// "--bind N=2": those that decide the text of a size, if all of its names are bound.
std::optional<Said> by_binding(std::string_view written, const Bindings& bindings) {
  const auto size = evaluate(written, bindings);
  if (!size || !*size) return std::nullopt;
  std::vector<std::string> bound;
  const auto add = [&](std::string_view name) {
    const auto found = bindings.find(name);
    if (found == bindings.end()) return;
    if (auto text = binding_text(name, std::to_string(found->second))) bound.push_back(std::move(*text));
  };
  if (bindings.contains(written))
    add(written);
  else
    for (const auto& name : symbols_in(written)) add(name);
  if (bound.empty()) return std::nullopt;
  return Said{**size, "--bind " + text::join(bound, ",")};
}

/// What the flags say of the sizes of one input.
class OfInput {
 public:
  OfInput(const Graph& graph, const ModelStep& step, std::size_t place)
      : graph_(graph), step_(step), input_(graph.inputs()[place]), is_first_(place == 0) {}

  void add_batch(const BatchChange& change) {
    batch_ = change.shapes.contains(graph_.name(input_)) || leads(change.symbol);
  }
  [[nodiscard]] std::vector<Said> at(std::size_t d) const {
    std::vector<Said> out;
    if (batch_ && d == 0) out.push_back({*step_.batch, "--batch " + std::to_string(*step_.batch)});
    add_shape(std::string(graph_.name(input_)), d, out);
    if (is_first_) add_shape("", d, out);
    const Dim dim = graph_.type(input_).dims[d];
    if (!dim.is_symbolic()) return out;
    if (auto said = by_binding(graph_.expression(dim.symbol()), step_.bindings))
      out.push_back(std::move(*said));
    return out;
  }
  [[nodiscard]] std::size_t rank() const { return graph_.type(input_).rank(); }
  [[nodiscard]] std::string name() const { return text::quoted(graph_.name(input_)); }

 private:
  [[nodiscard]] bool leads(const std::string& symbol) const {
    const Dim first = rank() == 0 ? Dim() : graph_.type(input_).dims[0];
    return first.is_symbolic() && !symbol.empty() && graph_.expression(first.symbol()) == symbol;
  }
  void add_shape(const std::string& name, std::size_t d, std::vector<Said>& out) const {
    const auto shape = step_.input_shapes.find(name);
    if (shape == step_.input_shapes.end() || shape->second.size() != rank() || shape->second[d] < 0) return;
    out.push_back({shape->second[d], "--input-shape " + to_text(name, {shape->second, {}})});
  }

  const Graph& graph_;
  const ModelStep& step_;
  ValueId input_;
  bool is_first_, batch_ = false;
};

Error of_two(const Said& one, const Said& other, std::size_t d, const OfInput& input, const ModelStep& step) {
  return {Fault::config,
          text::quoted(one.flag) + " and " + text::quoted(other.flag) + " contradict each other: size " +
              std::to_string(d + 1) + " of the input " + input.name() + " is " + std::to_string(one.size) +
              " by the first and " + std::to_string(other.size) + " by the second",
          step.shown, "leave one of the two out, or let both say the same size"};
}

}  // namespace

bool may_contradict(const ModelStep& step) {
  const std::size_t kinds = (step.batch ? 1 : 0) + (step.bindings.empty() ? 0 : 1) + step.input_shapes.size();
  const bool asked_later = step.read != nullptr;  // of an open model, whose own sizes then give way
  return !step.follow && !asked_later && kinds > 1;
}

std::optional<Error> contradiction(const Graph& graph, const ModelStep& step) {
  const auto change = step.batch ? batch_change(graph, *step.batch) : Result<BatchChange>(BatchChange{});
  for (std::size_t i = 0; i < graph.inputs().size(); ++i) {
    OfInput input(graph, step, i);
    if (step.batch && change) input.add_batch(*change);
    for (std::size_t d = 0; d < input.rank(); ++d) {
      const auto said = input.at(d);
      for (std::size_t k = 1; k < said.size(); ++k)
        if (said[k].size != said[0].size) return of_two(said[0], said[k], d, input, step);
    }
  }
  return std::nullopt;
}

}  // namespace alidade::host
