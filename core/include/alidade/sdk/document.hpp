#pragma once
#include <string_view>

#include "alidade/base/object_writer.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade {

/// What a document that holds such a model calls itself; schema/result.schema.json describes it.
inline constexpr std::string_view kResultSchema = "alidade.result/1";

/// Writes everything there is to say of one model into the object that the caller has opened. The names of
/// its members are the vocabulary of the JSON report, of questions and of tests; they do not depend on the
/// model: what has no value is written as nothing. `program`, where it is given, is said after the first
/// keys: the document holds this model alone.
void write_document(const ModelRun& model, ObjectWriter& out, std::string_view program = {});
/// "schema" and "program", for a document of several models.
void write_program(std::string_view program, ObjectWriter& out);
/// A whole run: one model as one object, any other number as a list.
void write_run(const Run& run, ObjectWriter& out);

}  // namespace alidade
