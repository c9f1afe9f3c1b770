#pragma once
#include <optional>
#include <string>
#include <vector>

#include "run.hpp"

namespace alidade::host {

/// Opens models; one that is asked for at several batches is read once, and given each batch from what was
/// read where that decides every size. Otherwise its frontend reads it again.
class SeriesReader {
 public:
  [[nodiscard]] Result<OpenedModel> open(const ModelStep& step, const Limits& limits);

 private:
  /// A model as it was read, without a batch of the user's.
  struct Base {
    std::uint32_t series = 0;
    std::string wire;
    std::size_t open_types = 0;
    OpenedModel opened;
  };
  [[nodiscard]] bool read_base(const ModelStep& step, const Limits& limits);
  [[nodiscard]] std::optional<OpenedModel> with_batch(std::int64_t batch) const;

  std::optional<Base> base_;
};

}  // namespace alidade::host
