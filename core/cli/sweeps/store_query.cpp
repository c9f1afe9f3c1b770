#include "alidade/base/text.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/sweeps/points_out.hpp"
#include "cli/sweeps/sweep_verbs.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

/// What a sweep has not found out yet is told, and hides nothing.
Result<void> say_missing(const sweep::Store& store, const std::string& path) {
  const auto tally = store.tally();
  if (!tally) return std::unexpected(tally.error());
  if (tally->there < static_cast<std::size_t>(store.head().points))
    say(Diagnostic{Severity::warning,
                   "incomplete-sweep",
                   text::quoted(path) + " has " + std::to_string(tally->there) + " of " +
                       std::to_string(store.head().points) +
                       " points; the same 'alidade sweep' goes on with it",
                   {}});
  return {};
}

Result<void> answer(const StoreQueryArgs& args, Sink& out) {
  using Form = Question::Form;
  Question question{{}, args.sort, args.limit, args.json ? Form::json : args.csv ? Form::csv : Form::text};
  if (!args.question.empty())
    if (auto ok = question.read(args.question); !ok) return ok;
  Answers answers(question, out);
  for (const auto& path : args.stores) {
    const auto store = sweep::Store::read(path);
    if (!store) return std::unexpected(store.error());
    if (auto ok = say_missing(*store, path); !ok) return ok;
    if (auto ok = answer_points(*store, path, question, answers); !ok) return ok;
  }
  answers.finish();
  return {};
}

}  // namespace

int verb_query_store(const StoreQueryArgs& args) {
  StringSink text;
  if (const auto ok = answer(args, text); !ok) return say(ok.error()), host::exit_code(ok.error().fault);
  return print(text.str());
}

}  // namespace alidade::cli
