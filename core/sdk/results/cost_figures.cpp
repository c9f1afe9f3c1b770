#include "cost_figures.hpp"

namespace alidade {

std::vector<CostFigure> figures_of(const CostSum& s) {
  return {{"ops", {}, s.ops, {}},
          {"opaque_ops", {}, s.opaque, {}},
          {"unknown_ops", {}, s.unknown, {}},
          {"counted", "counted_upper", s.counted, s.counted_upper},
          {"unsized_ops", {}, s.unsized, {}},
          {"macs", "macs_upper", s.macs.value, s.macs_upper},
          {"flops", "flops_upper", s.flops.value, s.flops_upper},
          {"params", {}, s.params.value, {}},
          {"param_bytes", {}, s.param_bytes.value, {}},
          {"input_bytes", {}, s.input.value, {}},
          {"output_bytes", {}, s.output.value, {}},
          {"weight_read_bytes", {}, s.weight.value, {}},
          {"traffic_bytes", "traffic_bytes_upper", s.traffic().value, s.traffic_upper}};
}

std::vector<CostFigure> figures_of(const CostProfile& p) {
  auto out = figures_of(p.total);
  out.push_back({"active_params", {}, p.active.value, {}});
  out.push_back({"buffers", {}, p.buffers.value, {}});
  out.push_back({"weight_bytes", "weight_bytes_upper", p.weight_bytes.value, p.weight_bytes_upper});
  out.push_back({"peak_activation_bytes", "peak_activation_bytes_upper", p.peak_activation.value,
                 p.peak_activation_upper});
  return out;
}

void write_figure(const CostFigure& figure, ObjectWriter& out, std::string_view as) {
  out.count(as.empty() ? figure.name : as, figure.value);
  if (figure.upper) write_upper(out, figure.upper_name, *figure.upper);
}

}  // namespace alidade
