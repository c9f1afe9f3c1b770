#pragma once
#include <optional>
#include <string>
#include <vector>

#include "libtorch.hpp"

namespace alidade::torchscript {

/// One of the things in an object that packs weights: a tensor without elements, or a setting.
struct Part {
  std::string name;
  c10::IValue value;
};
using Parts = std::vector<Part>;

/// What PyTorch's quantisation packed into an object, by the names that float operators have for it: "weight"
/// first, "bias", "stride", and "weight_scales" of each channel. `flat` is of one dimension: PyTorch packs
/// its weights as of two. Nothing where the class packs no weights.
[[nodiscard]] std::optional<Parts> unpacked(const c10::intrusive_ptr<c10::ivalue::Object>& object, bool flat);

}  // namespace alidade::torchscript
