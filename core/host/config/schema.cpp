#include "schema.hpp"

#include <algorithm>

#include "alidade/base/json.hpp"
#include "axis.hpp"
#include "input_shape.hpp"
#include "keys.hpp"

namespace alidade::host {
namespace {

/// Writes the schema; keeps the components whose options belong into it.
class SchemaWriter {
 public:
  SchemaWriter(std::span<const ComponentInfo> components, ObjectWriter& out)
      : components_(components), out_(out) {}

  void pipeline() {
    out_.begin_object();
    out_.text("$schema", "http://json-schema.org/draft-07/schema#");
    out_.text("$id", "alidade.pipeline/1");
    out_.text("title", "A pipeline of Alidade");
    closed([this] {
      constant("schema", "alidade.pipeline/1");
      key({"include", KeyKind::texts, "files that are read before this one, relative to it"});
      own_keys(infos<Config>());
      section("limits", "what a worker may use", infos<Limits>());
      entries("model", "one model file, or many", infos<ModelUse>());
      entries("family", "which frontends read which files; the first match wins", infos<Family>());
      frontends();
      components("operator", ComponentKind::operation, infos<Use>());
      components("analysis", ComponentKind::analysis, infos<Use>());
      components("hardware", ComponentKind::hardware, infos<HardwareUse>());
      entries("link", "the way between two targets", infos<LinkUse>());
      components("placement", ComponentKind::placer, infos<PlacementUse>());
      components("report", ComponentKind::report, infos<ReportUse>());
      entries("test", "what has to hold of the models", infos<TestUse>());
      entries("axis", "what a sweep varies", infos<AxisUse>());
    });
    out_.end_object();
  }

 private:
  template <class F>
  void object(std::string_view key, F fill) {
    out_.begin_object(key);
    fill();
    out_.end_object();
  }
  template <class F>
  void array(std::string_view key, F fill) {
    out_.begin_array(key);
    fill();
    out_.end_array();
  }
  template <class F>
  void closed(F properties) {
    out_.text("type", "object");
    object("properties", properties);
    out_.flag("additionalProperties", false);
  }
  void type(std::string_view word) { out_.text("type", word); }
  void constant(std::string_view key, std::string_view value) {
    object(key, [&] { out_.text("const", value); });
  }

  void whole(const KeyInfo& info) {
    type("integer");
    if (info.low != KeyInfo{}.low) out_.integer("minimum", info.low);
    if (info.high != KeyInfo{}.high) out_.integer("maximum", info.high);
  }
  void texts() {
    type("array");
    object("items", [&] { type("string"); });
  }
  void shape(const KeyInfo& info) {
    array("anyOf", [&] {
      object({}, [&] { type("array"), object("items", [&] { whole(info); }); });
      object({}, [&] { type("string"), out_.text("pattern", kInputShapePattern); });
    });
  }
  void key_type(const KeyInfo& info) {
    switch (info.kind) {
      case KeyKind::text:
        return type("string");
      case KeyKind::texts:
        return texts();
      case KeyKind::flag:
        return type("boolean");
      case KeyKind::words:
        return array("anyOf", [&] { object({}, [&] { type("string"); }), object({}, [&] { texts(); }); });
      case KeyKind::whole:
        return whole(info);
      case KeyKind::number:
        return type("number"), out_.real("minimum", 0);
      case KeyKind::values:
        type("array");
        return object("items", [&] {
          array("anyOf", [&] { object({}, [&] { type("number"); }), object({}, [&] { type("string"); }); });
        });
      case KeyKind::texts_by_name:
        type("object");
        return object("additionalProperties", [&] { type("string"); });
      case KeyKind::wholes_by_name:
        type("object");
        return object("additionalProperties", [&] { whole(info); });
      case KeyKind::shapes_by_name:
        type("object");
        return object("additionalProperties", [&] { shape(info); });
    }
  }
  void key(const KeyInfo& info) {
    object(info.name, [&] { out_.text("description", info.doc), key_type(info); });
  }
  void own_keys(const std::vector<KeyInfo>& keys) {
    for (const auto& info : keys) key(info);
  }
  void required(const std::vector<KeyInfo>& keys) {
    if (std::ranges::none_of(keys, &KeyInfo::required)) return;
    array("required", [&] {
      for (const auto& info : keys)
        if (info.required) out_.text({}, info.name);
    });
  }
  void section(std::string_view name, std::string_view doc, const std::vector<KeyInfo>& keys) {
    object(name, [&] { out_.text("description", doc), closed([&] { own_keys(keys); }); });
  }
  void entries(std::string_view name, std::string_view doc, const std::vector<KeyInfo>& keys) {
    object(name, [&] {
      out_.text("description", doc);
      type("array");
      object("items", [&] { closed([&] { own_keys(keys); }), required(keys); });
    });
  }

  void frontends() {
    object("frontend", [&] {
      out_.text("description", "options of frontends by name");
      closed([&] {
        for (const auto& info : components_)
          if (info.kind == ComponentKind::frontend)
            object(info.name, [&] {
              out_.text("description", info.doc);
              closed([&] { own_keys(infos<FrontendUse>()), options(info); });
            });
      });
    });
  }
  /// Each entry is one of the installed components, told apart by `use`.
  void components(std::string_view name, ComponentKind kind, const std::vector<KeyInfo>& keys) {
    object(name, [&] {
      type("array");
      object("items", [&] {
        type("object");
        if (kind != ComponentKind::hardware) required(keys);
        if (std::ranges::any_of(components_, [&](const auto& info) { return info.kind == kind; }))
          choice(kind, keys);
      });
    });
  }
  void choice(ComponentKind kind, const std::vector<KeyInfo>& keys) {
    array("oneOf", [&] {
      for (const auto& info : components_)
        if (info.kind == kind)
          object({}, [&] {
            out_.text("description", info.doc);
            closed([&] {
              constant("use", info.name);
              for (const auto& own : keys)
                if (own.name != "use") key(own);
              options(info);
            });
            if (kind == ComponentKind::hardware) required(keys);
          });
      if (kind == ComponentKind::hardware) device(keys);
    });
  }
  /// An entry that names a device: the options are those of the component that the device's file names.
  void device(const std::vector<KeyInfo>& keys) {
    object({}, [&] {
      out_.text("description", "a device by the name of its file, and what is different here");
      type("object");
      object("properties", [&] {
        for (const auto& own : keys)
          if (own.name != "use") key(own);
      });
      array("required", [&] { out_.text({}, "device"); });
    });
  }

  void options(const ComponentInfo& info) {
    for (const auto& option : info.options) object(option.name, [&] { describe(option); });
  }
  void describe(const OptionInfo& option) {
    static constexpr std::string_view types[] = {"boolean", "integer", "number", "string",
                                                 "integer", "number",  "string"};
    const auto index = option.fallback.index();
    if (std::holds_alternative<NumberTable>(option.fallback)) return describe_table(option);
    out_.text("description", option.unit.empty() ? option.doc : option.doc + " (" + option.unit + ")");
    write_default(option.fallback);
    if (index < 4) return item(types[index], option);
    type("array");
    object("items", [&] { item(types[index], option); });
  }
  /// Numbers by name: those that the component takes, or any.
  void describe_table(const OptionInfo& option) {
    out_.text("description", option.unit.empty() ? option.doc : option.doc + " (" + option.unit + ")");
    type("object");
    const auto numbers = [&] { type("number"), range(option); };
    if (option.choices.empty()) return object("additionalProperties", numbers);
    object("properties", [&] {
      for (const auto& choice : option.choices) object(choice, numbers);
    });
    out_.flag("additionalProperties", false);
    one_of(option.one_of);
  }
  /// At least one of these keys is there.
  void one_of(const std::vector<std::string>& names) {
    if (names.empty()) return;
    array("anyOf", [&] {
      for (const auto& name : names) object({}, [&] { array("required", [&] { out_.text({}, name); }); });
    });
  }
  void range(const OptionInfo& option) {
    if (option.low) out_.real(option.low_open ? "exclusiveMinimum" : "minimum", *option.low);
    if (option.high) out_.real("maximum", *option.high);
  }
  void item(std::string_view word, const OptionInfo& option) {
    type(word), range(option);
    if (option.choices.empty()) return;
    array("enum", [&] {
      for (const auto& choice : option.choices) out_.text({}, choice);
    });
  }
  void write_default(const OptionValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) out_.flag("default", *flag);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) out_.integer("default", *whole);
    if (const auto* number = std::get_if<double>(&value)) out_.real("default", *number);
    if (const auto* word = std::get_if<std::string>(&value)) out_.text("default", *word);
  }

  std::span<const ComponentInfo> components_;
  ObjectWriter& out_;
};

}  // namespace

void write_pipeline_schema(std::span<const ComponentInfo> components, Sink& out) {
  JsonWriter json(out);
  SchemaWriter(components, json).pipeline();
}

}  // namespace alidade::host
