#include <array>
#include <nlohmann/json.hpp>

#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/results/comparison_out.hpp"
#include "cli/results/documents.hpp"
#include "cli/results/sarif.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

constexpr std::size_t kShown = 20;

int failed(const Error& error) { return say(error), host::exit_code(error.fault); }

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}, Format{"html", ".html"}};

Result<void> write(const CompareArgs& args, const std::string& format, const Documents& documents,
                   const host::query::Comparison& comparison, Sink& out) {
  if (format == "html") return write_html(documents.models, comparison, out);
  if (format == "json")
    write_json(comparison, out);
  else
    write_text(comparison, args.verbose ? 0 : kShown, out);
  return {};
}

Result<void> write_out(const CompareArgs& args, const std::string& format, const Documents& documents,
                       const host::query::Comparison& comparison) {
  StringSink text;
  if (auto ok = write(args, format, documents, comparison, text); !ok) return ok;
  return write_output(args.output, args.models, [&](Sink& out) { out.write(text.str()); });
}

/// What the gates found, in the file of the last model.
Result<void> write_findings(const CompareArgs& args, const Documents& documents,
                            const host::query::Comparison& comparison) {
  if (args.sarif.empty()) return {};
  std::vector<Finding> findings;
  for (const auto& gate : comparison.failed_gates)
    findings.push_back({gate.written, gate.sentence, documents.models.back().value("path", "")});
  return write_output(args.sarif, args.models, [&](Sink& out) { write_sarif(findings, out); });
}

}  // namespace

int verb_compare(const CompareArgs& args) {
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  if (!mistakes.empty()) return write_mistakes(mistakes);
  std::vector<host::query::Gate> gates;
  for (const auto& written : args.gates) {
    auto gate = host::query::read_gate(written);
    if (!gate) return failed(gate.error());
    gates.push_back(std::move(*gate));
  }
  const auto documents = documents_of(args, kOfComparisons);
  if (documents.exit_code != 0) return documents.exit_code;
  if (documents.models.size() < 2)
    return failed(
        Error{Fault::config, "one model cannot be compared", {}, "name two, or a result that holds several"});
  const auto comparison = host::query::compare(documents.models, gates);
  if (!comparison) return failed(comparison.error());
  if (const auto written = write_out(args, format, documents, *comparison); !written)
    return failed(written.error());
  if (const auto written = write_findings(args, documents, *comparison); !written)
    return failed(written.error());
  return comparison->failed_gates.empty() ? host::kDone : host::kCheckFailed;
}

}  // namespace alidade::cli
