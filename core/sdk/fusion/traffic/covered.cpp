#include "covered.hpp"

#include <algorithm>

namespace alidade::fusion {
namespace {

constexpr std::uint32_t kCompared = 64;  // parts of one tensor in one set; more are taken as apart

}  // namespace

Between elements_in_any(const Parts& parts, std::span<const PartId> some) {
  std::vector<Box> boxes;
  Between out;
  std::uint64_t whole = Parts::kUnknown, largest = 0;
  unsigned __int128 unplaced = 0;
  for (const PartId id : some) {
    const Part& part = parts[id];
    whole = parts.elements(part.root);
    if (part.kind == Part::Kind::whole) return {whole, whole};
    if (part.kind == Part::Kind::box)
      boxes.push_back(parts.box(part));
    else
      unplaced += part.elements, largest = std::max(largest, part.elements);
  }
  if (!boxes.empty()) out = elements_in_any(std::move(boxes));
  const auto least = std::max(out.least, largest);
  if (whole == Parts::kUnknown) return {least, least};
  const auto most = unplaced + out.most;
  return {least, most < whole ? static_cast<std::uint64_t>(most) : whole};
}

Covered::Covered(const Reads& reads)
    : reads_(reads),
      tensor_(reads.tensors()),
      when_(reads.parts().size(), 0),
      before_(reads.parts().size(), 0) {}

std::uint64_t Covered::add(const Read& read) {
  auto& tensor = tensor_[read.root];
  if (when_[read.part] == now_) return 0;
  const bool first = tensor.when != now_;
  const auto before = first ? 0 : tensor.elements;
  const Part& part = reads_.parts()[read.part];
  tensor.elements = first ? part.elements : grown(tensor, part, read.part);
  tensor.count = first ? 1 : tensor.count + 1;
  before_[read.part] = tensor.last, tensor.last = read.part;
  when_[read.part] = tensor.when = now_;
  const auto bytes = [&](std::uint64_t elements) { return reads_.parts().bytes(read.root, elements); };
  return first ? read.bytes : bytes(tensor.elements) - bytes(before);
}

std::uint64_t Covered::bytes(ValueId root) const {
  return reads(root) ? reads_.parts().bytes(root, tensor_[root].elements) : 0;
}

/// Elements of the tensor that are read once this part is among them.
std::uint64_t Covered::grown(Tensor& tensor, const Part& part, PartId id) {
  const auto whole = reads_.parts().elements(part.root);
  if (whole == Parts::kUnknown) return std::max(tensor.elements, part.elements);
  if (part.kind == Part::Kind::whole || tensor.elements >= whole) return whole;
  if (tensor.lie == Lie::unknown) tensor.lie = lie_of(part.root);
  if (tensor.lie == Lie::apart || tensor.count > kCompared)
    return std::min(whole, tensor.elements + part.elements);
  present_.assign(1, id);
  auto at = tensor.last;
  for (std::uint32_t i = 0; i < tensor.count; ++i, at = before_[at]) present_.push_back(at);
  return elements_in_any(reads_.parts(), present_).most;
}

/// Whether no element lies in two of the parts that anybody reads.
Covered::Lie Covered::lie_of(ValueId root) const {
  const auto parts = reads_.read_parts(root);
  Count sum = 0;
  for (const PartId id : parts) {
    if (reads_.parts()[id].kind != Part::Kind::box) return Lie::across;
    sum += reads_.parts()[id].elements;
  }
  const auto all = elements_in_any(reads_.parts(), parts);
  return sum.get() == all.least ? Lie::apart : Lie::across;
}

}  // namespace alidade::fusion
