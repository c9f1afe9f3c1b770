#pragma once
#include <unordered_map>
#include <unordered_set>

#include "wire/model.hpp"

namespace alidade::onnx_file {

/// What torch.export said of the model's tensors, as torch's exporter writes it beside the graph: also of
/// those that the exporter has folded into others.
class ExportSignature {
 public:
  explicit ExportSignature(const GraphView& graph);

  [[nodiscard]] bool names_parameters() const { return names_parameters_; }
  /// "PARAMETER", "BUFFER" or "CONSTANT_TENSOR"; empty where nothing is said.
  [[nodiscard]] Text kind(Text name) const;
  /// The same of a tensor that was folded: a parameter where one went into it that the file has no more.
  /// `from` is a list as Python writes it.
  [[nodiscard]] Text folded_kind(Text from) const;

 private:
  void read(Text signature);

  std::unordered_map<Text, Text> kinds_;
  std::unordered_set<Text> stored_;
  bool names_parameters_ = false;
};

}  // namespace alidade::onnx_file
