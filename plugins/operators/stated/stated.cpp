// [[operator]] of a pipeline file: what an operator does that Alidade does not know, in the user's words.
#include <cmath>

#include "alidade/base/text.hpp"
#include "alidade/ir/work.hpp"
#include "alidade/sdk/plugin.hpp"

namespace {

using namespace alidade;

/// Operators whose work follows from their tensors alone.
std::vector<std::string> families() {
  std::vector<std::string> words{"none"};
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Op::opaque); ++i)
    if (const auto op = static_cast<Op>(i);
        op != Op::opaque && family_of(op) == AttrFamily::none && !is_free(op))
      words.emplace_back(name(op));
  for (const Op op : {Op::matmul, Op::linear, Op::softmax, Op::layer_norm, Op::rms_norm})
    if (family_of(op) != AttrFamily::none) words.emplace_back(name(op));
  return words;
}

/// So much for each element of the results, or the work of an operator that it behaves like.
class Stated final : public OperatorRule {
 public:
  static void options(OptionSpec<Stated>& o) {
    o.field("op", &Stated::op_,
            "the operator's name in the file, \"acme::rope\"; * and ? stand for parts of it");
    o.field("like", &Stated::like_, "an operator that it costs the same as, given the same tensors")
        .choices(families());
    o.field("flops_per_element", &Stated::flops_, "element work for each element of its results").at_least(0);
    o.field("macs_per_element", &Stated::macs_, "multiply-accumulates for each element of its results")
        .at_least(0);
    o.field("input_bytes", &Stated::input_, "what it reads of activations; -1: all of its operands")
        .at_least(-1);
    o.field("output_bytes", &Stated::output_, "what it writes; -1: all of its results").at_least(-1);
    o.field("weight_bytes", &Stated::weight_, "what it reads of weights; -1: all of its operands")
        .at_least(-1);
  }

  bool covers(std::string_view foreign) const override { return text::matches(op_, foreign); }

  Result<StatedWork> state(const Graph& graph, NodeId node) const override {
    const auto like = op_named(like_);
    auto base = like ? work_as(graph, node, *like) : work(graph, node);
    if (!base) return std::unexpected(std::move(base).error());
    if (like && !base->known()) return unknown_shape(graph, node);
    StatedWork word{base->macs, base->flops, base->input, base->output, base->weight, {}};
    if (!like)
      if (auto ok = per_element(graph, node, word); !ok) return std::unexpected(std::move(ok).error());
    if (input_ >= 0) word.input = Bytes(static_cast<std::uint64_t>(input_));
    if (output_ >= 0) word.output = Bytes(static_cast<std::uint64_t>(output_));
    if (weight_ >= 0) word.weight = Bytes(static_cast<std::uint64_t>(weight_));
    return word;
  }

 private:
  Result<void> per_element(const Graph& graph, NodeId node, StatedWork& word) const {
    double elements = 0;
    for (const ValueId v : graph.outputs(node)) {
      const auto known = graph.type(v).elements();
      const auto count = known ? known->get() : std::nullopt;
      if (!count) return unknown_shape(graph, node);
      elements += static_cast<double>(*count);
    }
    const double macs = std::round(macs_ * elements), flops = std::round(flops_ * elements);
    if (2 * macs + flops >= 0x1p63)
      return fail(Fault::config, "what is stated for node '" + text::printable(graph.name(node)) +
                                     "' does not fit 63 bits: " + text::number(elements) + " elements");
    word.macs = Macs(static_cast<std::uint64_t>(macs));
    word.flops = Flops(2 * word.macs.value + static_cast<std::uint64_t>(flops));
    return {};
  }
  static std::unexpected<Error> unknown_shape(const Graph& graph, NodeId node) {
    return fail(Fault::model,
                "node '" + text::printable(graph.name(node)) + "' (" + text::printable(graph.foreign(node)) +
                    ") has a shape that is not known, so nothing can be stated for each element",
                {}, "give the input shapes or bindings that decide it");
  }

  std::string op_, like_ = "none";
  double flops_ = 0, macs_ = 0;
  std::int64_t input_ = -1, output_ = -1, weight_ = -1;
};

}  // namespace

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<Stated>("stated", "what operators do that Alidade does not know, in the user's own words");
}
