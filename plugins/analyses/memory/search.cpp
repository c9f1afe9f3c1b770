#include "search.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <unordered_map>
#include <utility>

namespace alidade::memory {
namespace {

constexpr std::size_t kWidest = 1024;    // sets of one size; 12 units have at most 924
constexpr std::size_t kMany = 256;       // units, of which a first search is a narrow one
constexpr std::uint64_t kNarrower = 16;  // times fewer looks, which are enough
constexpr std::uint64_t kNear = 50;      // where no order is lower by one in so many

/// The same rows the other way: of(number) are the rows that hold it.
NumberLists turned(const NumberLists& lists, std::size_t rows) {
  NumberLists out;
  out.end.assign(rows, 0), out.numbers.resize(lists.numbers.size());
  for (const auto n : lists.numbers) ++out.end[n];
  std::uint32_t sum = 0;
  std::vector<std::uint32_t> next(rows);
  for (std::size_t i = 0; i < rows; ++i) next[i] = sum, sum += out.end[i], out.end[i] = sum;
  for (std::uint32_t row = 0; row < lists.end.size(); ++row)
    for (const auto n : lists.of(row)) out.numbers[next[n]++] = row;
  return out;
}

/// The outermost units with what they make and read.
class Problem {
 public:
  Problem(const MemoryModel& model, const Dag& before)
      : before(before), after(reversed(before)), inside(bytes_inside(model)), m_(model) {
    NumberLists made, held, readers;
    for (std::uint32_t id = 0, hold = 0; id < m_.tensors.size(); ++id) {
      const auto& tensor = m_.tensors[id];
      const bool given = tensor.maker == StoredTensor::kNone;
      if (!given && tensor.maker < m_.outermost) made.numbers.push_back(tensor.maker);
      if (given || tensor.maker < m_.outermost)
        for (const auto unit : m_.readers.of(id)) readers.numbers.push_back(unit);
      for (; hold < m_.holds.size() && m_.holds[hold].first == id; ++hold)
        held.numbers.push_back(m_.holds[hold].second);
      made.end.push_back(static_cast<std::uint32_t>(made.numbers.size()));
      held.end.push_back(static_cast<std::uint32_t>(held.numbers.size()));
      readers.end.push_back(static_cast<std::uint32_t>(readers.numbers.size()));
    }
    makes = turned(made, m_.outermost), reads = turned(readers, m_.outermost);
    holders = turned(held, m_.tensors.size()), held_by = std::move(held);
  }
  [[nodiscard]] std::size_t size() const { return m_.outermost; }
  [[nodiscard]] const StoredTensor& tensor(std::uint32_t id) const { return m_.tensors[id]; }
  [[nodiscard]] std::span<const std::uint32_t> readers(std::uint32_t id) const { return m_.readers.of(id); }
  [[nodiscard]] std::size_t tensors() const { return m_.tensors.size(); }

  const Dag& before;
  Dag after;
  std::vector<std::uint64_t> inside;
  NumberLists makes, reads;      // tensors of each unit
  NumberLists holders, held_by;  // lists that hold a tensor; tensors of a list

 private:
  const MemoryModel& m_;
};

/// Itself and all units that follow it over edges.
std::vector<bool> reached(const Dag& edges, std::uint32_t unit) {
  std::vector<bool> out(edges.size(), false);
  std::vector<std::uint32_t> open{unit};
  for (out[unit] = true; !open.empty();) {
    const auto next = open.back();
    open.pop_back();
    for (const auto other : edges.of(next))
      if (!out[other]) out[other] = true, open.push_back(other);
  }
  return out;
}

/// What lives while a unit runs in every order: what it makes, and what is made before it and read by it or
/// behind it.
std::uint64_t least_at(const Problem& p, std::uint32_t unit) {
  const auto earlier = reached(p.before, unit), later = reached(p.after, unit);
  std::uint64_t bytes = p.inside[unit];
  for (std::uint32_t id = 0; id < p.tensors(); ++id) {
    const auto& tensor = p.tensor(id);
    const bool given = tensor.maker == StoredTensor::kNone;
    if (!given && (tensor.maker >= p.size() || !earlier[tensor.maker])) continue;
    const bool needed = tensor.kept || tensor.maker == unit ||
                        std::ranges::any_of(p.readers(id), [&](auto reader) { return later[reader]; });
    if (needed) bytes += tensor.bytes;
  }
  return bytes;
}

constexpr std::uint32_t kFirst = 0xffffffff;

/// Some units that have run.
struct State {
  std::vector<std::uint64_t> ran;  // a bit for each unit
  std::vector<std::uint32_t> ready;
  std::uint64_t live = 0, peak = 0, key = 0;
  std::uint32_t step = kFirst;  // into the steps that led here
  std::uint32_t peaked = 0;     // the unit that made the peak

  [[nodiscard]] bool has(std::uint32_t unit) const { return (ran[unit / 64] >> (unit % 64) & 1) != 0; }
};

/// One more unit that runs.
struct Move {
  std::uint32_t from = 0, unit = 0;  // state, unit
  std::uint64_t live = 0, peak = 0, key = 0;
};

class Search {
 public:
  Search(const Problem& problem, std::uint64_t given, std::uint64_t most_looks)
      : p_(problem),
        given_(given),
        looks_left_(most_looks),
        keys_(problem.size()),
        opened_(problem.tensors(), 0) {
    std::mt19937_64 random(1);  // NOLINT(bugprone-random-generator-seed): the same order every time
    for (auto& key : keys_) key = random();
  }

  Found run() {
    std::vector<State> layer{start()};
    Found out{{}, true, false};
    for (std::size_t size = 0; size < p_.size(); ++size) {
      const auto before = looks_left_;
      auto moves = moves_of(layer);
      if (looks_left_ == 0) return {{}, false, true};
      if (moves.empty()) return {{}, out.complete, false};
      const auto width = width_after(before - looks_left_, layer.size(), p_.size() - size);
      if (moves.size() > width) out.complete = false, moves.resize(width);
      layer = after(std::move(layer), moves);
    }
    for (auto step = layer[0].step; step != kFirst; step = steps_[step].first)
      out.order.push_back(steps_[step].second);
    std::ranges::reverse(out.order);
    if (!out.order.empty()) judge(out, layer[0]);
    return out;
  }

 private:
  /// How much lower another order could be at most.
  void judge(Found& out, const State& last) const {
    const auto least = least_at(p_, last.peaked);
    out.complete = out.complete || least >= last.peak;
    out.near = out.complete || (last.peak - least) * kNear <= last.peak;
  }

  State start() const {
    State out;
    out.ran.resize((p_.size() + 63) / 64);
    for (std::uint32_t id = 0; id < p_.tensors(); ++id)
      if (p_.tensor(id).maker == StoredTensor::kNone) out.live += p_.tensor(id).bytes;
    for (std::uint32_t unit = 0; unit < p_.size(); ++unit)
      if (p_.before.of(unit).empty()) out.ready.push_back(unit);
    return out;
  }

  /// Every set of one unit more, each once with its lowest peak; the lowest first.
  std::vector<Move> moves_of(const std::vector<State>& layer) {
    std::unordered_map<std::uint64_t, std::size_t> known;
    std::vector<Move> moves;
    for (std::uint32_t from = 0; from < layer.size() && looks_left_ > 0; ++from)
      for (const Move& move : moves_of(layer[from], from)) {
        const auto [at, is_new] = known.try_emplace(move.key, moves.size());
        if (is_new)
          moves.push_back(move);
        else if (move.peak < moves[at->second].peak)
          moves[at->second] = move;
      }
    std::ranges::stable_sort(moves, [](const Move& a, const Move& b) {
      return a.peak != b.peak ? a.peak < b.peak : a.live < b.live;
    });
    return moves;
  }
  /// One alone, where it costs nothing: it raises no peak and leaves no more than there was.
  std::vector<Move> moves_of(const State& state, std::uint32_t from) {
    std::vector<Move> out;
    for (const auto unit : state.ready) {
      const Move move = move_of(state, unit, from);
      if (move.peak >= given_) continue;
      if (move.peak == state.peak && move.live <= state.live) return {move};
      out.push_back(move);
    }
    return out;
  }
  Move move_of(const State& state, std::uint32_t unit, std::uint32_t from) {
    std::uint64_t made = 0;
    for (const auto id : p_.makes.of(unit)) made += p_.tensor(id).bytes;
    const auto at = state.live + made;
    look(1 + p_.makes.of(unit).size() + p_.reads.of(unit).size());
    return {from, unit, at - freed(state, unit), std::max(state.peak, at + p_.inside[unit]),
            state.key ^ keys_[unit]};
  }
  /// Bytes that nobody needs once a unit has run.
  std::uint64_t freed(const State& state, std::uint32_t unit) {
    ++round_, open_.clear();
    open(p_.makes.of(unit)), open(p_.reads.of(unit));
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const auto id = open_[i];
      if (!is_dead(state, unit, id)) continue;
      bytes += p_.tensor(id).bytes;
      open(p_.held_by.of(id));
    }
    if (state.step == kFirst) bytes += unread_inputs();
    return bytes;
  }
  void open(std::span<const std::uint32_t> tensors) {
    for (const auto id : tensors)
      if (std::exchange(opened_[id], round_) != round_) open_.push_back(id);
  }
  [[nodiscard]] bool is_dead(const State& state, std::uint32_t unit, std::uint32_t id) {
    const auto ran = [&](std::uint32_t reader) { return reader == unit || state.has(reader); };
    if (p_.tensor(id).kept || looks_left_ == 0) return false;
    look(p_.readers(id).size());
    return std::ranges::all_of(p_.readers(id), ran) &&
           std::ranges::all_of(p_.holders.of(id), [&](auto list) { return is_dead(state, unit, list); });
  }
  /// They live in the first step alone.
  [[nodiscard]] std::uint64_t unread_inputs() const {
    std::uint64_t bytes = 0;
    for (std::uint32_t id = 0; id < p_.tensors() && p_.tensor(id).maker == StoredTensor::kNone; ++id)
      if (p_.readers(id).empty() && !p_.tensor(id).kept) bytes += p_.tensor(id).bytes;
    return bytes;
  }

  /// The states that moves lead to; the last move from a state takes it along, the others a copy.
  std::vector<State> after(std::vector<State> layer, std::span<const Move> moves) {
    std::vector<std::uint32_t> left(layer.size(), 0);
    for (const Move& move : moves) ++left[move.from];
    std::vector<State> out;
    out.reserve(moves.size());
    for (const Move& move : moves) {
      auto& from = layer[move.from];
      if (--left[move.from] > 0) look(from.ran.size() + from.ready.size());
      out.push_back(left[move.from] == 0 ? std::move(from) : from);
      go(out.back(), move);
    }
    return out;
  }
  void go(State& state, const Move& move) {
    look(1 + p_.after.of(move.unit).size());
    steps_.emplace_back(state.step, move.unit);
    state.step = static_cast<std::uint32_t>(steps_.size() - 1);
    if (move.peak > state.peak) state.peaked = move.unit;
    state.live = move.live, state.peak = move.peak, state.key = move.key;
    state.ran[move.unit / 64] |= std::uint64_t{1} << (move.unit % 64);
    std::erase(state.ready, move.unit);
    for (const auto next : p_.after.of(move.unit))
      if (std::ranges::all_of(p_.before.of(next), [&](auto unit) { return state.has(unit); }))
        state.ready.push_back(next);
  }

  void look(std::uint64_t looks) { looks_left_ -= std::min(looks_left_, looks); }
  /// As many sets as the looks that are left allow, if each costs what it did.
  [[nodiscard]] std::size_t width_after(std::uint64_t looks, std::size_t sets, std::size_t layers) const {
    const auto each = std::max<std::uint64_t>(1, looks / sets) * 2;
    const auto width = looks_left_ / each / layers;
    return std::clamp<std::size_t>(width, 1, kWidest);
  }

  const Problem& p_;
  std::uint64_t given_, looks_left_;
  std::vector<std::uint64_t> keys_;                             // of a set: those of its units, xor
  std::vector<std::pair<std::uint32_t, std::uint32_t>> steps_;  // the step before, unit
  std::vector<std::uint32_t> open_, opened_;  // tensors that may end; the last round of each
  std::uint32_t round_ = 0;
};

}  // namespace

Found leaner_order(const MemoryModel& model, const Dag& before, std::uint64_t given,
                   std::uint64_t most_looks) {
  if (most_looks == 0) return {{}, false, true};
  const Problem problem(model, before);
  if (problem.size() > kMany)
    if (auto found = Search(problem, given, most_looks / kNarrower).run(); found.near) return found;
  return Search(problem, given, most_looks).run();
}

}  // namespace alidade::memory
