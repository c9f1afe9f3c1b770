// ONNX's Loop: how often it runs, and what becomes of tensors that change from trip to trip.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>

#include "alidade/base/text.hpp"
#include "control.hpp"
#include "loop_region.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::uint64_t kMostNodes = 10'000;  // of a loop that is written out trip by trip
constexpr std::int64_t kMostTrips = 4096;     // that are followed one by one

std::optional<std::int64_t> number_in(const Literal* l) {
  if (!l || l->elements.size() != 1 || !l->elements[0].is_number()) return std::nullopt;
  return l->elements[0].whole;
}
Literal scalar(Dtype dtype, std::int64_t n) { return {dtype, {}, {Number::of(n)}}; }

/// What following a loop trip by trip has shown.
struct Followed {
  std::int64_t least = 0, most = -1;
  bool decided = false;  ///< it runs `most` trips
  bool certain = true;   ///< every size, branch and trip in it
  std::uint64_t nodes = 0;
  std::vector<RegionValue> carried;  ///< after the last trip
};

/// Operands: count?, condition?, carried values. Body: (iteration, condition, carried) -> (condition,
/// carried, collected).
class Loop {
 public:
  Loop(Call& call, const GraphView& body)
      : call_(call),
        body_(body),
        carried_(call.inputs() > 2 ? call.inputs() - 2 : 0),
        region_(call, body, {Op::loop, 0, 2, 1, carried_}),
        count_(number_in(call.literal(0))),
        starts_(call.has(1) ? number_in(call.literal(1)) : 1) {}

  void map() {
    const auto body = region_.add(arguments(start(), {}));
    if (!body) return;
    if (body->results.size() < call_.outputs() + 1 || body->arguments.size() != carried_ + 2)
      return call_.reject(fmt::format("the body has {} arguments and {} results; {} and {} are needed",
                                      body->arguments.size(), body->results.size(), carried_ + 2,
                                      call_.outputs() + 1));
    const bool plain = body->goes_on && !region_.changes() && region_.is_certain();
    const bool endless = body->goes_on && starts_ == 1 && !count_;
    Followed trips = stated(*body);
    const bool certain = region_.is_certain();
    if (!endless && !(plain && trips.decided)) {
      auto followed = follow();
      if (!trips.decided || followed.decided) trips = std::move(followed);
    }
    if (!certain && is_short(trips)) return region_.remove(), write_out(trips.most);
    finish(*body, trips, certain);
  }

 private:
  [[nodiscard]] std::vector<RegionValue> start() const {
    std::vector<RegionValue> values;
    for (std::size_t i = 2; i < carried_ + 2; ++i) {
      RegionValue value{call_.type_id(i)};
      if (const Sequence* list = call_.has(i) ? call_.reading().sequence_of(call_.value(i)) : nullptr)
        value.list = *list;
      values.push_back(std::move(value));
    }
    return values;
  }
  /// Inside the body the condition is true.
  std::vector<RegionValue> arguments(std::vector<RegionValue> carried, std::optional<std::int64_t> trip) {
    std::vector<RegionValue> all{{call_.types().scalar(Dtype::i64)}, {call_.types().scalar(Dtype::boolean)}};
    if (trip) all[0].literal = scalar(Dtype::i64, *trip);
    all[1].literal = scalar(Dtype::boolean, 1);
    std::ranges::move(carried, std::back_inserter(all));
    return all;
  }

  /// What the count and a condition that never ends it say.
  [[nodiscard]] Followed stated(const RegionTypes& body) const {
    Followed f;
    if (count_) f.most = std::max<std::int64_t>(*count_, 0);
    if (starts_ == 0) f.most = 0;
    f.decided = f.most == 0 || (f.most > 0 && starts_ && body.goes_on);
    f.least = f.decided ? f.most : starts_ && (count_ || !call_.has(0)) ? 1 : 0;
    if (f.most == 0) f.carried = start();
    return f;
  }

  /// Whether writing it out says all that its region cannot, and costs little.
  [[nodiscard]] bool is_short(const Followed& trips) const {
    const auto& r = call_.reading();
    return trips.decided && trips.most > 0 && trips.nodes > 0 && (trips.certain || region_.changes()) &&
           trips.nodes <= kMostNodes && r.nodes + trips.nodes <= r.request.max_nodes &&
           body_.inputs.size() == carried_ + 2;
  }

  /// Trips one by one, as long as it is known that there is another, or that there can be no more.
  Followed follow() {
    Followed f;
    f.carried = start();
    for (std::size_t i = 0; i < carried_; ++i)
      if (const Literal* l = call_.literal(i + 2)) f.carried[i].literal = *l;
    auto going = starts_;
    bool sure = true;
    for (std::int64_t trip = 0;; ++trip) {
      const bool ends = going == 0 || (count_ && trip >= *count_);
      if (ends) return f.most = trip, f.decided = sure, f;
      sure = sure && (count_ || !call_.has(0));
      if (going && sure) f.least = trip + 1;
      if (!going || trip == kMostTrips || call_.reading().repeated > kMostRepeated) break;
      auto body = region_.try_trip(arguments(f.carried, trip));
      if (!body || body->results.size() < carried_ + 1) break;
      f.certain = f.certain && region_.is_certain(), f.nodes += region_.nodes();
      going = number_in(body->results[0].literal ? &*body->results[0].literal : nullptr);
      for (std::size_t i = 0; i < carried_; ++i) f.carried[i] = std::move(body->results[i + 1]);
    }
    return f.most = count_.value_or(-1), f.carried.clear(), f;
  }

  /// The region stays: its trips, and what is known of its results.
  void finish(const RegionTypes& body, const Followed& trips, bool certain) {
    auto& builder = call_.reading().builder;
    const bool bounded =
        trips.most != std::numeric_limits<std::int64_t>::max();  // what "no end" is written as
    call_.attrs(trips.decided ? LoopAttrs{.trips = trips.most}
                              : LoopAttrs{.least = trips.least, .most = bounded ? trips.most : -1});
    if (!trips.decided) ++call_.reading().tallies.undecided;
    if (!trips.decided && (call_.outputs() > carried_ || region_.changes()))
      call_.reading().note_by_data(region_.node());
    for (std::size_t k = 0; k < call_.outputs(); ++k) settle(call_, k, result(body, trips, k));
    if (!region_.changes() || certain) return;
    const std::string why = trips.decided ? fmt::format("and its {} trips are too many to be written out",
                                                        text::grouped(static_cast<std::uint64_t>(trips.most)))
                                          : "and the data decide how often it runs";
    builder.note(Severity::warning, "loop-shape-changes",
                 "a value changes its shape from trip to trip, " + why +
                     ": sizes that change are not known, and figures are \"at least\"",
                 region_.node());
  }
  RegionValue result(const RegionTypes& body, const Followed& trips, std::size_t k) {
    const bool ran = trips.decided && trips.carried.size() == carried_;
    if (k < carried_ && ran) return trips.carried[k];
    if (k < carried_) return common(call_.types(), body.arguments[k + 2], body.results[k + 1]);
    const TypeId row = body.results[k + 1].type;
    const auto shape = infer::inserted(call_.types().shape(row), 0, trips.decided ? Dim(trips.most) : Dim());
    return {shape && row.valid() ? call_.types().make(call_.types()[row].dtype, *shape) : row};
  }

  // Written out: the nodes of each trip stand in the place of the loop

  std::uint32_t constant(const NameScope& scope, Text name, Literal literal) {
    auto& values = call_.reading().values;
    Value value;
    value.state = Value::State::stored;
    value.name = name, value.home = &scope, value.type = call_.types().scalar(literal.dtype);
    values.push_back(value);
    const auto index = static_cast<std::uint32_t>(values.size() - 1);
    call_.reading().set_literal(index, std::move(literal));
    return index;
  }
  void write_out(std::int64_t trips) {
    std::deque<NameScope> scopes;
    std::vector<std::uint32_t> carried;
    for (std::size_t i = 0; i < carried_; ++i) carried.push_back(call_.index(i + 2));
    std::vector<std::vector<std::uint32_t>> rows(call_.outputs() - std::min(call_.outputs(), carried_));
    for (std::int64_t trip = 0; trip < trips; ++trip) {
      const auto made = write_trip(scopes.emplace_back(), trip, trip + 1 == trips, carried);
      if (!made) return;
      carried.assign(made->begin() + 1, made->begin() + 1 + static_cast<std::ptrdiff_t>(carried_));
      for (std::size_t r = 0; r < rows.size(); ++r) rows[r].push_back((*made)[1 + carried_ + r]);
    }
    for (std::size_t k = 0; k < carried_ && k < call_.outputs(); ++k)
      if (call_.has_output(k)) hand_back(call_, k, carried[k], scopes.back());
    for (std::size_t r = 0; r < rows.size(); ++r)
      if (call_.has_output(carried_ + r)) collect(carried_ + r, rows[r]);
  }
  std::optional<std::vector<std::uint32_t>> write_trip(NameScope& scope, std::int64_t trip, bool last,
                                                       const std::vector<std::uint32_t>& carried) {
    scope.prefix = fmt::format("{}/{}/", call_.name(), trip);
    std::vector<std::uint32_t> inputs{constant(scope, body_.inputs[0].name, scalar(Dtype::i64, trip)),
                                      constant(scope, body_.inputs[1].name, scalar(Dtype::boolean, 1))};
    inputs.insert(inputs.end(), carried.begin(), carried.end());
    for (std::size_t k = 0; last && k < carried_ && k < call_.outputs(); ++k)
      if (call_.has_output(k))
        scope.renamed.try_emplace(body_.outputs[k + 1].name, call_.scope().shown(call_.out(k).name));
    return translate_trip(call_.reading(), call_.scope(), scope, body_, inputs);
  }
  /// One row of each trip, stacked along a new first dimension; as in a loop that stays, this costs nothing.
  void collect(std::size_t k, const std::vector<std::uint32_t>& rows) {
    const TypeId row = call_.reading().values[rows[0]].type;
    const auto shape =
        infer::inserted(call_.types().shape(row), 0, Dim(static_cast<std::int64_t>(rows.size())));
    if (row.valid() && shape) call_.set_type(k, call_.types().make(call_.types()[row].dtype, *shape));
    std::vector<ValueId> ids;
    for (const auto index : rows) ids.push_back(call_.reading().id_of(index));
    call_.last(Op::sequence, "", ids, k);
  }

  Call& call_;
  const GraphView& body_;
  std::size_t carried_;
  LoopRegion region_;
  std::optional<std::int64_t> count_, starts_;
};

}  // namespace

void map_loop(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const GraphView body = decode_graph(call.graph("body"), call.reading().damage);
  if (!call.reading().damage.found()) Loop(call, body).map();
}

}  // namespace alidade::onnx_file
