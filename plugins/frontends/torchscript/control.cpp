// Branches and loops.
#include <algorithm>
#include <limits>

#include "alidade/base/limits.hpp"
#include "read_failure.hpp"
#include "unknown.hpp"
#include "walk.hpp"

namespace alidade::torchscript {

using torch::jit::Block;
using torch::jit::Node;
using Values = Walk::Values;

namespace {

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();  // the trips of a while loop

/// The truth of a condition; nothing when only the data decide.
std::optional<bool> truth(const c10::IValue& condition) {
  return condition.isBool() ? std::optional(condition.toBool()) : std::nullopt;
}

/// A branch that does nothing but raise is an assertion: that it holds is assumed.
bool raises(const Block& block) {
  return std::any_of(block.nodes().begin(), block.nodes().end(),
                     [](const Node* n) { return n->kind() == c10::prim::RaiseException; });
}

}  // namespace

void Walk::branch(Node& node, Frame& frame) {
  auto taken = truth(frame.values.at(node.input()));
  auto &yes = *node.blocks()[0], &no = *node.blocks()[1];
  if (!taken && raises(yes) != raises(no)) taken = raises(no);
  if (!taken) return undecided_branch(node, frame);
  auto& block = *taken ? yes : no;
  run(block, frame);
  set(node, frame, outputs(block, frame));
}

/// The tensor that a condition is made from; one that no tensor decides is a constant.
ValueId Walk::condition(const torch::jit::Value& value, const Frame& frame) {
  const auto& maker = *value.node();
  if (maker.inputs().size() == 1)
    if (const auto from = frame.values.find(maker.input()); from != frame.values.end())
      if (from->second.isTensor()) return tensors_.value(from->second.toTensor());
  return draft_.scalar(Dtype::boolean, "unknown");
}

/// The results of a node with regions, before their shapes are known; none for what is no tensor.
std::vector<ValueId> Walk::announce(const Node& node, const std::string& name) {
  std::vector<ValueId> results;
  for (const auto* output : node.outputs()) {
    const bool tensor = output->type()->isSubtypeOf(*c10::TensorType::get());
    const auto suffix = node.outputs().size() == 1 ? "" : ":" + std::to_string(results.size());
    results.push_back(tensor ? draft_.result(name + suffix, draft_.types.unranked(Dtype::unknown))
                             : ValueId());
  }
  return results;
}

/// Runs a block as a region that begins with what is known now; its outputs.
Values Walk::region(Block& block, Frame& frame, const std::vector<ValueId>& announced, bool gives_condition) {
  if (draft_.depth >= draft_.request.max_region_depth)
    fail_read(Fault::limit,
              "branches and loops are nested deeper than " + std::to_string(draft_.request.max_region_depth) +
                  " levels",
              {}, raise_limit("max_region_depth"));
  ++draft_.depth;
  run(block, frame);
  --draft_.depth;
  auto made = outputs(block, frame);
  std::vector<ValueId> results;
  const std::size_t skipped = gives_condition ? 1 : 0;
  if (gives_condition) results.push_back(condition(*block.outputs()[0], frame));
  for (std::size_t i = 0; i < announced.size(); ++i)
    if (announced[i].valid())
      results.push_back(made[i + skipped].isTensor() ? tensors_.value(made[i + skipped].toTensor())
                                                     : draft_.scalar(Dtype::unknown, "none"));
  draft_.builder.end_region(results);
  return made;
}

/// A value that is one or the other; what differs is not known.
c10::IValue Walk::merged(const c10::IValue& a, const c10::IValue& b) {
  if (a.isTensor() && b.isTensor()) return tensors_.common(a.toTensor(), b.toTensor());
  const bool plain = (a.isInt() && b.isInt()) || (a.isDouble() && b.isDouble()) ||
                     (a.isBool() && b.isBool()) || (a.isString() && b.isString()) ||
                     (a.isNone() && b.isNone());
  return a.is(b) || (plain && a == b) ? a : unknown();
}

void Walk::settle(ValueId value, const c10::IValue& made) {
  if (!value.valid() || !made.isTensor()) return;
  draft_.retype(value, tensors_.type(made.toTensor()));
  tensors_.define(made.toTensor(), value);
}

void Walk::undecided_branch(Node& node, Frame& frame) {
  const auto label = name("if");
  const ValueId operand = condition(*node.input(), frame);
  const NodeId n = draft_.node(Op::if_else, label, "prim::If", std::span(&operand, 1));
  draft_.builder.module(n, frame.at.module);
  const auto results = announce(node, label);
  const auto before = tensors_.snapshot();
  std::vector<Values> made;
  for (auto* block : node.blocks()) {
    draft_.builder.begin_region(n);
    made.push_back(region(*block, frame, results, false));
    tensors_.restore(before);
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto value = merged(made[0][i], made[1][i]);
    settle(results[i], value);
    frame.values[node.output(i)] = value;
  }
}

/// Trips are run one by one as long as shapes and numbers decide that there is another.
void Walk::loop(Node& node, Frame& frame) {
  auto carried = inputs(node, frame);
  auto& block = *node.blocks()[0];
  const auto most = carried[0];
  auto goes_on = carried[1];
  carried.erase(carried.begin(), carried.begin() + 2);
  for (std::int64_t trip = 0;; ++trip) {
    const auto going = truth(goes_on);
    if ((going && !*going) || (most.isInt() && trip >= most.toInt())) return set(node, frame, carried);
    if (!going || !most.isInt())
      return undecided_loop(node, frame, std::move(carried), most.isInt() ? most.toInt() - trip : kNoEnd);
    frame.values[block.inputs()[0]] = trip;
    for (std::size_t i = 0; i < carried.size(); ++i) frame.values[block.inputs()[i + 1]] = carried[i];
    run(block, frame);
    carried = outputs(block, frame);
    goes_on = carried.front();
    carried.erase(carried.begin());
  }
}

/// One region: the carried tensors are its arguments, and it gives back the condition, then the next ones.
void Walk::undecided_loop(Node& node, Frame& frame, Values carried, std::int64_t most) {
  auto& block = *node.blocks()[0];
  const auto label = name("loop");
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < carried.size(); ++i)
    if (carried[i].isTensor()) operands.push_back(tensors_.value(carried[i].toTensor()));
  const NodeId n = draft_.node(Op::loop, label, "prim::Loop", operands);
  draft_.builder.module(n, frame.at.module);
  draft_.builder.attrs(n, LoopAttrs{.most = most > kNoEnd / 2 ? -1 : most});
  const auto results = announce(node, label);
  const auto before = tensors_.snapshot();
  draft_.builder.begin_region(n);
  frame.values[block.inputs()[0]] = unknown();
  for (std::size_t i = 0; i < carried.size(); ++i) {
    auto& argument = frame.values[block.inputs()[i + 1]] = unknown();
    if (!carried[i].isTensor()) continue;
    const auto tensor = tensors_.twin(carried[i].toTensor());
    tensors_.define(tensor, draft_.argument(label + "/" + std::to_string(i), tensors_.type(tensor)));
    argument = tensor;
  }
  auto made = region(block, frame, results, true);
  tensors_.restore(before);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto value = merged(carried[i], made[i + 1]);
    if (value.isTensor() && tensors_.is_vague(value.toTensor()) && !tensors_.is_vague(carried[i].toTensor()))
      draft_.builder.note(
          Severity::warning, "loop-shape-changes",
          "a value changes its shape from trip to trip: the body stands with the shapes of the first trip",
          n);
    settle(results[i], value);
    frame.values[node.output(i)] = value;
  }
}

}  // namespace alidade::torchscript
