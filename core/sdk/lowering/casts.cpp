#include "casts.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"
#include "problems.hpp"

namespace alidade::lowering {
namespace {

/// Whether operands of one type can come to be wanted in another.
bool mixes(Precision p) {
  return p == Precision::amp_bf16 || p == Precision::amp_f16 || p == Precision::f8 || p == Precision::i8 ||
         p == Precision::nvfp4;
}

}  // namespace

Casts::Casts(const FusionInput& input, const NumberPlan& numbers, const Lowering& lowering,
             const fusion::OrderedGroups& groups, const GroupRoles& roles, const LayoutPlan& layout,
             fusion::GroupTraffic& traffic)
    : input_(input),
      numbers_(numbers),
      lowering_(lowering),
      groups_(groups),
      roles_(roles),
      layout_(layout),
      plans_(mixes(lowering.precision)),
      traffic_(traffic),
      wants_end_(groups.size(), 0) {
  if (!plans_) return;
  const auto values = input.graph().value_count();
  kept_ = PerValue<char>(values, 0), also_ = PerValue<Dtype>(values, Dtype::unknown);
  wanted_at_ = PerValue<std::uint32_t>(values, kNone);
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    look_at(g);
    wants_end_[g] = static_cast<std::uint32_t>(wants_.size());
  }
  for (const ValueId v : input.graph().values())
    if (input.reads().leaves(v)) kept_[v] = 1;
  sort_casts();
}

/// First who asks for another type; then the others take what is there, where they would otherwise be the
/// only ones to want the tensor's own.
void Casts::look_at(std::uint32_t group) {
  const auto first = static_cast<std::uint32_t>(wants_.size());
  const auto is_wanted = [&](ValueId root) { return wanted_at_[root] != kNone && wanted_at_[root] >= first; };
  const auto each = [&](auto&& take) {
    traffic_.begin(group);
    for (const NodeId n : groups_.operators(group))
      traffic_.each_read(n, [&](const fusion::Read& read, std::uint64_t bytes, bool sized) {
        take(n, read.root, bytes, sized);
      });
  };
  each([&](NodeId n, ValueId root, std::uint64_t, bool) {
    const Dtype type = wanted(group, n, root);
    if (type != numbers_.type(root) && !is_wanted(root)) want(group, n, root, type);
  });
  each([&](NodeId, ValueId root, std::uint64_t bytes, bool sized) {
    if (!is_wanted(root)) return void(kept_[root] = 1);
    const auto cast = wants_[wanted_at_[root]].cast;
    if (cast == kNone || casts_[cast].before != group || casts_[cast].weight) return;
    auto& own = casts_[cast];
    if (lowering_.backend != Backend::eager) return;
    own.read += numbers_.bytes(root, bytes, numbers_.type(root));
    own.written += numbers_.bytes(root, bytes, own.type);
    own.sized &= sized;
  });
}

/// What a transpose shows is wanted as its reader in the group wants it, behind a few views.
Dtype Casts::wanted(std::uint32_t group, NodeId n, ValueId root) const {
  constexpr int kHops = 8;
  const Graph& g = input_.graph();
  NodeId reader = n;
  ValueId shown = root;
  for (int hop = 0; hop < kHops && layout_.is_view[n] != 0; ++hop) {
    const bool shows = layout_.is_view[reader] != 0 || shares_storage(g.op(reader));
    if (!shows) break;
    shown = input_.reads().root(g.outputs(reader)[0]);
    const auto users = g.users(g.outputs(reader)[0]);
    const auto at = std::ranges::find_if(users, [&](NodeId user) { return groups_.group_of[user] == group; });
    if (at == users.end()) return numbers_.type(root);
    reader = *at;
  }
  return numbers_.wanted(reader, shown);
}

void Casts::want(std::uint32_t group, NodeId reader, ValueId root, Dtype type) {
  wanted_at_[root] = static_cast<std::uint32_t>(wants_.size());
  wants_.push_back({group, root, type, kNone});
  if (is_written_so(root)) {
    also_[root] = type;
    return;
  }
  kept_[root] = 1;
  wants_.back().cast = cast_for(group, reader, root, type);
}

bool Casts::is_written_so(ValueId root) const {
  if (is_weight(input_, root)) return folding_of(lowering_.backend) == Folding::at_load;
  const auto maker = traffic_.maker_group(root);
  return maker != FusionPlan::kNone && lowering_.backend != Backend::eager && roles_.calls[maker] == 0;
}

/// One for all of a region that read it; of weights one for the whole run; with PyTorch one for each reader.
std::uint32_t Casts::cast_for(std::uint32_t group, NodeId reader, ValueId root, Dtype type) {
  const Graph& g = input_.graph();
  const bool weight = is_weight(input_, root), shared = weight || lowering_.backend != Backend::eager;
  const auto region = weight ? RegionId(0) : g.region_of(reader);
  const auto key = (std::uint64_t{root.index} << 32 | region.index) * 32 + static_cast<unsigned>(type);
  const auto id = static_cast<std::uint32_t>(casts_.size());
  if (shared)
    if (const auto [at, fresh] = shared_.try_emplace(key, id); !fresh) return at->second;
  Cast cast{.root = root, .reader = reader, .type = type, .weight = weight, .before = group};
  if (weight) {
    cast.reader = input_.node(input_.order().outer_step(g, reader));
    cast.before = groups_.group_of[cast.reader];
  }
  if (shared) {
    cast.read = numbers_.bytes(root, known_bytes(g, root), numbers_.type(root));
    cast.written = numbers_.bytes(root, known_bytes(g, root), type);
    cast.sized = g.type(root).is_static();
  }
  casts_.push_back(cast);
  return id;
}

/// By the group that they run in front of; wants follow.
void Casts::sort_casts() {
  std::vector<std::uint32_t> order(casts_.size()), place(casts_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return casts_[i].before; });
  std::vector<Cast> sorted;
  sorted.reserve(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i, sorted.push_back(casts_[order[i]]);
  casts_ = std::move(sorted);
  for (auto& want : wants_)
    if (want.cast != kNone) want.cast = place[want.cast];
}

}  // namespace alidade::lowering
