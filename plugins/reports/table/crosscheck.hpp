#pragma once
#include "alidade/results/crosscheck.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::table {

/// Our counts beside another tool's: every model in one table, then what each is made of and why they differ.
class CrossCheckPage final : public Report {
 public:
  static std::vector<ResultKey> needs() { return {CrossCheck::key}; }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override;
};

}  // namespace alidade::table
