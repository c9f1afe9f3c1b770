#include <nlohmann/json.hpp>

#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/results/answer.hpp"
#include "cli/results/documents.hpp"
#include "host/query/result_scope.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

/// The answer for every model.
Result<void> answer(const std::vector<nlohmann::ordered_json>& models, const QueryArgs& args, Sink& out) {
  Question question{{}, args.sort, args.limit, args.json ? Question::Form::json : Question::Form::text};
  if (auto ok = question.read(args.question); !ok) return ok;
  Answers answers(question, out);
  for (const auto& model : models) {
    const host::query::ResultScope scope(model);
    const Asked asked{scope, model.value("model", ""), "operators", {"name", "type", "flops", "memory"}};
    if (auto ok = answers.add(asked); !ok) return ok;
  }
  answers.finish();
  return {};
}

}  // namespace

int verb_query(const QueryArgs& args) {
  const auto documents = documents_of(args, kOfQueries);
  if (documents.models.empty()) return documents.exit_code;
  StringSink text;
  if (const auto ok = answer(documents.models, args, text); !ok) {
    say(ok.error());
    return host::exit_code(ok.error().fault);
  }
  ResultOut out;
  out.write(text.str());
  const int written = out.finish();
  return written ? written : documents.exit_code;
}

}  // namespace alidade::cli
