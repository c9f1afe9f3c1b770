#include "scripts.hpp"

using namespace torchscript_test;
using tests::ZipWriter;

namespace {

const std::string kCapture =
    " | m.pt | capture the model itself: alidade-capture, torch.jit.trace or torch.export";
const std::string kAgain = " | m.pt | save the model again";

/// A small model with another data.pkl.
std::string with_pickle(const std::string& bytes) {
  return edited("linears",
                [&](const std::string& entry, std::string old) { return entry == "data.pkl" ? bytes : old; });
}

}  // namespace

TEST_CASE("files of another kind are named, and the way out") {
  CHECK(refusal(ZipWriter().add("m/data.pkl", "\x80\x02}q.").add("m/data/0", "x").bytes()) ==
        "this is a state_dict: it has weights and no graph" + kCapture);
  CHECK(refusal(ZipWriter()
                    .add("m/data.pkl",
                         "\x80\x02"
                         "ccollections\nOrderedDict\nq")
                    .bytes()) == "this is a state_dict: it has weights and no graph" + kCapture);
  CHECK(refusal(ZipWriter()
                    .add("m/data.pkl",
                         "\x80\x02"
                         "cnet\nNet\nq")
                    .bytes()) ==
        "this is a pickled object of the class 'net.Net', as torch.save(model) writes it: it has weights and "
        "the "
        "name of a class, and no graph" +
            kCapture);
  CHECK(refusal("\x80\x02\x8a\nl\xfc") ==
        "this is a pickle of torch.save, from before torch 1.6 or of a plain object: it has no graph" +
            kCapture);
  CHECK(refusal(ZipWriter().add("m/data.pkl", "x").add("m/bytecode.pkl", "x").bytes()) ==
        "this is a TorchScript file for mobile devices, which holds no graph that can be read" + kCapture);
  CHECK(refusal(std::string("\x18\0\0\0PTMF", 8) + std::string(60, ' ')) ==
        "this is a PyTorch file for mobile devices, which holds no graph that can be read" + kCapture);
  CHECK(
      refusal(ZipWriter().add("m/models/model.json", "{}").bytes()) ==
      "this is a program of torch.export, not TorchScript | m.pt | name it .pt2, or use the dynamo frontend");
  CHECK(refusal(ZipWriter().add("alidade_bundle.json", "{}").bytes()) ==
        "this is a bundle of captured graphs, not TorchScript | m.pt | name it .pt2, or use the dynamo "
        "frontend");
  CHECK(refusal(ZipWriter().add("m/data/aotinductor/model/x.so", "x").bytes()) ==
        "this archive holds compiled code and no graph" + kCapture);
  CHECK(refusal(ZipWriter().add("readme.txt", "x").bytes()) ==
        "the archive holds no TorchScript: there is no code in it" + kCapture);
  CHECK(
      refusal("just text") ==
      "this is not a zip archive, as .pt and .pt2 files are | m.pt | capture the model with torch.export or "
      "torch.jit.trace");
}

TEST_CASE("archives that are cut off, packed to explode, or lack something") {
  const auto whole = edited("linears", [](const auto&, std::string bytes) { return bytes; });
  CHECK(refusal(whole) == "no error");
  CHECK(refusal(whole.substr(0, whole.size() / 2)) ==
        "the archive is cut off: its directory, which stands at the end, is missing | m.pt | copy or "
        "download the "
        "file again");
  const auto empty = std::string("\x80\x02).");
  ZipWriter bomb;
  bomb.add("m/constants.pkl", empty).add("m/code/a.py", "").add("m/version", "3");
  bomb.deflated("m/data.pkl", std::string(65 << 20, '\0'));
  CHECK(refusal(bomb.bytes()) ==
        "an entry of the archive inflates to more than 67.1 MB | m.pt, entry 'm/data.pkl' at byte 130 | ");
  const auto without = [](const std::string& name) {
    return refusal(edited("linears", [&](const std::string& entry, std::string bytes) {
      return entry.ends_with(name) ? std::nullopt : std::optional(bytes);
    }));
  };
  CHECK(without("data.pkl") == "the archive lacks its entry 'data.pkl'" + kAgain);
  CHECK(without("version") == "the archive does not say its version" + kAgain);
  CHECK(without("linear.py") ==
        "the archive lacks the code of __torch__.torch.nn.modules.linear.Linear" + kAgain);
}

TEST_CASE("a file that is newer than the library") {
  const auto version = [](const std::string& text) {
    return refusal(edited("linears", [&](const std::string& entry, std::string bytes) {
      return entry.ends_with("version") ? text : bytes;
    }));
  };
  CHECK(version("99\n") ==
        "the file has version 99, and 10 is the newest that this libtorch reads | m.pt | build with a newer "
        "torch, or "
        "save the model with an older one");
  CHECK(version("new") == "the archive's version is 'new', which is no number" + kAgain);
}

TEST_CASE("operators that no library registers, and code that is none") {
  CHECK(refusal(with_code("linears", "torch.gelu(", "ops.acme.fancy(")) ==
        "the file uses the operator acme::fancy, which no library registers here | m.pt | capture the model "
        "with "
        "torch.export in a Python that has the operator");
  CHECK(refusal(with_code("linears", "def forward(", "fed forward("))
            .starts_with("libtorch cannot read the file: "));
}

TEST_CASE("pickles that name what they may not, end early, or hold no module") {
  CHECK(refusal(with_pickle("\x80\x02"
                            "cos\nsystem\n)R.")) ==
        "the pickle in the archive names os.system, which TorchScript files may not hold | m.pt | do not "
        "trust this "
        "file; save the model again");
  CHECK(refusal(with_pickle("\x80\x02)")) == "the pickle data.pkl ends in the middle" + kAgain);
  CHECK(refusal(with_pickle("\x80\x02X\xff\xff\xff\x7f"
                            "ab.")) ==
        "the pickle data.pkl is broken: it holds a value of 2,147,483,647 bytes, 3 before its end" + kAgain);
  CHECK(refusal(with_pickle("\x80\x02)r\xff\xff\xff\x7f.")) ==
        "the pickle data.pkl is broken: it holds a value that is kept as number 2,147,483,647 of at most 9" +
            kAgain);
  CHECK(refusal(with_pickle("\x80\x02).")) == "the archive's data.pkl holds no module" + kAgain);
}

TEST_CASE("inputs that nobody gave, and that the model does not have") {
  CHECK(sentence(read_file(data_file("branch.pt")).error()) ==
        "the file does not record the shapes of its inputs: x (Tensor) | branch.pt | give them, for example "
        "--input-shape x=1,3,224,224");
  CHECK(
      sentence(read_file(data_file("containers.pt")).error()) ==
      "the file does not record the shapes of its inputs: pair.0 (Tensor), pair.1 (Tensor), many "
      "(List[Tensor]), "
      "named (Dict[str, Tensor]) | containers.pt | give them, for example --input-shape pair.0=1,3,224,224");
  CHECK(sentence(read_file(data_file("containers.pt"),
                           {{"pair.0", {2, 3}}, {"pair.1", {2, 3}}, {"many.0", {2, 3}}})
                     .error()) ==
        "the file does not record the shapes of its inputs: named (Dict[str, Tensor]) | containers.pt | give "
        "them, "
        "for example --input-shape named.KEY=1,3,224,224");
  CHECK(sentence(read_file(data_file("numbers.pt"), {{"x", {2, 6}}}).error()) ==
        "the file does not record the shapes of its inputs: n (int), sizes (List[int]), doubled (bool) | "
        "numbers.pt "
        "| give them, for example --input-shape n=3");
  CHECK(sentence(read_file(data_file("numbers.pt"), {{"x", {2, 6}}, {"n", {3}}}).error()) ==
        "the file does not record the shapes of its inputs: sizes (List[int]), doubled (bool) | numbers.pt | "
        "give "
        "them, for example --input-shape sizes=2,3");
  CHECK(sentence(read_file(data_file("numbers.pt"), {{"x", {2, 6}}, {"n", {3, 4}}}).error()) ==
        "the input 'n' is one number (int), and 2 were given | numbers.pt | give one: --input-shape n=3");
  CHECK(sentence(read_file(data_file("linears.pt"), {{"z", {1}}}).error()) ==
        "a shape was given for the input 'z', which the model does not have | linears.pt | its inputs are x, "
        "y");
}

TEST_CASE("shapes that the model refuses, and one that raises") {
  CHECK(sentence(read_file(data_file("resnet18.pt"), {{"x", {1, 4, 32, 32}}}).error()) ==
        "aten::_convolution in the module conv1 refuses its arguments: Given groups=1, weight of size [64, "
        "3, 7, 7], "
        "expected input[1, 4, 32, 32] to have 3 channels, but got 4 channels instead | resnet18.pt | give "
        "the model "
        "inputs of the shapes that it takes: --input-shape");
  CHECK(sentence(read_file(data_file("raises.pt"), {{"x", {2, 4}}}).error()) ==
        "the model raises in forward: one at a time | raises.pt | ");
}
