#pragma once
#include "zip.hpp"

namespace alidade::archive {

/// What PyTorch, or who captured a model with it, put into an archive: recognised by its entries alone.
enum class Kind { exported_program, bundle, torchscript, mobile, compiled, pickle, other };

/// Whether the entry is a program of torch.export: "resnet18/models/model.json"; the file of torch 2.6 and
/// before.
[[nodiscard]] bool is_program(const ZipEntry& entry);
[[nodiscard]] Kind kind_of(const ZipArchive& archive);

}  // namespace alidade::archive
