#include "onnx_frontend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "read/input_shapes.hpp"
#include "read/translate.hpp"
#include "wire/recognise.hpp"

namespace alidade {
namespace {

using namespace onnx_file;

/// Names that exporters give to every graph.
bool is_generic(Text name) {
  static constexpr std::array kGeneric{Text(""),        Text("main_graph"), Text("main"),
                                       Text("graph"),   Text("torch_jit"),  Text("torch-jit-export"),
                                       Text("tf2onnx"), Text("model")};
  return std::ranges::find(kGeneric, name) != kGeneric.end();
}

std::string stem(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  if (path.ends_with(".onnx")) path.remove_suffix(5);
  return std::string(path);
}

std::unexpected<Error> damaged(const Damage& damage, std::size_t size, const std::string& path) {
  return fail(Fault::model, "the file is damaged or cut short: " + damage.text,
              fmt::format("{}: byte {} of {}", path, damage.offset, size),
              "get the file again, or export the model again");
}

constexpr std::size_t kMostImports = 1000;

/// The lists of operator sets of the model and of each function.
std::vector<const std::vector<OpsetImport>*> imports(const ModelView& model) {
  std::vector<const std::vector<OpsetImport>*> lists{&model.opsets};
  for (const auto& f : model.functions) lists.push_back(&f.opsets);
  return lists;
}

Result<void> check_header(const ModelView& model, const std::string& path) {
  if (!model.has_graph) return fail(Fault::model, "the file holds no graph (field 7 of ModelProto)", path);
  if (model.opsets.empty())
    return fail(Fault::model, "the model says no opset_import, so its operators have no version", path,
                "export the model again");
  for (const auto* opsets : imports(model))
    if (opsets->size() > kMostImports)
      return fail(
          Fault::limit,
          fmt::format("{} operator sets are imported at once, allowed {}", opsets->size(), kMostImports),
          path);
  for (std::size_t i = 0; i < model.opsets.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (model.opsets[i].domain == model.opsets[j].domain &&
          model.opsets[i].version != model.opsets[j].version)
        return fail(
            Fault::model,
            fmt::format("the domain {} is imported twice, with versions {} and {}",
                        text::quoted(model.opsets[i].domain.empty() ? "ai.onnx" : model.opsets[i].domain),
                        model.opsets[j].version, model.opsets[i].version),
            path);
  return {};
}

void describe_model(ReadState& r) {
  r.builder.name(is_generic(r.model.graph.name) ? stem(r.request.path) : r.model.graph.name);
  std::int64_t opset = 0;
  for (const auto& import : r.model.opsets)
    if (import.domain.empty()) opset = import.version;
  r.builder.format(opset > 0 ? fmt::format("ONNX, opset {}", opset) : "ONNX");
  r.builder.producer(r.model.producer_version.empty()
                         ? std::string(r.model.producer)
                         : fmt::format("{} {}", r.model.producer, r.model.producer_version));
  r.builder.reserve(r.model.graph.body.nodes.size(),
                    r.model.graph.body.inputs.size() + r.model.graph.body.outputs.size());
}

bool says_parameters(const GraphView& g) {
  const auto is = [](const auto& one) { return one.spec_kind == "PARAMETER"; };
  return std::ranges::any_of(g.values, is) || std::ranges::any_of(g.initializers, is) ||
         std::ranges::any_of(g.inputs, is);
}

Error placed(Error e, const std::string& path) {
  if (e.where.empty())
    e.where = path;
  else if (e.fault == Fault::model || e.fault == Fault::limit)
    e.where = path + ": " + e.where;
  return e;
}

/// A model with fixed sizes inside may not take another input shape at all.
Error advised(Error e, bool reshaped) {
  if (reshaped && e.fix.empty())
    e.fix =
        "the file may be fixed to its own input shape; export it with symbolic dimensions to choose another";
  return e;
}

/// The graph in the making: what was read and how is gone before it is finished, which takes memory of its
/// own.
Result<GraphBuilder> build(ModelView& model, const ReadRequest& request, Damage& damage) {
  auto shapes = settle_inputs(model, request);
  if (!shapes) return std::unexpected(std::move(shapes).error());
  ReadState r(request, model, std::move(shapes->bindings));
  r.damage = damage, r.functions = index_functions(model);
  r.keep_shapes = !shapes->contradicts;
  r.names_parameters = r.signature.names_parameters() || says_parameters(model.graph);
  if (auto ok = check_limits(model, r.functions, {request.max_nodes, request.max_region_depth}, r.damage);
      !ok)
    return std::unexpected(std::move(ok).error());
  describe_model(r);
  NameScope scope;
  scope.opsets = &model.opsets;
  const bool done = translate_model(r, scope);
  if (r.damage.found()) return damage = r.damage, fail(Fault::model, {});
  if (!done) return std::unexpected(advised(std::move(*r.error), !r.keep_shapes));
  r.write_notes();
  return std::move(r.builder);
}

Result<GraphBuilder> build(std::string_view bytes, const ReadRequest& request) {
  if (auto ok = refuse_other_formats(bytes, request.path); !ok) return std::unexpected(std::move(ok).error());
  Damage damage{bytes, {}, 0};
  ModelView model = decode_model(bytes, damage);
  if (damage.found()) return damaged(damage, bytes.size(), request.path);
  if (auto ok = check_header(model, request.path); !ok) return std::unexpected(std::move(ok).error());
  auto builder = build(model, request, damage);
  if (damage.found()) return damaged(damage, bytes.size(), request.path);
  if (!builder) return std::unexpected(placed(std::move(builder).error(), request.path));
  return builder;
}

Result<Graph> finish(Result<GraphBuilder> builder, const ReadRequest& request) {
  if (!builder) return std::unexpected(std::move(builder).error());
  auto graph = builder->finish();
  if (!graph) return std::unexpected(placed(std::move(graph).error(), request.path));
  return graph;
}

}  // namespace

Recognition OnnxFrontend::recognises(std::string_view path, std::string_view head) const {
  return recognise(path, head);
}

Result<Graph> OnnxFrontend::read(const ReadRequest& request) const {
  const auto open_and_build = [&]() -> Result<GraphBuilder> {
    auto file = FileBytes::open(request.path);
    if (!file) return std::unexpected(std::move(file).error());
    return build(file->view(), request);
  };
  return finish(open_and_build(), request);
}

Result<Graph> OnnxFrontend::read_bytes(std::string_view bytes, const ReadRequest& request) {
  return finish(build(bytes, request), request);
}

}  // namespace alidade
