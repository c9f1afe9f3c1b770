#include "host/query/result_document.hpp"

#include <nlohmann/json.hpp>

#include "host/plugins/guard.hpp"
#include "host/query/result_scope.hpp"

namespace alidade::host::query {

Result<nlohmann::ordered_json> document_of(const Run& run, const Loaded& json) {
  const auto report = make_component<Report>(json, {{"indent", std::int64_t{0}}});
  if (!report) return std::unexpected(report.error());
  StringSink text;
  const PluginCall call{json.info.name, json.library, "writing the report"};
  if (auto ok = guarded(call, [&] { return (*report)->write(run, text); }); !ok)
    return std::unexpected(std::move(ok).error());
  return read_result(text.str(), json.library);
}

}  // namespace alidade::host::query
