// The sample of PyTorch's operator database at other sizes of its inputs, beside the shapes of PyTorch's meta
// tensors (tools/conformance/torch_ops/resized.py): right, unknown, or refused, and never wrong.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/print.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

/// One line of resized.tsv.
struct Case {
  std::string name, inputs, made;
};

std::vector<Case> cases() {
  std::ifstream file(data_file("torch_ops/resized.tsv"));
  std::vector<Case> all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    Case one;
    std::getline(columns, one.name, '\t'), std::getline(columns, one.inputs, '\t');
    std::getline(columns, one.made);
    all.push_back(std::move(one));
  }
  return all;
}

/// "[3,4] []" as the shapes of the inputs tensors_0 and tensors_1.
infer::InputShapes shapes_of(const std::string& text) {
  infer::InputShapes shapes;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::vector<std::int64_t> sizes;
    std::istringstream numbers(word.substr(1, word.size() - 2));
    for (std::string one; std::getline(numbers, one, ',');) sizes.push_back(std::stoll(one));
    shapes["tensors_" + std::to_string(shapes.size())] = std::move(sizes);
  }
  return shapes;
}

std::string outputs(const Graph& graph) {
  std::string text;
  for (const ValueId v : graph.outputs()) {
    const auto type = to_text(graph, graph.type_id(v));
    text += (text.empty() ? "" : " ") + type.substr(type.find('['));
  }
  return text;
}

/// Whether nothing that is said is wrong: a size is the true one, or unknown.
bool fits(const std::string& ours, const std::string& theirs) {
  std::istringstream a(ours), b(theirs);
  const auto next = [](std::istream& in) {
    std::string word;
    for (char c = 0; in.get(c) && (word.empty() || (c != ',' && c != ' '));) word += c;
    return word;
  };
  for (std::string x = next(a), y = next(b); !x.empty() || !y.empty(); x = next(a), y = next(b))
    if (x != y && x.find('?') == std::string::npos) return false;
  return true;
}

}  // namespace

TEST_CASE("operators of PyTorch at other sizes have PyTorch's shapes, or say that they are not known") {
  std::map<std::string, int> count;
  std::set<std::string> wrong;
  for (const auto& one : cases()) {
    const auto graph = read_file(data_file("torch_ops/" + one.name + ".pt2"), {});
    INFO(one.name << " of " << one.inputs);
    REQUIRE(graph);
    const auto resized = infer::with_input_shapes(parse(to_text(*graph)).value(), shapes_of(one.inputs));
    const auto ours = resized ? outputs(*resized) : "";
    const bool right = ours == one.made, unknown = resized && !right && fits(ours, one.made);
    ++count[right ? "right" : unknown ? "unknown" : resized ? "wrong" : "refused"];
    if (resized && !right && !unknown) wrong.insert(one.name);
  }
  // pads that keep the size are the file's for its own kernel, and the kernel is another one here; points
  // that lie at coordinates have as many results as there are coordinates, which torch only says on meta
  // tensors
  CHECK(wrong == std::set<std::string>{"gradient.plain.3", "nn_functional_conv1d.plain.2",
                                       "nn_functional_conv3d.plain.2"});
  CHECK(count == std::map<std::string, int>{{"right", 367}, {"unknown", 22}, {"wrong", 4}});
}
