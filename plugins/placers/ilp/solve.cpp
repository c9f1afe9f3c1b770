// A programme handed to CBC, one thread, nothing printed.
#include <signal.h>

#include <CbcModel.hpp>
#include <CglClique.hpp>
#include <CglGomory.hpp>
#include <CglKnapsackCover.hpp>
#include <CglMixedIntegerRounding2.hpp>
#include <CglProbing.hpp>
#include <ClpEventHandler.hpp>
#include <ClpSimplex.hpp>
#include <CoinPackedMatrix.hpp>
#include <OsiClpSolverInterface.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "programme.hpp"

namespace alidade::placers {
namespace {

using Clock = std::chrono::steady_clock;

/// Ends a linear programme that takes far longer than all was to take: CBC looks at the clock only between
/// them.
class Deadline final : public ClpEventHandler {
 public:
  Deadline(Clock::time_point at, std::shared_ptr<bool> passed) : at_(at), passed_(std::move(passed)) {}
  int event(Event) override {
    if (Clock::now() < at_) return -1;
    *passed_ = true;
    return 0;
  }
  [[nodiscard]] ClpEventHandler* clone() const override { return new Deadline(*this); }

 private:
  Clock::time_point at_;
  std::shared_ptr<bool> passed_;
};

double bounded(double value) { return std::clamp(value, -COIN_DBL_MAX, COIN_DBL_MAX); }

void load(const Programme& programme, OsiClpSolverInterface& solver) {
  const auto columns = static_cast<int>(programme.columns.size()),
             rows = static_cast<int>(programme.rows.size());
  std::vector<int> at_row, at_column;
  std::vector<double> factors, low, high, cost, row_low, row_high;
  for (const auto& column : programme.columns)
    low.push_back(column.low), high.push_back(bounded(column.high)), cost.push_back(column.cost);
  for (int row = 0; row < rows; ++row) {
    const auto& [terms, least, most] = programme.rows[static_cast<std::size_t>(row)];
    for (const auto& term : terms)
      at_row.push_back(row), at_column.push_back(term.column), factors.push_back(term.factor);
    row_low.push_back(bounded(least)), row_high.push_back(bounded(most));
  }
  CoinPackedMatrix matrix(true, at_row.data(), at_column.data(), factors.data(),
                          static_cast<CoinBigIndex>(factors.size()));
  matrix.setDimensions(rows, columns);
  solver.loadProblem(matrix, low.data(), high.data(), cost.data(), row_low.data(), row_high.data());
  for (std::size_t i = 0; i < programme.columns.size(); ++i)
    if (programme.columns[i].whole) solver.setInteger(static_cast<int>(i));
}

/// Clp catches interrupts while it solves, and puts back their handler without its flags: here it comes back
/// whole.
class KeptInterrupt {
 public:
  KeptInterrupt() { sigaction(SIGINT, nullptr, &before_); }
  KeptInterrupt(const KeptInterrupt&) = delete;
  KeptInterrupt& operator=(const KeptInterrupt&) = delete;
  ~KeptInterrupt() { sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

}  // namespace

Solution solve(const Programme& programme, double cutoff, double seconds) {
  const KeptInterrupt kept;
  OsiClpSolverInterface solver;
  solver.messageHandler()->setLogLevel(0);
  solver.getModelPtr()->setLogLevel(0);
  constexpr double kLate = 1.1;
  const auto passed = std::make_shared<bool>(false);
  const auto last =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(kLate * seconds));
  const Deadline deadline(Clock::now() + last, passed);
  solver.getModelPtr()->passInEventHandler(&deadline);
  load(programme, solver);
  CbcModel model(solver);
  model.setLogLevel(0), model.messageHandler()->setLogLevel(0);
  model.setUseElapsedTime(true), model.setMaximumSeconds(seconds);
  model.setCutoff(bounded(cutoff));
  constexpr int kSometimes = -99;  // in the tree only where it helped at the root
  CglProbing probing;
  probing.setUsingObjective(1), probing.setMaxPass(1), probing.setMaxProbe(10), probing.setRowCuts(3);
  CglGomory gomory;
  gomory.setLimit(100);
  CglKnapsackCover cover;
  CglMixedIntegerRounding2 rounding;
  CglClique clique;
  clique.setStarCliqueReport(false), clique.setRowCliqueReport(false);
  model.addCutGenerator(&probing, kSometimes, "probing");
  model.addCutGenerator(&gomory, kSometimes, "gomory");
  model.addCutGenerator(&cover, kSometimes, "cover");
  model.addCutGenerator(&rounding, kSometimes, "rounding");
  model.addCutGenerator(&clique, kSometimes, "clique");
  model.initialSolve();
  Solution out;
  if (model.solver()->isProvenPrimalInfeasible()) return out.impossible = true, out;
  if (!model.solver()->isProvenOptimal()) return out;  // out of time
  out.bound = model.solver()->getObjValue();
  model.branchAndBound();
  if (const double* values = model.bestSolution())
    out.values.assign(values, values + programme.columns.size());
  if (*passed) return out;  // a programme that was ended looks like one without a solution
  out.proven = model.isProvenOptimal();
  out.impossible = model.isProvenInfeasible() || (out.proven && out.values.empty());
  out.bound = std::max(out.bound, model.getBestPossibleObjValue());
  return out;
}

}  // namespace alidade::placers
