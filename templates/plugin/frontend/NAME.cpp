// A frontend: reads a text of layers, one a line ("input 512 256", "linear 1000", "relu").
#include <charconv>
#include <sstream>
#include <string>
#include <vector>

#include <alidade/base/file.hpp>
#include <alidade/ir/builder.hpp>
#include <alidade/sdk/frontend.hpp>
#include <alidade/sdk/plugin.hpp>

using namespace alidade;

class Layers final : public Frontend {
 public:
  Recognition recognises(std::string_view path, std::string_view) const override {
    return path.ends_with(".@name@") ? Recognition::yes : Recognition::no;
  }

  Result<Graph> read(const ReadRequest& request) const override {
    const auto bytes = FileBytes::open(request.path);
    if (!bytes) return std::unexpected(bytes.error());
    GraphBuilder builder;
    builder.name(request.path), builder.format("layers");
    std::istringstream lines{std::string(bytes->view())};
    ValueId last{};
    std::int64_t rows = 0, columns = 0;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      std::istringstream words(line);
      std::string word;
      if (!(words >> word)) continue;
      if (word == "input" && words >> rows >> columns)
        last = builder.value(ValueKind::input, "x", matrix(builder, rows, columns));
      else if (std::int64_t width = 0; word == "linear" && rows > 0 && words >> width)
        last = linear(builder, last, number, rows, std::exchange(columns, width), width);
      else if (word == "relu" && rows > 0)
        last = step(builder, Op::relu, number, {last}, matrix(builder, rows, columns));
      else
        return fail(Fault::model, "'" + line + "' is no layer", request.path + ":" + std::to_string(number),
                    "write 'input ROWS COLUMNS' first, then 'linear COLUMNS' and 'relu'");
    }
    if (rows > 0) builder.output(last);
    return builder.finish();
  }

 private:
  static TypeId matrix(GraphBuilder& builder, std::int64_t rows, std::int64_t columns) {
    const Dim dims[] = {Dim(rows), Dim(columns)};
    return builder.type(Dtype::f32, dims);
  }
  static ValueId step(GraphBuilder& builder, Op op, int line, const std::vector<ValueId>& operands,
                      TypeId type) {
    const auto name = "line" + std::to_string(line);
    builder.node(op, name, {}, operands);
    return builder.result(name, type);
  }
  static ValueId linear(GraphBuilder& builder, ValueId x, int line, std::int64_t rows, std::int64_t from,
                        std::int64_t to) {
    const auto weight =
        builder.value(ValueKind::parameter, "weight" + std::to_string(line), matrix(builder, from, to));
    return step(builder, Op::linear, line, {x, weight}, matrix(builder, rows, to));
  }
};

ALIDADE_PLUGIN("@name@", "1.0") { plugin.add<Layers>("@name@", "texts of layers, one a line"); }
