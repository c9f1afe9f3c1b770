// Sorting and selecting.
#include "rules.hpp"

namespace alidade::aten {
namespace {

void ordered(Operation& o, Op op) {
  const ValueId x = subject(o);
  const std::int64_t axes[] = {o.axis(x, o.integer("dim", -1))};
  o.emit(op, {x}, AxesAttrs{o.weave().builder.ints(axes), 0});
}

constexpr Rule kRules[] = {
    {"topk", Op::topk, ordered},
    {"kthvalue", Op::sort, ordered},
    {"sort", Op::sort, ordered},
    {"argsort", Op::sort, ordered},
    {"msort", Op::sort, ordered},
    {"median", Op::sort, ordered},
    {"nanmedian", Op::sort, ordered},
    {"mode", Op::sort, ordered},
    {"unique_dim", Op::sort, ordered},
    {"_unique2", Op::sort, ordered},
    {"_unique", Op::sort, ordered},
    {"unique_consecutive", Op::sort, ordered},
    {"nonzero", Op::nonzero, first_tensor},
    {"nonzero_static", Op::nonzero, first_tensor},
    {"nonzero_numpy", Op::nonzero, first_tensor},
    {"argwhere", Op::nonzero, first_tensor},
    {"masked_select", Op::nonzero, every_tensor},
    {"torchvision.nms", Op::nms, every_tensor},
};

}  // namespace

std::span<const Rule> selection_rules() { return kRules; }

}  // namespace alidade::aten
