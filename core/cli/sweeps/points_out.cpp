#include "cli/sweeps/points_out.hpp"

#include "sweep/document.hpp"
#include "sweep/store_scope.hpp"
#include "written_page.hpp"

namespace alidade::cli {

Result<void> answer_points(const sweep::Store& store, const std::string& title, const Question& question,
                           Answers& answers) {
  const auto scope = sweep::StoreScope::of(store);
  if (!scope) return std::unexpected(scope.error());
  const bool all = question.form != Question::Form::text;
  return answers.add(
      {**scope, title, "points", all ? (*scope)->all_columns() : (*scope)->first_columns(), 4});
}

Result<void> write_points(const sweep::Store& store, Question::Form form, Sink& out) {
  const Question everything{{}, {}, {}, form};
  Answers answers(everything, out);
  auto done = answer_points(store, "sweep", everything, answers);
  if (done) answers.finish();
  return done;
}

Result<void> write_sweep_page(const sweep::Store& store, Sink& out) {
  StringSink document;
  if (auto ok = sweep::write_document(store, document); !ok) return ok;
  return page::write(document.str(), out, page::Extent::whole);
}

}  // namespace alidade::cli
