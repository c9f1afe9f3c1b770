#include "inputs.hpp"

#include <algorithm>

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "read_failure.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;

IValue part_of(const IValue& tuple, std::size_t i) {
  const bool has = tuple.isTuple() && i < tuple.toTupleRef().elements().size();
  return has ? tuple.toTupleRef().elements()[i] : IValue();
}

/// Makes the arguments one by one.
class InputMaker {
 public:
  InputMaker(const LoadedScript& script, const ScriptArchive& archive, const std::set<std::string>& integers,
             aten::GraphDraft& draft, Tensors& tensors)
      : draft_(draft),
        integers_(integers),
        tensors_(tensors),
        file_(archive.file()),
        recorded_(archive.inputs()),
        traced_(script.traced()),
        formal_(script.module().get_method("forward").function().getSchema().arguments()) {}

  std::vector<IValue> make() {
    std::vector<IValue> values;
    for (std::size_t i = 1; i < formal_.size(); ++i) {
      const bool traced = i - 1 < traced_.size();
      values.push_back(argument(formal_[i].name(), *formal_[i].type(), traced ? traced_[i - 1] : IValue(),
                                formal_[i].default_value()));
    }
    check();
    return values;
  }

 private:
  using Shape = std::vector<std::int64_t>;

  IValue argument(const std::string& name, const c10::Type& type, const IValue& traced,
                  const std::optional<IValue>& fallback) {
    if (const auto* optional = type.castRaw<c10::OptionalType>(); optional && !known(name, traced))
      return fallback.value_or(IValue());
    const auto& inner =
        type.kind() == c10::OptionalType::Kind ? *type.expectRef<c10::OptionalType>().getElementType() : type;
    if (auto whole = whole_numbers(name, inner)) return *whole;
    if (inner.isSubtypeOf(*c10::TensorType::get())) return tensor(name, traced);
    if (const auto* tuple = inner.castRaw<c10::TupleType>()) return elements(name, *tuple, traced);
    if (const auto* list = inner.castRaw<c10::ListType>()) return elements(name, *list, traced);
    if (const auto* dict = inner.castRaw<c10::DictType>()) return entries(name, *dict, traced);
    if (fallback) return *fallback;
    if (inner.kind() == c10::IntType::Kind || inner.kind() == c10::BoolType::Kind)
      miss(name, inner, inner.kind() == c10::IntType::Kind ? "=3" : "=1");
    else
      missing_.push_back(name + " (" + inner.annotation_str() + ")");
    return {};
  }

  /// What an argument that is no tensor was given: a number, or a list of them.
  std::optional<IValue> whole_numbers(const std::string& name, const c10::Type& type) {
    const auto given = draft_.request.input_shapes.find(name);
    if (given == draft_.request.input_shapes.end()) return std::nullopt;
    const auto& numbers = given->second;
    const auto* list = type.castRaw<c10::ListType>();
    const bool lists = list && list->getElementType()->kind() == c10::IntType::Kind;
    const bool single = type.kind() == c10::IntType::Kind || type.kind() == c10::BoolType::Kind;
    if (!lists && !single) return std::nullopt;
    names_.push_back(name);
    if (lists) return c10::List<std::int64_t>(numbers);
    if (numbers.size() != 1)
      fail_read(Fault::config,
                "the input " + text::quoted(name) + " is one number (" + type.annotation_str() + "), and " +
                    std::to_string(numbers.size()) + " were given",
                file_, "give one: --input-shape " + text::shell_word(name + "=3"));
    return type.kind() == c10::BoolType::Kind ? IValue(numbers[0] != 0) : IValue(numbers[0]);
  }

  IValue elements(const std::string& name, const c10::TupleType& type, const IValue& traced) {
    std::vector<IValue> parts;
    for (std::size_t i = 0; i < type.elements().size(); ++i)
      parts.push_back(argument(name + "." + std::to_string(i), *type.elements()[i], part_of(traced, i), {}));
    return c10::ivalue::Tuple::create(std::move(parts));
  }
  IValue elements(const std::string& name, const c10::ListType& type, const IValue& traced) {
    c10::impl::GenericList list(type.getElementType());
    const auto count = traced.isList() ? traced.toListRef().size() : 0;
    for (std::size_t i = 0; i < count || known(name + "." + std::to_string(i), {}); ++i)
      list.push_back(argument(name + "." + std::to_string(i), *type.getElementType(),
                              i < count ? traced.toListRef()[i] : IValue(), {}));
    if (list.empty())
      miss(name, type, type.getElementType()->kind() == c10::IntType::Kind ? "=2,3" : ".0=1,3,224,224");
    return list;
  }
  /// The keys are those that somebody named: "x.image".
  IValue entries(const std::string& name, const c10::DictType& type, const IValue& traced) {
    c10::impl::GenericDict dict(type.getKeyType(), type.getValueType());
    const auto add = [&](const std::string& key, const IValue& example) {
      if (!dict.contains(key))
        dict.insert(key, argument(name + "." + key, *type.getValueType(), example, {}));
    };
    if (traced.isGenericDict())
      for (const auto& entry : traced.toGenericDict()) add(entry.key().toStringRef(), entry.value());
    const auto prefix = name + ".";
    for (const auto& input : recorded_)
      if (input.name.starts_with(prefix)) add(input.name.substr(prefix.size()), {});
    for (const auto& [asked, shape] : draft_.request.input_shapes)
      if (asked.starts_with(prefix)) add(asked.substr(prefix.size()), {});
    if (dict.empty()) miss(name, type, ".KEY=1,3,224,224");
    return dict;
  }
  /// `given` behind the name is what it could be given.
  void miss(const std::string& name, const c10::Type& type, const std::string& given) {
    missing_.push_back(name + " (" + type.annotation_str() + ")");
    if (advice_.empty()) advice_ = name + given;
  }

  const Shape* asked(const std::string& name) {
    const auto& shapes = draft_.request.input_shapes;
    auto found = shapes.find(name);
    if (found == shapes.end() && first_) found = shapes.find("");
    return found == shapes.end() ? nullptr : &found->second;
  }
  const RecordedInput* recorded(const std::string& name) const {
    const auto found = std::ranges::find(recorded_, name, &RecordedInput::name);
    return found == recorded_.end() ? nullptr : &*found;
  }
  bool known(const std::string& name, const IValue& traced) {
    return asked(name) || recorded(name) || !traced.isNone();
  }

  IValue tensor(const std::string& name, const IValue& traced) {
    const auto* shape = asked(name);
    const auto* record = recorded(name);
    const bool example = traced.isTensor() && traced.toTensor().defined();
    first_ = false, names_.push_back(name);
    if (!shape && !record && !example) {
      miss(name, *c10::TensorType::get(), "=1,3,224,224");
      return at::Tensor();
    }
    const auto type = record    ? scalar_type_of(record->dtype).value_or(at::kFloat)
                      : example ? traced.toTensor().scalar_type()
                                : assumed(name);
    const auto stated = record ? record->shape : example ? traced.toTensor().sizes().vec() : Shape();
    auto sizes = shape ? *shape : stated;
    for (std::size_t d = 0; d < sizes.size(); ++d)
      if (sizes[d] < 0) sizes[d] = d < stated.size() ? stated[d] : 1;  // as the file says
    const auto made = at::empty(sizes, at::TensorOptions(type).device(at::kMeta));
    tensors_.define(made, draft_.value(ValueKind::input, name, tensors_.type(made)));
    if (!record && !example) tensors_.assume(made, name);
    return made;
  }
  c10::ScalarType assumed(const std::string& name) {
    const bool whole = integers_.contains(name);
    draft_.builder.note(
        Severity::note, "element-type-assumed",
        "the file does not record the element type of the input " + text::quoted(name) +
            (whole ? ": i64 is assumed, since indices are whole numbers" : ": f32 is assumed"));
    return whole ? at::kLong : at::kFloat;
  }

  void check() const {
    if (!missing_.empty())
      fail_read(Fault::model,
                "the file does not record the shapes of its inputs: " + text::join(missing_, ", "), file_,
                advice_.empty() ? "capture the model with the values that it takes: docs/capture.md"
                                : "give them, for example --input-shape " + text::shell_word(advice_));
    for (const auto& [name, shape] : draft_.request.input_shapes)
      if (!name.empty() && std::ranges::find(names_, name) == names_.end())
        fail_read(Fault::config,
                  "a shape was given for the input " + text::quoted(name) +
                      ", which the model does not have" + text::did_you_mean(name, names_),
                  file_, "its inputs are " + text::join(names_, ", "));
  }

  aten::GraphDraft& draft_;
  const std::set<std::string>& integers_;
  Tensors& tensors_;
  std::string file_;
  std::vector<RecordedInput> recorded_;
  const std::vector<IValue>& traced_;
  const std::vector<c10::Argument>& formal_;
  bool first_ = true;
  std::vector<std::string> names_, missing_;
  std::string advice_;  ///< of the first that is missing
};

}  // namespace

std::vector<IValue> make_inputs(const LoadedScript& script, const ScriptArchive& archive,
                                const std::set<std::string>& integers, aten::GraphDraft& draft,
                                Tensors& tensors) {
  return InputMaker(script, archive, integers, draft, tensors).make();
}

}  // namespace alidade::torchscript
