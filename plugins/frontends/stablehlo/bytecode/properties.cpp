// The attributes of an operator as its properties: their values alone, in the order of their names. Which
// names an operator has is part of VHLO and never changes for a version of it.
#include <algorithm>
#include <array>

#include "bytecode.hpp"

namespace alidade::stablehlo {
namespace {

struct Stated {
  std::string_view name, attributes;
};
constexpr std::array kStated{
    Stated{"all_reduce_v1", "channel_id replica_groups use_global_device_ids"},
    Stated{"all_reduce_v2", "channel_id replica_groups use_global_device_ids"},
    Stated{"batch_norm_grad_v1", "epsilon feature_index"},
    Stated{"batch_norm_inference_v1", "epsilon feature_index"},
    Stated{"batch_norm_training_v1", "epsilon feature_index"},
    Stated{"broadcast_in_dim_v1", "broadcast_dimensions"},
    Stated{"broadcast_v1", "broadcast_sizes"},
    Stated{"call_v1", "callee"},
    Stated{"compare_v1", "compare_type comparison_direction"},
    Stated{"composite_v1", "composite_attributes decomposition name version"},
    Stated{"composite_v2", "composite_attributes decomposition name version"},
    Stated{"concatenate_v1", "dimension"},
    Stated{"constant_v1", "value"},
    Stated{"convolution_v1",
           "batch_group_count feature_group_count input_batch_dimension "
           "input_feature_dimension input_spatial_dimensions "
           "kernel_input_feature_dimension kernel_output_feature_dimension "
           "kernel_spatial_dimensions lhs_dilation output_batch_dimension "
           "output_feature_dimension output_spatial_dimensions padding "
           "precision_config rhs_dilation window_reversal window_strides"},
    Stated{"custom_call_v1",
           "api_version backend_config call_target_name called_computations "
           "has_side_effect operand_layouts output_operand_aliases result_layouts"},
    Stated{"custom_call_v2",
           "api_version backend_config call_target_name called_computations "
           "has_side_effect operand_layouts output_operand_aliases result_layouts "
           "result_tilings"},
    Stated{"dot_general_v1",
           "lhs_batching_dimensions lhs_contracting_dimensions precision_config "
           "rhs_batching_dimensions rhs_contracting_dimensions"},
    Stated{"dot_general_v2",
           "accumulation_type allow_imprecise_accumulation lhs_batching_dimensions "
           "lhs_component_count lhs_contracting_dimensions lhs_precision_type "
           "num_primitive_operations precision_config rhs_batching_dimensions "
           "rhs_component_count rhs_contracting_dimensions rhs_precision_type"},
    Stated{"dynamic_broadcast_in_dim_v1",
           "broadcast_dimensions known_expanding_dimensions "
           "known_nonexpanding_dimensions"},
    Stated{"dynamic_conv_v1",
           "batch_group_count feature_group_count input_batch_dimension "
           "input_feature_dimension input_spatial_dimensions "
           "kernel_input_feature_dimension kernel_output_feature_dimension "
           "kernel_spatial_dimensions lhs_dilation output_batch_dimension "
           "output_feature_dimension output_spatial_dimensions padding "
           "precision_config rhs_dilation window_reversal window_strides"},
    Stated{"dynamic_conv_v2",
           "batch_group_count feature_group_count input_batch_dimension "
           "input_feature_dimension input_spatial_dimensions "
           "kernel_input_feature_dimension kernel_output_feature_dimension "
           "kernel_spatial_dimensions lhs_dilation output_batch_dimension "
           "output_feature_dimension output_spatial_dimensions precision_config "
           "rhs_dilation window_reversal window_strides"},
    Stated{"dynamic_gather_v1",
           "collapsed_slice_dims index_vector_dim indices_are_sorted offset_dims "
           "start_index_map"},
    Stated{"dynamic_gather_v2",
           "collapsed_slice_dims index_vector_dim indices_are_sorted offset_dims "
           "operand_batching_dims start_index_map start_indices_batching_dims"},
    Stated{"dynamic_iota_v1", "iota_dimension"},
    Stated{"einsum_v1", "einsum_config"},
    Stated{"fft_v1", "fft_length fft_type"},
    Stated{"func_v1", "arg_attrs function_type res_attrs sym_name sym_visibility"},
    Stated{"gather_v1",
           "collapsed_slice_dims index_vector_dim indices_are_sorted offset_dims "
           "slice_sizes start_index_map"},
    Stated{"gather_v2",
           "collapsed_slice_dims index_vector_dim indices_are_sorted offset_dims "
           "operand_batching_dims slice_sizes start_index_map "
           "start_indices_batching_dims"},
    Stated{"get_dimension_size_v1", "dimension"},
    Stated{"get_tuple_element_v1", "index"},
    Stated{"iota_v1", "iota_dimension"},
    Stated{"pad_v1", "edge_padding_high edge_padding_low interior_padding"},
    Stated{"reduce_v1", "dimensions"},
    Stated{"reduce_window_v1",
           "base_dilations padding window_dilations window_dimensions "
           "window_strides"},
    Stated{"reverse_v1", "dimensions"},
    Stated{"scatter_v1",
           "index_vector_dim indices_are_sorted inserted_window_dims "
           "scatter_dims_to_operand_dims unique_indices update_window_dims"},
    Stated{"scatter_v2",
           "index_vector_dim indices_are_sorted input_batching_dims "
           "inserted_window_dims scatter_dims_to_operand_dims "
           "scatter_indices_batching_dims unique_indices update_window_dims"},
    Stated{"select_and_scatter_v1", "padding window_dimensions window_strides"},
    Stated{"set_dimension_size_v1", "dimension"},
    Stated{"slice_v1", "limit_indices start_indices strides"},
    Stated{"sort_v1", "dimension is_stable"},
    Stated{"torch_index_select_v1", "batch_dims dim"},
    Stated{"transpose_v1", "permutation"},
    Stated{"unary_einsum_v1", "einsum_config"},
};

std::string_view attributes_of(std::string_view name) {
  const auto known = std::ranges::find(kStated, name, &Stated::name);
  return known == kStated.end() ? std::string_view() : known->attributes;
}

/// Another version of an operator whose attributes are known: which ones it has is not.
bool is_of_unknown_version(std::string_view name) {
  const auto base = name.substr(0, name.rfind("_v") + 2);
  return attributes_of(name).empty() && std::ranges::any_of(kStated, [&](const Stated& s) {
           return s.name.starts_with(base) && base.ends_with("_v");
         });
}

}  // namespace

/// A size and so many bytes for each.
void Bytecode::properties(ByteReader data) {
  for (auto n = data.count("properties"); n > 0 && !data.at_end(); --n)
    properties_.push_back(data.part(data.number()));
}

void Bytecode::read_properties(std::uint64_t index, const OperatorName& name, Operation& op) {
  if (index >= properties_.size())
    return damage_.set("properties " + std::to_string(index) + " are named, and there are " +
                           std::to_string(properties_.size()),
                       op.place);
  if (!is_vhlo(name)) return;
  if (is_of_unknown_version(name.versioned))
    return damage_.set(
        "the operator " + std::string(name.versioned) + " is of a version of VHLO that is not known",
        op.place);
  auto values = properties_[index];
  for (auto names = attributes_of(name.versioned); !names.empty() && !values.at_end();) {
    const auto end = std::min(names.find(' '), names.size());
    op.attributes.emplace_back(names.substr(0, end), attribute(values.number()));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
}

}  // namespace alidade::stablehlo
