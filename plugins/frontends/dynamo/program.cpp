#include "program.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "alidade/base/text.hpp"
#include "alidade/sdk/training_step.hpp"
#include "aten/module_name.hpp"
#include "input_shapes.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::int64_t kMajor = 8, kMinor = 20;

Result<void> verdict(const Json& text) {
  return text.complaint() ? Result<void>(std::unexpected(*text.complaint())) : Result<void>{};
}

/// A program on its way into the graph.
class Joining {
 public:
  Joining(Program& program, const Joint& joint, GraphDraft& draft)
      : program_(program),
        joint_(joint),
        draft_(draft),
        root_(program.text->root()),
        graph_(root_.at("graph_module").at("graph")),
        scope_(graph_, joint.prefix) {}

  Result<Joined> join() {
    rename();
    if (program_.extra && joint_.prefix.empty()) draft_.builder.attach("capture", program_.extra_room);
    if (program_.weights)
      if (const auto config = program_.weights->root().find("config"))
        config.each_member([&](std::string_view name, JsonValue entry) { config_.emplace(name, entry); });
    draft_.mangled = !joint_.weights.empty();
    if (auto ok = ranges(); !ok) return std::unexpected(std::move(ok).error());
    if (auto ok = shapes(); !ok) return std::unexpected(std::move(ok).error());
    look_into_subclasses();
    inputs();
    if (auto ok = verdict(*program_.text); !ok) return std::unexpected(std::move(ok).error());
    read_nodes(draft_, scope_, graph_);
    if (!graph_.failed()) outputs();
    if (auto ok = verdict(*program_.text); !ok) return std::unexpected(std::move(ok).error());
    return std::move(joined_);
  }

 private:
  JsonValue signature() { return root_.at("graph_module").at("signature"); }

  /// The names that whoever captured the model gave to its symbols.
  void rename() {
    SymbolNames names;
    if (program_.extra)
      if (const auto symbols = program_.extra->root().find("symbols"))
        symbols.each_member(
            [&](std::string_view symbol, JsonValue name) { names.emplace(symbol, name.text()); });
    draft_.sizes.rename(std::move(names));
  }

  std::string symbol_name(std::string_view symbol) const {
    const auto other = draft_.sizes.names().find(symbol);
    return other == draft_.sizes.names().end() ? std::string(symbol) : other->second;
  }

  /// A range that says more than "a size" is a note; a binding outside of it a warning.
  Result<void> ranges() {
    const auto all = root_.find("range_constraints");
    if (!all) return {};
    all.each_member([&](std::string_view spelled, JsonValue range) {
      const auto low = range.find("min_val"), high = range.find("max_val");
      const auto least = low.is_null() ? 0 : low.integer();
      const auto most = high.is_null() ? -1 : high.integer();
      const auto symbol = symbol_name(spelled);
      const auto span = most < 0 ? "at least " + std::to_string(least)
                                 : "between " + std::to_string(least) + " and " + std::to_string(most);
      if (least > 2 || most >= 0) ranges_.push_back({symbol, least, most, span});
    });
    return verdict(*program_.text);
  }
  void note_ranges() {
    for (const auto& [symbol, least, most, span] : ranges_) {
      const auto bound = draft_.sizes.bindings().find(symbol);
      const bool outside = bound != draft_.sizes.bindings().end() &&
                           (bound->second < least || (most >= 0 && bound->second > most));
      if (outside)
        draft_.builder.note(Severity::warning, "size-out-of-range",
                            symbol + " is bound to " + std::to_string(bound->second) +
                                ", and the model was exported for sizes " + span);
      else
        draft_.builder.note(Severity::note, "size-range",
                            "the model was exported for " + symbol + " " + span);
    }
  }

  /// Asked-for shapes, matched against the user inputs that are tensors.
  Result<void> shapes() {
    std::size_t number = 0;
    std::vector<ModelInput> tensors;
    signature().at("input_specs").each_element([&](JsonValue spec) {
      const auto user = spec.find("user_input");
      if (!user) return void(number += spec.find("constant_input") ? 1 : 0);
      const auto tensor = user.at("arg").find("as_tensor");
      const auto name = tensor ? tensor.at("name").text() : std::string_view{};
      if (tensor && !joint_.weights.contains(name) && !joint_.given.contains(number))
        tensors.push_back({input_name(number, name), scope_.meta(name)});
      ++number;
    });
    auto ok = apply_shapes(draft_.request.input_shapes, tensors, draft_.sizes);
    if (!ok) return ok;
    note_ranges();
    return verdict(*program_.text);
  }

  std::string input_name(std::size_t number, std::string_view name) const {
    const auto called = joint_.input_names.find(number);
    return called == joint_.input_names.end() ? scope_.named(name) : called->second;
  }

  TypeId type(JsonValue name) {
    const auto meta = scope_.meta(name.text());
    if (!meta && name)
      name.complain("the input " + text::quoted(name.text()) + " has no entry in tensor_values");
    return draft_.sizes.type(meta);
  }

  void inputs() {
    std::size_t number = 0;
    signature().at("input_specs").each_element([&](JsonValue spec) {
      spec.each_member([&](std::string_view kind, JsonValue of) {
        if (kind == "parameter")
          weight(ValueKind::parameter, of.at("arg").at("name"), of.at("parameter_name").text());
        else if (kind == "buffer")
          weight(ValueKind::buffer, of.at("arg").at("name"), of.at("buffer_name").text());
        else if (kind == "tensor_constant")
          weight(ValueKind::constant, of.at("arg").at("name"), of.at("tensor_constant_name").text());
        else if (kind == "constant_input")
          ++number, joined_.inputs.emplace_back();
        else if (kind == "user_input")
          user_input(number++, of.at("arg"));
      });
    });
  }

  void user_input(std::size_t number, JsonValue argument) {
    joined_.inputs.emplace_back();
    const auto tensor = argument.find("as_tensor");
    if (!tensor) return;
    const auto name = tensor.at("name");
    if (const auto known = joint_.weights.find(name.text()); known != joint_.weights.end())
      return weight(known->second.kind, name, known->second.name);
    const auto given = joint_.given.find(number);
    const ValueId v = given != joint_.given.end()
                          ? given->second
                          : draft_.value(ValueKind::input, input_name(number, name.text()), type(name));
    scope_.define(name.text(), {v});
    joined_.inputs.back() = v;
  }

  /// A tensor subclass, as torchao's quantised weights are, is nothing but what the graph takes out of it.
  void look_into_subclasses() {
    graph_.at("nodes").each_element([&](JsonValue node) {
      if (const auto part = part_of_subclass(node)) inner_.emplace(part->whole, *part);
    });
  }
  /// Each once: a file that takes a tensor out of itself comes to an end.
  bool take_apart(ValueKind kind, std::string_view placeholder, std::string_view name) {
    bool any = false;
    for (auto part = inner_.extract(placeholder); part; part = inner_.extract(placeholder), any = true) {
      const auto& [whole, attribute, made] = part.mapped();
      const bool scales = attribute.contains("scale") || attribute.contains("zero");
      weight(scales ? ValueKind::buffer : kind, made, std::string(name) + "." + std::string(attribute));
    }
    return any;
  }

  /// A weight by its own name, once: also where two names share one tensor.
  void weight(ValueKind kind, JsonValue placeholder, std::string_view name) {
    if (take_apart(kind, placeholder.text(), name)) return;
    auto& known = joint_.known ? *joint_.known : known_;
    const auto path = plain_weight(name);
    const TypeId is = type(placeholder);
    const auto [by_name, added] = known.try_emplace(path);
    if (added) {
      const auto place = stored_at(name, is);
      const auto twin = stored_.find(place);
      const bool tied = twin != stored_.end() && !std::get<0>(place).empty();
      by_name->second = stored_[place] = tied ? twin->second : draft_.value(kind, path, is);
      if (!tied) draft_.name_weight(by_name->second, path);
    }
    scope_.define(placeholder.text(), {by_name->second});
  }
  /// A tracer's mangled name becomes a path; the weight's own part stays.
  static std::string plain_weight(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return aten::unmangled(name);
    return aten::plain_path(name.substr(0, dot)) + std::string(name.substr(dot));
  }
  /// Tensors on the meta device, and expanded ones, have no memory of their own: that they share it says
  /// nothing.
  static bool has_memory(JsonValue meta) {
    const auto device = meta.find("device");
    bool whole = !device.is(JsonKind::object) || device.at("type").text() != "meta";
    if (const auto strides = meta.find("strides"))
      strides.each_element([&](JsonValue stride) {
        const auto step = stride.find("as_int");
        whole = whole && !(step && step.integer() == 0);
      });
    return whole;
  }
  using Stored = std::tuple<std::string, std::int64_t, std::uint32_t>;
  /// Which tensor of the archive it is: two names that say the same are tied.
  Stored stored_at(std::string_view name, TypeId is) {
    const auto found = config_.find(name);
    const auto entry = found == config_.end() ? JsonValue() : found->second;
    const auto path = entry ? entry.find("path_name") : JsonValue();
    const auto meta = entry ? entry.find("tensor_meta") : JsonValue();
    if (!path.is(JsonKind::string) || !meta.is(JsonKind::object) || !has_memory(meta))
      return {"", 0, is.index};
    const auto offset = meta.find("storage_offset");
    const auto number = offset.is(JsonKind::object) ? offset.find("as_int") : JsonValue();
    return {std::string(path.text()), number ? number.integer() : 0, is.index};
  }

  void outputs() {
    std::vector<JsonValue> arguments;
    graph_.at("outputs").each_element([&](JsonValue argument) { arguments.push_back(argument); });
    std::size_t number = 0;
    bool is_step = false;
    signature().at("output_specs").each_element([&](JsonValue spec) {
      if (number >= arguments.size()) return spec.complain("the signature has more outputs than the graph");
      const auto argument = arguments[number++];
      const auto gradient = spec.find("gradient_to_parameter");
      if (!spec.find("user_output") && !spec.find("loss_output") && !gradient) return;
      const ValueId v = output_value(scope_, argument);
      joined_.outputs.push_back(v);
      if (!v.valid() || !joint_.ends_graph) return;
      draft_.builder.output(v);
      step_.gradient_of.emplace_back(gradient ? gradient.at("parameter_name").text() : std::string_view());
      is_step |= static_cast<bool>(gradient);
    });
    if (!is_step) return;
    if (const auto words = program_.extra ? program_.extra->root().find("train_step") : JsonValue())
      step_.loss = words.at("loss").text(), step_.optimizer = words.at("optimizer").text();
    draft_.builder.attach(TrainingStep::attachment, step_.text());
  }

  struct Range {
    std::string symbol;
    std::int64_t least, most;
    std::string span;
  };

  Program& program_;
  const Joint& joint_;
  GraphDraft& draft_;
  JsonValue root_, graph_;
  ProgramScope scope_;
  Joined joined_;
  std::vector<Range> ranges_;
  TrainingStep step_;
  std::map<std::string, ValueId, std::less<>> known_;
  std::map<Stored, ValueId> stored_;
  std::multimap<std::string_view, PartOfSubclass>
      inner_;  // of each tensor subclass, by its name in the graph
  std::unordered_map<std::string_view, JsonValue> config_;  // what the archive says of each weight's storage
};

}  // namespace

Result<void> check_schema(Json& text, GraphBuilder& builder) {
  const auto version = text.root().at("schema_version");
  const auto major = version.at("major").integer(), minor = version.at("minor").integer();
  if (auto ok = verdict(text); !ok) return ok;
  const auto found = std::to_string(major) + "." + std::to_string(minor),
             known = std::to_string(kMajor) + "." + std::to_string(kMinor);
  if (major != kMajor)
    return fail(
        Fault::model,
        "the file has schema " + found + ", and " + std::to_string(kMajor) + ".x is what can be read",
        text.where(version),
        major > kMajor ? "export the model with torch 2.13" : "export the model again with a newer torch");
  const auto producer = text.root().find("torch_version");
  builder.format("torch.export, schema " + found);
  if (producer) builder.producer("pytorch " + std::string(producer.text()));
  if (minor > kMinor)
    builder.note(Severity::warning, "newer-schema",
                 "the file has schema " + found + "; what is newer than " + known + " is not understood");
  if (minor < kMinor)
    builder.note(Severity::note, "older-schema", "the file has schema " + found + ", older than " + known);
  return verdict(text);
}

Result<Joined> join_program(Program& program, const Joint& joint, GraphDraft& draft) {
  return Joining(program, joint, draft).join();
}

}  // namespace alidade::dynamo
