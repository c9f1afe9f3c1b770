#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "run.hpp"

namespace alidade::host {

/// A model as it was read, without a batch of the user's. May be asked from any thread.
class ReadModel {
 public:
  /// One that was opened; errors call it by this path.
  ReadModel(std::string path, OpenedModel opened);
  /// `step` is read without its batch.
  [[nodiscard]] static Result<ReadModel> read(ModelStep step, const Limits& limits);
  [[nodiscard]] const OpenedModel& opened() const { return opened_; }
  /// The model at a batch and with these bindings, made of what was read. Nothing where that leaves sizes
  /// open that reading it anew might decide.
  [[nodiscard]] std::optional<Result<OpenedModel>> at(std::optional<std::int64_t> batch,
                                                      const Bindings& bindings) const;
  /// The same number for the same graph.
  [[nodiscard]] std::uint64_t checksum() const;

 private:
  [[nodiscard]] std::optional<Graph> changed(std::optional<std::int64_t> batch, Bindings bindings) const;

  std::string path_, wire_;
  std::size_t open_types_ = 0;
  OpenedModel opened_;
  BindingNames names_;
};

}  // namespace alidade::host
