#pragma once
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace alidade::samples {

/// How many random graphs a test looks at: as many as ALIDADE_RANDOM_GRAPHS says.
inline unsigned random_graphs(unsigned usual) {
  const char* wanted = std::getenv("ALIDADE_RANDOM_GRAPHS");
  return wanted ? static_cast<unsigned>(std::stoul(wanted)) : usual;
}

/// Writes random graphs with all that makes traffic hard to count: views of views, parts of packed and of
/// shared weights, quantised ones, tables that are looked up and multiplied with, lists, shapes, loops and
/// branches. Every shape is known and every size is small.
class MixedGraph {
 public:
  /// `lost`: also views of which no strides say where their elements lie (a slice of a reshaped slice).
  /// `concats`: concatenations as well.
  explicit MixedGraph(unsigned seed, bool lost = false, bool concats = false)
      : dice_(seed), lost_(lost), concats_(concats) {}

  /// Without loops and branches.
  std::string flat(int operators) { return body(operators, 0); }
  std::string body(int operators, int regions = 2) {
    text_ =
        "input %x : f32[4,8]\ninput %y : f32[8,8]\ninput %f : bool[]\ninput %ids : i64[4]\n"
        "parameter %w : f32[8,8]\nparameter %packed : f32[24,8]\nparameter %table : f32[16,8]\n"
        "parameter %q8 : i8[8,8]\nparameter %q4 : i4[8,8]\nparameter %scale : f32[8]\n";
    values_ = {{"x", {4, 8}}, {"y", {8, 8}}, {"w", {8, 8}}, {"packed", {24, 8}}};
    statements(operators, regions);
    text_ += "return %" + values_.back().name;
    for (std::size_t i = 4; i + 1 < values_.size(); ++i)
      if (roll(0, 5) == 0) text_ += ", %" + values_[i].name;
    return text_;
  }

 private:
  using Sizes = std::vector<int>;
  struct Value {
    std::string name;
    Sizes sizes;
    bool rows = true;     ///< its elements lie row after row
    bool strides = true;  ///< strides say where its elements lie
  };

  int roll(int low, int high) { return std::uniform_int_distribution(low, high)(dice_); }
  std::size_t choice(std::size_t count) {
    return static_cast<std::size_t>(roll(0, static_cast<int>(count) - 1));
  }
  /// One of the last few values, or any.
  const Value& some() {
    const std::size_t recent = std::min<std::size_t>(values_.size(), 6);
    return roll(0, 2) == 0 ? values_[choice(values_.size())] : values_[values_.size() - 1 - choice(recent)];
  }
  static std::string type(const Sizes& sizes, const std::string& dtype = "f32") {
    std::string out;
    for (const int size : sizes) out += (out.empty() ? "" : ",") + std::to_string(size);
    return " : " + dtype + "[" + out + "]";
  }
  static int count(const Sizes& sizes) {
    int out = 1;
    for (const int size : sizes) out *= size;
    return out;
  }
  std::string fresh() { return "v" + std::to_string(++last_); }
  void put(const std::string& name, const std::string& call, const Sizes& sizes) {
    text_ += "%" + name + " = " + call + type(sizes) + "\n";
  }
  void make(const std::string& call, const Sizes& sizes) { make(call, {fresh(), sizes}); }
  void make(const std::string& call, Value value) {
    put(value.name, call, value.sizes);
    values_.push_back(std::move(value));
  }

  void statements(int operators, int depth) {
    for (int i = 0; i < operators; ++i) statement(depth);
  }
  void statement(int depth) {
    if (concats_ && roll(0, 4) == 0) return concat();
    switch (roll(0, depth > 0 ? 15 : 13)) {
      case 0:
      case 1:
        return unary();
      case 2:
      case 3:
        return binary();
      case 4:
      case 5:
        return slice();
      case 6:
        return split();
      case 7:
        return reshape();
      case 8:
        return expand();
      case 9:
        return product();
      case 10:
        return quantised();
      case 11:
        return look_up();
      case 12:
        return move();
      case 13:
        return list_or_shape();
      case 14:
        return loop(depth - 1);
      default:
        return branch(depth - 1);
    }
  }

  void unary() {
    static const std::vector<std::string> kOps{"relu", "exp", "gelu", "softmax"};
    const Value v = some();
    const auto op = choice(v.sizes.empty() ? 3 : 4);
    make(kOps[op] + "(%" + v.name + ")" + (op == 3 ? " {axes=[0]}" : ""), v.sizes);
  }
  void binary() {
    const Value a = some();
    std::vector<std::string> like;
    for (const auto& v : values_)
      if (v.sizes == a.sizes) like.push_back(v.name);
    make("add(%" + a.name + ", %" + like[choice(like.size())] + ")", a.sizes);
  }
  /// Mostly of what operators have just made.
  void concat() {
    if (roll(0, 3) != 0) unary();
    const Value a = values_.back();
    if (a.sizes.empty()) return unary();
    if (roll(0, 3) != 0) binary();
    const Value b = roll(0, 3) == 0 ? some() : values_.back();
    const std::size_t axis = choice(a.sizes.size());
    Sizes sizes = a.sizes, other = b.sizes;
    if (other.size() != sizes.size()) return unary();
    sizes[axis] += other[axis], other[axis] = sizes[axis];
    if (other != sizes || count(sizes) > 512) return unary();
    make("concat(%" + a.name + ", %" + b.name + ") {axes=[" + std::to_string(axis) + "]}", sizes);
  }
  void slice() {
    const Value v = some();
    if (v.sizes.empty() || (!v.strides && !lost_)) return unary();
    const std::size_t axis = choice(v.sizes.size());
    const int size = v.sizes[axis], step = roll(0, 3) == 0 ? 2 : 1, start = roll(0, size - 1);
    const int end = roll(start + 1, size);
    Value out{fresh(), v.sizes, v.rows && axis == 0 && step == 1, v.strides};
    out.sizes[axis] = (end - start + step - 1) / step;
    if (out.sizes[axis] == 1 && out.sizes.size() > 2 && roll(0, 1) == 0)  // as a select does
      out.sizes.erase(out.sizes.begin() + static_cast<std::ptrdiff_t>(axis));
    make("slice(%" + v.name + ") {axes=[" + std::to_string(axis) + "], starts=[" + std::to_string(start) +
             "], ends=[" + std::to_string(end) + "], steps=[" + std::to_string(step) + "]}",
         out);
  }
  void split() {
    const Value v = some();
    if (v.sizes.empty() || (!v.strides && !lost_)) return unary();
    const std::size_t axis = choice(v.sizes.size());
    if (v.sizes[axis] < 2) return unary();
    const int first = roll(1, v.sizes[axis] - 1);
    Value a{fresh(), v.sizes, v.rows && axis == 0, v.strides}, b = a;
    b.name = fresh(), a.sizes[axis] = first, b.sizes[axis] -= first;
    text_ += "(%" + a.name + ", %" + b.name + ") = split(%" + v.name + ") {axes=[" + std::to_string(axis) +
             "]}" + type(a.sizes) + "," + type(b.sizes).substr(2) + "\n";
    values_.push_back(a), values_.push_back(b);
  }
  void reshape() {
    const Value v = some();
    const int all = count(v.sizes);
    Sizes sizes{all};
    for (const int d : {2, 4, 8})
      if (all % d == 0 && roll(0, 1) == 0) sizes = {all / d, d};
    make("reshape(%" + v.name + ")", {fresh(), sizes, v.rows, v.rows});
  }
  void expand() {
    const Value v = some();
    if (count(v.sizes) > 128 || v.sizes.size() > 3) return unary();
    Value out{fresh(), v.sizes, false, v.strides};
    out.sizes.insert(out.sizes.begin(), 2);
    make("expand(%" + v.name + ")", out);
  }
  void product() {
    std::vector<Value> rows;
    for (const auto& v : values_)
      if (v.sizes.size() == 2 && v.sizes[1] == 8) rows.push_back(v);
    const Value x = rows[choice(rows.size())], w = rows[choice(rows.size())];
    if (roll(0, 2) == 0)
      make("linear(%" + x.name + ", %table) {transpose_b=1}", Sizes{x.sizes[0], 16});
    else
      make("linear(%" + x.name + ", %" + w.name + ") {transpose_b=1}", Sizes{x.sizes[0], w.sizes[0]});
  }
  void quantised() {
    const std::string weight = roll(0, 1) == 0 ? "q8" : "q4";
    make("dequantize(%" + weight + ", %scale) {axis=0}", Sizes{8, 8});
    if (roll(0, 1) == 0) slice();
  }
  void look_up() {
    std::vector<std::string> tables{"table", "table"};
    for (const auto& v : values_)
      if (v.sizes.size() == 2 && v.sizes[1] == 8) tables.push_back(v.name);
    const auto op = roll(0, 1) == 0 ? "embedding" : "gather";
    make(std::string(op) + "(%" + tables[choice(tables.size())] + ", %ids) {axes=[0]}", Sizes{4, 8});
  }
  void move() {
    const Value v = some();
    if (v.sizes.size() == 2 && roll(0, 1) == 0)
      return make("transpose(%" + v.name + ") {perm=[1,0]}", Sizes{v.sizes[1], v.sizes[0]});
    make("identity(%" + v.name + ")", {fresh(), v.sizes, v.rows, v.strides});
  }
  void list_or_shape() {
    const Value a = some(), b = some();
    if (roll(0, 1) == 0 || a.sizes.empty()) {
      const Sizes all{count(a.sizes) + count(b.sizes)};
      const auto list = fresh();
      put(list, "sequence(%" + a.name + ", %" + b.name + ")", all);
      return make("sqrt(%" + list + ")", all);
    }
    const auto shape = fresh();
    const Sizes rank{static_cast<int>(a.sizes.size())};
    text_ += "%" + shape + " = shape_of(%" + a.name + ")" + type(rank, "i64") + "\n";
    make("cast(%" + shape + ")", rank);
  }
  void loop(int depth) {
    const Value v = some();
    const auto out = fresh(), argument = fresh(), done = fresh();
    text_ += "%" + out + " = loop(%" + v.name + ") {trips=" + std::to_string(roll(1, 3)) + "}" +
             type(v.sizes) + " {\nargument %" + argument + type(v.sizes) + "\n";
    const auto outside = values_;
    values_.push_back({argument, v.sizes});
    statements(roll(1, 4), depth);
    const auto back = last_like(v.sizes);
    text_ += "%" + done + " = compare(%" + back + ", %" + back + ")" + type(v.sizes, "bool") + "\nyield %" +
             done + ", %" + back + "\n}\n";
    values_ = outside;
    values_.push_back({out, v.sizes});
  }
  void branch(int depth) {
    const Value v = some();
    const auto out = fresh();
    text_ += "%" + out + " = if(%f)" + type(v.sizes) + " {\n";
    const auto outside = values_;
    for (const bool first : {true, false}) {
      statements(roll(0, 3), depth);
      text_ += "yield %" + last_like(v.sizes) + "\n}" + (first ? " {\n" : "\n");
      values_ = outside;
    }
    values_.push_back({out, v.sizes});
  }
  std::string last_like(const Sizes& sizes) const {
    for (std::size_t i = values_.size(); i-- > 0;)
      if (values_[i].sizes == sizes) return values_[i].name;
    return {};
  }

  std::mt19937 dice_;
  bool lost_;
  bool concats_;
  int last_ = 0;
  std::string text_;
  std::vector<Value> values_;
};

}  // namespace alidade::samples
