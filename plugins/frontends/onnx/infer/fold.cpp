#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "literal.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::size_t kLongestExpression = 200;

/// One operator on literals. Anything that is not understood gives nothing, never a guess.
class Folding {
 public:
  Folding(int opset, const AttributeList& attributes, std::span<const FoldInput> inputs, TypeId output,
          Types& types)
      : opset_(opset), attributes_(attributes), inputs_(inputs), output_(output), types_(types) {}

  std::optional<Literal> run(Text op) {
    using Member = void (Folding::*)();
    static const std::unordered_map<Text, Member> kRules{{"Shape", &Folding::shape},
                                                         {"Size", &Folding::size},
                                                         {"Identity", &Folding::same},
                                                         {"Cast", &Folding::cast},
                                                         {"Squeeze", &Folding::same},
                                                         {"Unsqueeze", &Folding::same},
                                                         {"Reshape", &Folding::same},
                                                         {"Flatten", &Folding::same},
                                                         {"Concat", &Folding::concat},
                                                         {"Gather", &Folding::gather},
                                                         {"Slice", &Folding::slice},
                                                         {"Add", &Folding::add},
                                                         {"Sub", &Folding::sub},
                                                         {"Mul", &Folding::mul},
                                                         {"Div", &Folding::div},
                                                         {"Mod", &Folding::mod},
                                                         {"Min", &Folding::minimum},
                                                         {"Max", &Folding::maximum},
                                                         {"Neg", &Folding::neg},
                                                         {"Floor", &Folding::floor},
                                                         {"Ceil", &Folding::ceil},
                                                         {"Round", &Folding::round},
                                                         {"Sqrt", &Folding::sqrt},
                                                         {"Equal", &Folding::equal},
                                                         {"Less", &Folding::less},
                                                         {"Greater", &Folding::greater},
                                                         {"Not", &Folding::negation},
                                                         {"And", &Folding::conjunction},
                                                         {"Or", &Folding::disjunction},
                                                         {"Where", &Folding::where},
                                                         {"ConstantOfShape", &Folding::constant_of_shape},
                                                         {"Range", &Folding::range},
                                                         {"Expand", &Folding::expand},
                                                         {"ReduceProd", &Folding::product},
                                                         {"ReduceSum", &Folding::sum}};
    const auto rule = kRules.find(op);
    if (rule == kRules.end()) return std::nullopt;
    (this->*rule->second)();
    return made_ ? finish() : std::nullopt;
  }

 private:
  using Elements = std::vector<Element>;

  const Literal* in(std::size_t i) const { return i < inputs_.size() ? inputs_[i].literal : nullptr; }
  std::int64_t integer(Text name, std::int64_t fallback) const {
    const auto* a = attributes_.find(name);
    return a ? a->i : fallback;
  }
  void make(Dtype dtype, Elements elements) { made_ = true, dtype_ = dtype, elements_ = std::move(elements); }

  std::optional<Literal> finish() {
    if (elements_.size() > Literal::kMost) return std::nullopt;
    Literal out;
    out.dtype = dtype_, out.elements = std::move(elements_);
    const bool shaped = output_.valid() && types_.is_static(output_);
    if (shaped)
      for (const Dim d : types_[output_].dims) out.dims.push_back(d.size());
    if (!shaped || element_count(out.dims) != out.elements.size()) {
      if (scalar_ && out.elements.size() == 1)
        out.dims.clear();
      else
        out.dims = {static_cast<std::int64_t>(out.elements.size())};
    }
    return out;
  }

  void shape() {
    if (inputs_.empty() || !inputs_[0].type.valid()) return;
    const TensorType t = types_[inputs_[0].type];
    if (!t.ranked) return;
    const auto rank = static_cast<std::int64_t>(t.rank());
    auto begin = integer("start", 0), end = integer("end", rank);
    begin = std::clamp<std::int64_t>(begin < 0 ? begin + rank : begin, 0, rank);
    end = std::clamp<std::int64_t>(end < 0 ? end + rank : end, 0, rank);
    Elements out;
    for (auto i = begin; i < end; ++i) out.push_back(Element::of(t.dims[static_cast<std::size_t>(i)]));
    make(Dtype::i64, std::move(out));
  }
  void size() {
    if (inputs_.empty() || !inputs_[0].type.valid()) return;
    const auto count = types_[inputs_[0].type].elements();
    scalar_ = true;
    if (count && count->get()) make(Dtype::i64, {Element::number(static_cast<std::int64_t>(*count->get()))});
  }
  void same() {
    if (const auto* x = in(0))
      scalar_ = output_.valid() && types_[output_].rank() == 0, make(x->dtype, x->elements);
  }
  void cast() {
    const auto* x = in(0);
    const Dtype to = dtype_of(integer("to", 0));
    if (!x || to == Dtype::unknown || to == Dtype::text) return;
    Elements out = x->elements;
    const bool real = is_floating(to);
    for (auto& e : out) {
      if (!e.is_number()) continue;
      if (real && !x->is_floating()) e.real = static_cast<double>(e.whole);
      if (!real && x->is_floating())
        e = std::abs(e.real) < 9e18 ? Element::number(static_cast<std::int64_t>(e.real)) : Element{};
      if (to == Dtype::boolean) e.whole = e.whole != 0;
    }
    scalar_ = x->dims.empty();
    make(to, std::move(out));
  }
  void concat() {
    Elements out;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const auto* x = in(i);
      if (!x || x->dims.size() > 1 || out.size() + x->elements.size() > Literal::kMost) return;
      out.insert(out.end(), x->elements.begin(), x->elements.end());
    }
    if (const auto* x = in(0)) make(x->dtype, std::move(out));
  }
  void gather() {
    const auto *x = in(0), *at = in(1);
    if (!x || !at || x->dims.size() != 1 || integer("axis", 0) > 0) return;
    Elements out;
    for (const auto& e : at->elements) {
      const auto n = static_cast<std::int64_t>(x->elements.size());
      const auto i = e.whole < 0 ? e.whole + n : e.whole;
      if (!e.is_number() || i < 0 || i >= n) return;
      out.push_back(x->elements[static_cast<std::size_t>(i)]);
    }
    scalar_ = at->dims.empty();
    make(x->dtype, std::move(out));
  }
  std::optional<std::int64_t> slice_part(std::size_t input, Text attribute, std::int64_t fallback) const {
    if (opset_ < 10) {
      const auto* a = attributes_.find(attribute);
      return a && a->ints.count == 1 ? std::optional(attributes_.ints[a->ints.first]) : std::nullopt;
    }
    if (input >= inputs_.size() || !inputs_[input].type.valid()) return fallback;
    const auto* x = in(input);
    if (!x || x->elements.size() != 1 || !x->elements[0].is_number()) return std::nullopt;
    return x->elements[0].whole;
  }
  void slice() {
    const auto* x = in(0);
    const auto begin = slice_part(1, "starts", 0), end = slice_part(2, "ends", 0),
               step = slice_part(4, "", 1);
    if (!x || x->dims.size() != 1 || !begin || !end || (opset_ >= 10 && step != 1)) return;
    const auto n = static_cast<std::int64_t>(x->elements.size());
    const auto place = [n](std::int64_t i) {
      return std::clamp<std::int64_t>(i < 0 ? std::max<std::int64_t>(i, -n) + n : i, 0, n);
    };
    const auto from = place(*begin), to = std::max(place(*end), place(*begin));
    make(x->dtype, Elements(x->elements.begin() + from, x->elements.begin() + to));
  }

  std::string expression(const Element& e) const {
    return e.is_number() ? std::to_string(e.whole) : types_.factor(e.size);
  }
  /// a op b written down, so that a binding can evaluate it later.
  Element written(const Element& a, std::string_view op, const Element& b) {
    if (a.kind == Element::Kind::unknown || b.kind == Element::Kind::unknown) return {};
    const std::string text = op.size() > 2
                                 ? std::string(op) + "(" + expression(a) + ", " + expression(b) + ")"
                                 : expression(a) + std::string(op) + expression(b);
    return text.size() > kLongestExpression ? Element{} : Element::of(types_.dim(text));
  }
  template <class Whole, class Real>
  void elementwise(std::string_view symbol, Whole&& whole, Real&& real, bool logical = false) {
    const auto *x = in(0), *y = in(1);
    if (!x || !y || inputs_.size() != 2) return;
    const std::size_t n = x->elements.size(), m = y->elements.size(), size = std::max(n, m);
    if (n == 0 || m == 0 || (n != size && n != 1) || (m != size && m != 1)) return;
    Elements out;
    for (std::size_t i = 0; i < size; ++i) {
      const Element &a = x->elements[n == 1 ? 0 : i], &b = y->elements[m == 1 ? 0 : i];
      if (!a.is_number() || !b.is_number())
        out.push_back(symbol.empty() || x->is_floating() ? Element{} : combine(a, symbol, b));
      else if (x->is_floating())
        out.push_back(logical ? Element::number(real(a.real, b.real) != 0)
                              : Element::real_number(real(a.real, b.real)));
      else
        out.push_back(whole(a.whole, b.whole));
    }
    scalar_ = x->dims.empty() && y->dims.empty();
    make(logical ? Dtype::boolean : x->dtype, std::move(out));
  }
  Element combine(const Element& a, std::string_view op, const Element& b) {
    const auto is = [](const Element& e, std::int64_t n) { return e.is_number() && e.whole == n; };
    if (op == "*" && is(a, 1)) return b;
    if ((op == "*" || op == "//") && is(b, 1)) return a;
    if (op == "+" && is(a, 0)) return b;
    if ((op == "+" || op == "-") && is(b, 0)) return a;
    if (op == "==")
      return is_negative(a) || is_negative(b) ? Element::number(0) : Element{};  // sizes are not negative
    return written(a, op, b);
  }
  static bool is_negative(const Element& e) { return e.is_number() && e.whole < 0; }
  template <class F>
  static auto checked(F f) {
    return [f](std::int64_t a, std::int64_t b) {
      std::int64_t r = 0;
      return f(a, b, &r) ? Element{} : Element::number(r);
    };
  }
  static auto yes_no(auto f) {
    return [f](std::int64_t a, std::int64_t b) { return Element::number(f(a, b)); };
  }
  void add() {
    elementwise("+", checked([](auto a, auto b, auto r) { return __builtin_add_overflow(a, b, r); }),
                std::plus<double>());
  }
  void sub() {
    elementwise("-", checked([](auto a, auto b, auto r) { return __builtin_sub_overflow(a, b, r); }),
                std::minus<double>());
  }
  void mul() {
    elementwise("*", checked([](auto a, auto b, auto r) { return __builtin_mul_overflow(a, b, r); }),
                std::multiplies<double>());
  }
  void div() {
    elementwise(
        "//", [](std::int64_t a, std::int64_t b) { return b > 0 ? Element::number(a / b) : Element{}; },
        std::divides<double>());
  }
  void mod() {
    elementwise(
        "%",
        [](std::int64_t a, std::int64_t b) { return b > 0 ? Element::number(((a % b) + b) % b) : Element{}; },
        [](double a, double b) { return std::fmod(a, b); });
  }
  void minimum() {
    elementwise(
        "Min", [](auto a, auto b) { return Element::number(std::min(a, b)); },
        [](double a, double b) { return std::min(a, b); });
  }
  void maximum() {
    elementwise(
        "Max", [](auto a, auto b) { return Element::number(std::max(a, b)); },
        [](double a, double b) { return std::max(a, b); });
  }
  void equal() { elementwise("==", yes_no(std::equal_to<std::int64_t>()), std::equal_to<double>(), true); }
  void less() { elementwise("", yes_no(std::less<std::int64_t>()), std::less<double>(), true); }
  void greater() { elementwise("", yes_no(std::greater<std::int64_t>()), std::greater<double>(), true); }
  void conjunction() {
    elementwise("", yes_no(std::logical_and<std::int64_t>()), std::logical_and<double>(), true);
  }
  void disjunction() {
    elementwise("", yes_no(std::logical_or<std::int64_t>()), std::logical_or<double>(), true);
  }

  template <class F>
  void each(F&& f) {
    const auto* x = in(0);
    if (!x) return;
    Elements out = x->elements;
    for (auto& e : out)
      if (e.is_number())
        f(e, x->is_floating());
      else
        e = {};
    scalar_ = x->dims.empty();
    make(x->dtype, std::move(out));
  }
  void neg() {
    each([](Element& e, bool) {
      if (e.whole == std::numeric_limits<std::int64_t>::min())
        e = {};
      else
        e.whole = -e.whole, e.real = -e.real;
    });
  }
  void floor() {
    each([](Element& e, bool real) {
      if (real) e.real = std::floor(e.real);
    });
  }
  void ceil() {
    each([](Element& e, bool real) {
      if (real) e.real = std::ceil(e.real);
    });
  }
  void round() {
    each([](Element& e, bool real) {
      if (real) e.real = std::nearbyint(e.real);
    });
  }
  void sqrt() {
    each([](Element& e, bool real) {
      if (real) e.real = std::sqrt(e.real);
    });
  }
  void negation() {
    each([](Element& e, bool) { e.whole = !e.whole; });
  }

  void where() {
    const auto *c = in(0), *x = in(1), *y = in(2);
    if (!c || !x || !y) return;
    const std::size_t size = std::max({c->elements.size(), x->elements.size(), y->elements.size()});
    Elements out;
    const auto at = [size](const Literal* l, std::size_t i) -> const Element* {
      if (l->elements.size() == size) return &l->elements[i];
      return l->elements.size() == 1 ? l->elements.data() : nullptr;
    };
    for (std::size_t i = 0; i < size; ++i) {
      const Element *choice = at(c, i), *a = at(x, i), *b = at(y, i);
      if (!choice || !a || !b) return;
      out.push_back(!choice->is_number() ? Element{} : choice->whole ? *a : *b);
    }
    make(x->dtype, std::move(out));
  }
  void constant_of_shape() {
    const auto* shape = in(0);
    if (!shape || !shape->all_numbers()) return;
    const auto count = element_count(shape->integers());
    if (!count || *count > Literal::kMost) return;
    Element value = Element::real_number(0);
    Dtype dtype = Dtype::f32;
    if (const auto* a = attributes_.find("value")) {
      Damage damage{a->tensor, {}, 0};
      const auto literal = read_literal(decode_tensor(a->tensor, damage));
      if (!literal || literal->elements.size() != 1) return;
      value = literal->elements[0], dtype = literal->dtype;
    }
    scalar_ = shape->elements.empty();
    make(dtype, Elements(static_cast<std::size_t>(*count), value));
  }
  void range() {
    const auto *begin = in(0), *end = in(1), *step = in(2);
    for (const auto* l : {begin, end, step})
      if (!l || l->is_floating() || l->elements.size() != 1 || !l->elements[0].is_number()) return;
    const __int128 from = begin->elements[0].whole, to = end->elements[0].whole, by = step->elements[0].whole;
    if (by == 0 || (to - from) / by > static_cast<__int128>(Literal::kMost)) return;
    Elements out;
    for (__int128 n = from; by > 0 ? n < to : n > to; n += by)
      out.push_back(Element::number(static_cast<std::int64_t>(n)));
    make(begin->dtype, std::move(out));
  }
  void expand() {
    const auto *x = in(0), *shape = in(1);
    if (!x || !shape || x->elements.size() != 1 || !shape->all_numbers()) return;
    const auto count = element_count(shape->integers());
    if (count && *count <= Literal::kMost)
      make(x->dtype, Elements(static_cast<std::size_t>(*count), x->elements[0]));
  }
  /// Over all elements of a list.
  void accumulate(std::string_view symbol, bool multiply) {
    const auto* x = in(0);
    if (!x || x->dims.size() != 1 || x->is_floating()) return;
    Element total = Element::number(multiply ? 1 : 0);
    for (const auto& e : x->elements) {
      std::int64_t r = 0;
      if (!e.is_number() || !total.is_number())
        total = combine(total, symbol, e);
      else if (multiply ? __builtin_mul_overflow(total.whole, e.whole, &r)
                        : __builtin_add_overflow(total.whole, e.whole, &r))
        total = {};
      else
        total = Element::number(r);
    }
    scalar_ = integer("keepdims", 1) == 0;
    make(x->dtype, {total});
  }
  void product() { accumulate("*", true); }
  void sum() { accumulate("+", false); }

  int opset_;
  const AttributeList& attributes_;
  std::span<const FoldInput> inputs_;
  TypeId output_;
  Types& types_;
  bool made_ = false, scalar_ = false;
  Dtype dtype_ = Dtype::i64;
  Elements elements_;
};

}  // namespace

std::optional<Literal> fold(Text op, int opset, const AttributeList& attributes,
                            std::span<const FoldInput> inputs, TypeId output, Types& types) {
  return Folding(opset, attributes, inputs, output, types).run(op);
}

}  // namespace alidade::onnx_file
