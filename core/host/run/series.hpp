#pragma once
#include <cstdint>
#include <optional>

#include "read_model.hpp"

namespace alidade::host {

/// Opens models; one that is asked for at several batches is read once, and given each batch from what was
/// read where that decides every size. Otherwise its frontend reads it again.
class SeriesReader {
 public:
  [[nodiscard]] Result<OpenedModel> open(const ModelStep& step, const Limits& limits);

 private:
  [[nodiscard]] bool read_base(const ModelStep& step, const Limits& limits);

  std::uint32_t series_ = 0;  ///< of what was read
  std::optional<ReadModel> base_;
};

}  // namespace alidade::host
