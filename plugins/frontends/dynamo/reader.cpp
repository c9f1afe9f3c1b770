#include "reader.hpp"

#include <filesystem>

#include "alidade/base/text.hpp"
#include "alidade/infer/input_shapes.hpp"
#include "bundle.hpp"

namespace alidade::dynamo {
namespace {

/// The archive's own folder; what is saved into memory is called "archive", so the file's name says more.
std::string model_name(const Program& program, const std::string& path) {
  const bool named = !program.name.empty() && program.name != "archive";
  return named ? program.name : std::filesystem::path(path).stem().string();
}

Result<void> read_single(const ZipArchive& archive, std::int64_t partition, GraphDraft& draft,
                         Program& program) {
  if (partition > 0)
    return fail(
        Fault::config,
        "the option partition is " + std::to_string(partition) + ", and the file is one graph, not a bundle",
        archive.file(), "leave the option out");
  Json::Budget budget;
  auto loaded = load_program(archive, budget);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  program = std::move(*loaded);
  if (auto ok = check_schema(*program.text, draft.builder); !ok) return ok;
  draft.builder.name(model_name(program, archive.file()));
  const auto joined = join_program(program, {}, draft);
  return joined ? Result<void>{} : std::unexpected(joined.error());
}

}  // namespace

Result<Graph> read_archive(const ReadRequest& request, std::int64_t partition) {
  FileSource file(request.path);
  if (auto ok = file.open(); !ok) return std::unexpected(std::move(ok).error());
  return read_archive(file, request, partition);
}

Result<Graph> read_archive(const ByteSource& file, const ReadRequest& request, std::int64_t partition) {
  const auto archive = ZipArchive::open(file, request.path);
  if (!archive) return std::unexpected(archive.error());
  GraphBuilder builder;
  Program program;
  GraphDraft draft(builder, request);
  const auto read = is_bundle(*archive) ? read_bundle(*archive, partition, draft)
                                        : read_single(*archive, partition, draft, program);
  if (!read) return std::unexpected(read.error());
  draft.write_notes();
  auto graph = builder.finish();
  if (!graph || request.input_shapes.empty()) return graph;
  return infer::with_input_shapes(std::move(*graph), request.input_shapes);
}

}  // namespace alidade::dynamo
