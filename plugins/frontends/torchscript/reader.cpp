#include "reader.hpp"

#include <filesystem>

#include "explained.hpp"
#include "inputs.hpp"
#include "load.hpp"
#include "read_failure.hpp"
#include "stopwatch.hpp"
#include "unknown.hpp"
#include "walk.hpp"

namespace alidade::torchscript {
namespace {

/// The archive's own folder; what is saved into memory is called "archive", so the file's name says more.
std::string model_name(const ScriptArchive& archive) {
  return archive.name() != "archive" ? archive.name() : std::filesystem::path(archive.file()).stem().string();
}

Result<Graph> read(const ScriptArchive& archive, const LoadedScript& script, const ReadRequest& request,
                   std::uint32_t measure_runs, const std::set<std::string>& integers) {
  GraphBuilder builder;
  builder.name(model_name(archive));
  builder.format("TorchScript, version " + std::to_string(archive.version()));
  if (const auto record = archive.record("extra/alidade.json")) builder.attach("capture", *record);
  aten::GraphDraft draft(builder, request);
  Tensors tensors(draft);
  Modules modules(script, draft, tensors);
  if (modules.empty()) tensors.frozen();
  auto arguments = make_inputs(script, archive, integers, draft, tensors);
  arguments.insert(arguments.begin(), script.module()._ivalue());
  Origins origins(archive);
  std::optional<Stopwatch> stopwatch;
  if (measure_runs > 0) stopwatch.emplace(measure_runs);
  Walk walk(draft, tensors, modules, origins, stopwatch ? &*stopwatch : nullptr);
  const auto forward = script.module().get_method("forward");
  for (const auto& result : walk.call(forward.function(), arguments, {ModuleId(0), {}}))
    each_tensor(result, [&](const at::Tensor& t) { builder.output(tensors.value(t)); });
  draft.write_notes();
  if (!walk.constants().empty()) builder.attach("torchscript.constants", walk.constants());
  if (stopwatch) {
    stopwatch->time_whole(archive, {arguments.begin() + 1, arguments.end()});
    builder.attach("measured", stopwatch->text());
  }
  return builder.finish();
}

/// Element types that nobody recorded are assumed; where an operator takes another one, it is read again with
/// that.
Result<Graph> read(const ReadRequest& request, std::uint32_t measure_runs) {
  const ScriptArchive archive(request.path);
  const LoadedScript script(archive);
  std::set<std::string> integers;
  for (;;) try {
      return read(archive, script, request, measure_runs, integers);
    } catch (const WantsIntegers& wanted) {
      if (!integers.insert(wanted.input).second) throw;
    }
}

Result<Graph> read_or_say_why(const ReadRequest& request, std::uint32_t measure_runs) {
  const c10::InferenceMode no_gradients;
  try {
    return read(request, measure_runs);
  } catch (const ReadFailure& stopped) {
    auto error = stopped.error;
    if (error.where.empty()) error.where = request.path;
    return std::unexpected(std::move(error));
  } catch (const std::bad_alloc&) {
    throw;  // the host knows what that means
  } catch (const c10::Error& error) {
    return std::unexpected(explained(error.what_without_backtrace(), request.path));
  } catch (const std::exception& error) {
    return std::unexpected(explained(error.what(), request.path));
  }
}

}  // namespace
}  // namespace alidade::torchscript

__attribute__((visibility("default"))) void alidade_read_script(
    const alidade::ReadRequest& request, std::uint32_t measure_runs,
    std::optional<alidade::Result<alidade::Graph>>& graph) {
  graph = alidade::torchscript::read_or_say_why(request, measure_runs);
}
