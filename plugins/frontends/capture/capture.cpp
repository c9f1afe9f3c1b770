// The frontend for models that are no files: it asks the Python package to capture them.
#include "alidade/base/text.hpp"
#include "alidade/sdk/plugin.hpp"
#include "answer.hpp"
#include "command.hpp"

namespace {

using namespace alidade;

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape) sizes.push_back(std::to_string(size));
  return text::join(sizes, ",");
}

/// Runs `alidade-capture cached SOURCE`, which keeps what it has captured and answers with the file.
class Capture final : public SourceFrontend {
 public:
  static void options(OptionSpec<Capture>& o) {
    o.field("command", &Capture::command_, "the program that captures; a bare name is looked for");
    o.field("reference", &Capture::reference_,
            "tools whose counts are stored beside the model, \"fvcore,torch\", for the cross-check");
    o.field("via", &Capture::via_, "the one way to capture; auto takes the first that works")
        .choices({"auto", "export", "strict", "nonstrict", "dynamo", "trace", "onnx", "jax", "fx"});
    o.field("phase", &Capture::phase_,
            "of a language model: with its cache as outputs, or as inputs and outputs")
        .choices({"none", "prefill", "decode"});
    o.field("train_step", &Capture::train_step_, "forward and backward of one training step");
    o.field("loss", &Capture::loss_,
            "of a training step: the model's own first result, the mean of its results, or with a target")
        .choices({"auto", "own", "mean", "cross_entropy", "mse"});
    o.field("optimizer", &Capture::optimizer_, "of a training step: noted in the file")
        .choices({"sgd", "momentum", "adam", "adamw"});
    o.field("measure_runs", &Capture::measure_runs_,
            "run the model and its operators, so many times; 0: nothing is run")
        .at_most(1e6);
    o.field("measure_device", &Capture::measure_device_, "what they run on: cpu, cuda or cuda:N");
    o.field("leave_open", &Capture::leave_open_, "sizes that nobody bound stay symbolic");
  }

  Recognition recognises(std::string_view path, std::string_view head) const override {
    return head.empty() && path.contains(':') ? Recognition::maybe : Recognition::no;
  }

  Result<MadeFile> make(const ReadRequest& request) const override {
    const auto program = capture::find_program(command_);
    if (program.empty())
      return fail(Fault::config,
                  "capturing needs Python with torch and the program " + text::quoted(command_) +
                      ", which is not installed",
                  request.path,
                  "in a checkout run ./dev setup capture; elsewhere: pip install \"FOLDER[capture]\", "
                  "FOLDER being a checkout");
    auto said = capture::run_program(program, arguments(request));
    if (!said) return std::unexpected(std::move(said).error());
    if (said->out.empty())
      return fail(Fault::plugin,
                  text::quoted(program) + " ended with status " + std::to_string(said->status) +
                      " and without an answer",
                  request.path, "what it said is above; run it by hand: alidade-capture " + request.path);
    return capture::read_answer(said->out, request.path);
  }

 private:
  [[nodiscard]] std::vector<std::string> arguments(const ReadRequest& request) const {
    std::vector<std::string> words{"cached", request.path};
    for (const auto& [name, shape] : request.input_shapes) {
      words.emplace_back("--input-shape");
      const auto dtype = request.input_dtypes.find(name);
      words.push_back((name.empty() ? "" : name + "=") + shape_text(shape) +
                      (dtype == request.input_dtypes.end() ? "" : ":" + dtype->second));
    }
    for (const auto& [name, size] : request.bindings) {
      words.emplace_back("--bind");
      words.push_back(name + "=" + std::to_string(size));
    }
    if (!reference_.empty()) words.insert(words.end(), {"--reference", reference_});
    if (via_ != "auto") words.insert(words.end(), {"--via", via_});
    if (phase_ != "none") words.insert(words.end(), {"--phase", phase_});
    if (measure_runs_ > 0)
      words.insert(words.end(),
                   {"--measure-runs", std::to_string(measure_runs_), "--device", measure_device_});
    if (leave_open_) words.emplace_back("--leave-open");
    if (train_step_) words.insert(words.end(), {"--train-step", "--optimizer", optimizer_});
    if (train_step_ && loss_ != "auto") words.insert(words.end(), {"--loss", loss_});
    return words;
  }

  std::string command_{capture::kUsualProgram}, reference_, via_ = "auto", phase_ = "none";
  std::string loss_ = "auto", optimizer_ = "sgd", measure_device_ = "cpu";
  std::uint32_t measure_runs_ = 0;
  bool leave_open_ = false, train_step_ = false;
};

}  // namespace

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<Capture>("capture", "PyTorch models by name or from a .py file, captured by the Python package");
}
