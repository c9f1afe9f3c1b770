#include <nlohmann/json.hpp>

#include "comparison_out.hpp"
#include "documents.hpp"
#include "host/run/exit_code.hpp"
#include "messages.hpp"
#include "result_out.hpp"

namespace alidade::cli {
namespace {

constexpr std::size_t kShown = 20;

int failed(const Error& error) { return say(error), host::exit_code(error.fault); }

void write(const CompareArgs& args, const host::query::Comparison& comparison, Sink& out) {
  if (args.format == "json")
    write_json(comparison, out);
  else if (args.format == "html")
    write_html(comparison, out);
  else
    write_text(comparison, args.verbose ? 0 : kShown, out);
}

}  // namespace

int verb_compare(const CompareArgs& args) {
  std::vector<host::query::Gate> gates;
  for (const auto& written : args.gates) {
    auto gate = host::query::read_gate(written);
    if (!gate) return failed(gate.error());
    gates.push_back(std::move(*gate));
  }
  const auto documents = documents_of(args, {"cost", "fusion", "concurrency", "memory"});
  if (documents.exit_code != 0) return documents.exit_code;
  if (documents.models.size() < 2)
    return failed(
        Error{Fault::config, "one model cannot be compared", {}, "name two, or a result that holds several"});
  const auto comparison = host::query::compare(documents.models, gates);
  if (!comparison) return failed(comparison.error());
  ResultOut out;
  write(args, *comparison, out);
  const int written = out.finish();
  if (written != 0) return written;
  return comparison->failed_gates.empty() ? host::kDone : host::kCheckFailed;
}

}  // namespace alidade::cli
