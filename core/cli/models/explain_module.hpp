#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"

namespace alidade::cli {

/// Whether a layer of a JSON result belongs to a module, or to one inside of it.
[[nodiscard]] bool is_in_module(const nlohmann::ordered_json& layer, const std::string& module);

/// Explains a module of a JSON result by the sum of its operators, each of which `layers` describes.
void write_module(Sink& out, const nlohmann::ordered_json& model, const std::string& module,
                  std::vector<nlohmann::ordered_json> layers);

}  // namespace alidade::cli
