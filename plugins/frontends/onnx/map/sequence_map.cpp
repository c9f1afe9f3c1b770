// ONNX's SequenceMap: one trip for each element of the first operand, a list; the results are lists as long.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "control.hpp"
#include "loop_region.hpp"
#include "read/translate.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::size_t kMostTrips = 256;  // that are written out

class SequenceMap {
 public:
  SequenceMap(Call& call, const GraphView& body) : call_(call), body_(body) {
    for (std::size_t i = 0; i < call.inputs(); ++i)
      lists_.push_back(call.has(i) ? call.reading().sequence_of(call.value(i)) : nullptr);
    if (!lists_.empty() && lists_[0] && lists_[0]->counted) trips_ = lists_[0]->elements.size();
  }

  void map() {
    const bool counted = trips_ && std::ranges::all_of(lists_, [&](const Sequence* list) {
                           return !list || (list->counted && list->elements.size() == *trips_);
                         });
    const bool alike = std::ranges::all_of(
        lists_, [&](const Sequence* list) { return !list || call_.reading().is_sized(list->any); });
    if (counted && !alike && *trips_ > 0 && *trips_ <= kMostTrips) return write_out();
    add_region();
  }

 private:
  /// One region for all elements, with what is true of each.
  void add_region() {
    std::vector<RegionValue> arguments;
    for (std::size_t i = 0; i < lists_.size(); ++i)
      arguments.push_back({lists_[i] ? lists_[i]->any : call_.type_id(i)});
    if (!trips_) ++call_.reading().tallies.undecided;
    const NodeId node = call_.emit(Op::loop, call_.ins());
    call_.attrs(LoopAttrs{.trips = trips_ ? static_cast<std::int64_t>(*trips_) : -1});
    const auto body = translate_region(call_.reading(), call_.scope(), node, body_, arguments);
    if (!body) return;
    for (std::size_t k = 0; k < call_.outputs() && k < body->results.size(); ++k) {
      const TypeId each = body->results[k].type;
      const bool counted = trips_ && each.valid() && call_.types().is_static(each);
      hold(k, counted, std::vector<TypeId>(counted ? *trips_ : 0, each), each);
    }
  }

  /// Elements differ: the nodes of each trip stand in the place of the operator.
  void write_out() {
    std::deque<NameScope> scopes;
    std::vector<std::vector<std::uint32_t>> made(call_.outputs());
    for (std::size_t trip = 0; trip < *trips_; ++trip) {
      NameScope& scope = scopes.emplace_back();
      scope.prefix = fmt::format("{}/{}/", call_.name(), trip);
      const auto results = translate_trip(call_.reading(), call_.scope(), scope, body_, elements(trip));
      if (!results) return;
      if (results->size() < made.size())
        return call_.reject(
            fmt::format("the body gives {} results for {} outputs", results->size(), made.size()));
      for (std::size_t k = 0; k < made.size(); ++k) made[k].push_back((*results)[k]);
    }
    for (std::size_t k = 0; k < made.size(); ++k)
      if (call_.has_output(k)) collect(k, made[k]);
  }
  /// What the body of one trip is given.
  std::vector<std::uint32_t> elements(std::size_t trip) {
    std::vector<std::uint32_t> all;
    for (std::size_t i = 0; i < lists_.size(); ++i)
      all.push_back(lists_[i] ? element(i, trip) : call_.index(i));
    return all;
  }
  std::uint32_t element(std::size_t i, std::size_t trip) {
    auto& values = call_.reading().values;
    Value value;
    value.state = Value::State::made, value.type = lists_[i]->elements[trip];
    value.id = call_.step(Op::sequence, fmt::format("{}/element.{}", trip, i), {call_.in(i)}, value.type);
    values.push_back(value);
    return static_cast<std::uint32_t>(values.size() - 1);
  }
  void collect(std::size_t k, const std::vector<std::uint32_t>& parts) {
    ReadState& r = call_.reading();
    std::vector<TypeId> types;
    std::vector<ValueId> ids;
    for (const auto index : parts) types.push_back(r.values[index].type), ids.push_back(r.id_of(index));
    TypeId any = types[0];
    for (const TypeId type : types) any = call_.types().common(any, type);
    hold(k, true, std::move(types), any);
    call_.last(Op::sequence, k == 0 ? "" : std::to_string(k), ids, k);
  }
  void hold(std::size_t k, bool counted, std::vector<TypeId> elements, TypeId any) {
    if (call_.has_output(k)) call_.reading().set_sequence(call_.out(k), {counted, std::move(elements), any});
  }

  Call& call_;
  const GraphView& body_;
  std::vector<const Sequence*> lists_;
  std::optional<std::size_t> trips_;
};

}  // namespace

void map_sequence_map(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const GraphView body = decode_graph(call.graph("body"), call.reading().damage);
  if (!call.reading().damage.found()) SequenceMap(call, body).map();
}

}  // namespace alidade::onnx_file
