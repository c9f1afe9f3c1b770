#include "adoption.hpp"

namespace alidade {

Result<Graph> Graph::adopt(std::unique_ptr<GraphArrays> arrays) {
  auto misfit = adoption::misfit_of_rows(*arrays);
  if (misfit.empty()) misfit = adoption::misfit_of_order(*arrays);
  if (!misfit.empty())
    return fail(Fault::plugin, "the graph that was handed over is not well formed: " + misfit);
  return Graph(std::move(arrays));
}

}  // namespace alidade
