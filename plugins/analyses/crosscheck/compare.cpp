#include <algorithm>
#include <set>
#include <string>

#include "aliases.hpp"
#include "alidade/base/text.hpp"
#include "classes.hpp"
#include "tally.hpp"

namespace alidade::crosscheck {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

/// What each module counts without those in it. A module's path begins with its parent's, which may be left
/// out.
Counts without_children(const Counts& inclusive) {
  Counts own = inclusive;
  for (const auto& [path, count] : inclusive) {
    if (path.empty()) continue;
    auto parent = path;
    do {
      const auto dot = parent.rfind('.');
      parent = dot == parent.npos ? "" : parent.substr(0, dot);
    } while (!parent.empty() && !inclusive.contains(parent));
    if (const auto above = own.find(parent); above != own.end())
      above->second -= std::min(above->second, count);
  }
  return own;
}

/// Finds why our side and theirs differ; a cause holds only where it accounts for the difference to the
/// integer.
class Causes {
 public:
  Causes(const Graph& graph, const Ours& ours, const Reference& reference)
      : ours_(ours), reference_(reference) {
    for (const auto& note : graph.notes()) folded_ |= note.code == "batch-norm-folded";
    for (const auto& [name, count] : reference.unsupported)
      blind_to_attention_ |= name.find("scaled_dot_product_attention") != name.npos && count > 0,
          blind_to_padding_ |= name.find("_convolution_mode") != name.npos && count > 0,
          fast_path_ |= count > 0 && (name.find("_native_multi_head_attention") != name.npos ||
                                      name.find("_transformer_encoder_layer_fwd") != name.npos);
    fast_path_ |= reference.unsupported.empty();
  }

  void explain(Compared& row, const Tally& tally) {
    if (row.ours == row.theirs) return;
    if (tally.unknown_ops > 0) {
      row.partial = true;
      row.cause = tally.unknown + (tally.unknown_ops > 1 ? ", and " + std::to_string(tally.unknown_ops - 1) +
                                                               " more are not counted in full"
                                                         : ": it is not counted in full");
    } else if (const auto hidden = behind_fast_path(row, tally); !hidden.empty()) {
      row.cause = reference_.tool + " was led into the fast path of nn." + hidden +
                  ", under torch.no_grad(), which hides what is inside";
    } else if (folded_ && row.theirs > row.ours && tally.ops == 0) {
      row.cause = "its normalisation is folded into a weight of the file";
      folded_away_ += row.theirs;
    } else if (blind_to_attention_ && !ours_.fuses_attention && tally.inner_products > 0 &&
               row.ours == row.theirs + tally.inner_products) {
      row.cause = "attention is written out as " + std::to_string(tally.inner_ops) +
                  " products in this file, and " + reference_.tool +
                  " leaves out scaled_dot_product_attention";
    } else if (blind_to_padding_ && tally.convolved > 0 && row.ours == row.theirs + tally.convolved) {
      row.cause = reference_.tool + " leaves out convolutions with padding=\"same\" or \"valid\"";
    } else if (tally.means > 0 && row.theirs == row.ours + tally.means) {
      row.cause = "a pool that the code calls as a function is a mean in this file";
    }
  }
  /// A class whose modules have been folded away loses what they count.
  void explain_class(Compared& row, const Tally& tally) {
    explain(row, tally);
    if (row.unexplained() && folded_ && row.theirs > row.ours && row.theirs - row.ours == folded_away_)
      row.cause = "normalisation is folded into weights of the file";
  }

 private:
  /// The class whose work is what the tool has not seen; without gradients torch runs it as one operator.
  [[nodiscard]] std::string behind_fast_path(const Compared& row, const Tally& tally) const {
    const auto is_all_of = [&](std::uint64_t inside) {
      return inside > 0 && row.ours == row.theirs + inside;
    };
    if (!fast_path_) return {};
    if (is_all_of(tally.in_attention)) return "MultiheadAttention";
    return is_all_of(tally.in_encoder) ? "TransformerEncoderLayer" : std::string();
  }

  const Ours& ours_;
  const Reference& reference_;
  bool fast_path_ = false;
  bool folded_ = false, blind_to_attention_ = false, blind_to_padding_ = false;
  std::uint64_t folded_away_ = 0;
};

std::vector<Compared> compare_modules(const Ours& ours, const Reference& reference, Causes& causes) {
  std::vector<Compared> rows;
  if (reference.by_module.empty()) return rows;
  const auto theirs = without_children(reference.by_module);
  std::set<std::string> seen;
  const auto add = [&](const std::string& path) {
    const auto found = theirs.find(path);
    const auto own = ours.modules.find(path);
    const Tally tally = own == ours.modules.end() ? Tally{} : own->second;
    Compared row{path, tally.ops, tally.counted, found == theirs.end() ? 0 : found->second, {}};
    causes.explain(row, tally);
    if (seen.insert(path).second) rows.push_back(std::move(row));
  };
  for (const auto& path : ours.order) add(path);
  for (const auto& [path, count] : theirs)
    if (!seen.contains(path)) add(path);
  explain_aliases(rows, ours.stored_names, reference.tool);
  return rows;
}

std::vector<Compared> compare_classes(const Ours& ours, const Reference& reference, Causes& causes) {
  std::map<std::string, Compared> rows;
  for (const auto& [cls, tally] : ours.classes) rows[cls] = {cls, tally.ops, tally.counted, 0, {}};
  for (const auto& [name, count] : reference.by_operator) {
    auto& row = rows[class_of_name(name)];
    row.name = class_of_name(name), row.theirs += count;
  }
  std::vector<Compared> list;
  for (auto& [cls, row] : rows) {
    if (row.ours == 0 && row.theirs == 0) continue;
    const auto own = ours.classes.find(cls);
    causes.explain_class(row, own == ours.classes.end() ? Tally{} : own->second);
    list.push_back(std::move(row));
  }
  std::ranges::stable_sort(list, std::ranges::greater{}, &Compared::theirs);
  return list;
}

/// What XLA does otherwise, where that is the whole difference.
std::string cause_of_xla(const Ours& ours, const Reference& reference) {
  std::vector<std::string> causes;
  if (ours.in_one_trip < ours.total) causes.emplace_back("counts one trip of each loop");
  std::uint64_t left = ours.in_one_trip;
  if (reference.simplified > 0 && reference.simplified <= left) {
    left -= reference.simplified;
    causes.push_back("takes out " + text::counted(reference.simplified, "result") +
                     " of sums with 0, of products with 1 and of constants before it counts");
  }
  if (left != reference.total)
    causes.push_back("counts -1 for each of " + text::counted(ours.custom_calls, "custom call"));
  const bool whole =
      left == reference.total || (ours.custom_calls > 0 && left == reference.total + ours.custom_calls);
  return whole ? "XLA " + text::join(causes, ", ") : std::string();
}

/// A program as a whole, which is all that XLA tells; then what its compiler made of it.
std::vector<Compared> compare_programs(const Ours& ours, const Reference& reference) {
  Compared given{"as it is given", ours.ops, ours.total, reference.total, {}};
  if (given.ours != given.theirs) given.cause = cause_of_xla(ours, reference);
  std::vector<Compared> rows{given};
  if (!reference.compiled) return rows;
  Compared made{"as it is compiled", ours.ops, ours.total, *reference.compiled, {}};
  if (made.ours != made.theirs && !given.unexplained())
    made.cause = made.theirs == given.theirs ? given.cause
                                             : "its compiler rewrites operators: XLA counts " +
                                                   text::grouped(given.theirs) + " before";
  rows.push_back(made);
  return rows;
}

std::uint64_t unexplained(const std::vector<Compared>& rows) {
  std::uint64_t sum = 0;
  for (const auto& row : rows) sum += row.unexplained() ? row.difference() : 0;
  return sum;
}

}  // namespace

ToolCheck compare(const Graph& graph, const Ours& ours, const Reference& reference) {
  ToolCheck check;
  check.tool = reference.tool, check.version = reference.version, check.convention = reference.convention;
  check.ours = ours.total, check.theirs = reference.total;
  Causes causes(graph, ours, reference);
  check.modules = compare_modules(ours, reference, causes);
  if (reference.convention == Convention::xla) check.classes = compare_programs(ours, reference);
  if (!reference.by_operator.empty()) check.classes = compare_classes(ours, reference, causes);
  check.left_out = ours.left_out;
  const bool bare = check.modules.empty() && check.classes.empty();
  const auto difference =
      ours.total > reference.total ? ours.total - reference.total : reference.total - ours.total;
  check.unexplained = bare ? difference : std::max(unexplained(check.modules), unexplained(check.classes));
  return check;
}

}  // namespace alidade::crosscheck
