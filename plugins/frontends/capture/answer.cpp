#include "answer.hpp"

#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"

namespace alidade::capture {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::unexpected<Error> reported(const json& error, const std::string& source) {
  const auto where = text_of(error, "where");
  return fail(Fault::model, text_of(error, "what"), where.empty() ? source : where, text_of(error, "fix"));
}

MadeFile made_of(const json& answer) {
  MadeFile made{text_of(answer, "path"), {}, {}};
  const auto bindings = answer.value("bindings", json::object()),
             notes = answer.value("notes", json::array());
  for (const auto& [name, size] : bindings.items()) made.bindings[name] = size.get<std::int64_t>();
  for (const auto& note : notes)
    made.notes.push_back({Severity::note, "capture", note.get<std::string>(), {}});
  return made;
}

std::unexpected<Error> no_answer(const std::string& line, const std::string& source) {
  return fail(Fault::plugin, "alidade-capture answered " + text::quoted(line) + ", which names no file",
              source, "its version and this program's belong together: install both from one release");
}

}  // namespace

Result<MadeFile> read_answer(const std::string& line, const std::string& source) try {
  const auto answer = json::parse(line);
  if (const auto error = answer.find("error"); error != answer.end()) return reported(*error, source);
  auto made = made_of(answer);
  return made.path.empty() ? Result<MadeFile>(no_answer(line, source)) : std::move(made);
} catch (const json::exception&) {
  return no_answer(line, source);
}

}  // namespace alidade::capture
