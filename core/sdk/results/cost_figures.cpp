#include "cost_figures.hpp"

#include <string>

namespace alidade {

std::vector<CostFigure> figures_of(const CostSum& s) {
  return {{"ops", s.ops, s.ops_upper},
          {"opaque_ops", s.opaque, {}},
          {"unknown_ops", s.opaque + s.unknown, {}},
          {"counted", s.counted, s.counted_upper},
          {"unsized_ops", s.unsized, {}},
          {"macs", s.macs.value, s.macs_upper},
          {"flops", s.flops.value, s.flops_upper},
          {"params", s.params.value, s.params_upper},
          {"param_bytes", s.param_bytes.value, s.param_bytes_upper},
          {"input_bytes", s.input.value, s.input_upper},
          {"output_bytes", s.output.value, s.output_upper},
          {"weight_read_bytes", s.weight.value, s.weight_upper},
          {"traffic_bytes", s.traffic.value, s.traffic_upper}};
}

std::vector<CostFigure> figures_of(const CostProfile& p) {
  auto out = figures_of(p.total);
  out.push_back({"active_params", p.active.value, p.active_upper});
  out.push_back({"buffers", p.buffers.value, p.buffers_upper});
  out.push_back({"weight_bytes", p.weight_bytes.value, p.weight_bytes_upper});
  out.push_back({"peak_activation_bytes", p.peak_activation.value, p.peak_activation_upper});
  return out;
}

void write_figure(const CostFigure& figure, ObjectWriter& out, std::string_view as) {
  const std::string key(as.empty() ? figure.name : as);
  out.count(key, figure.value);
  if (figure.upper) write_upper(out, key + "_upper", *figure.upper);
}

}  // namespace alidade
