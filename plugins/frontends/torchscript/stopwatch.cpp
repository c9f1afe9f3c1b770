#include "stopwatch.hpp"

#include <algorithm>
#include <chrono>

#include "alidade/base/json.hpp"
#include "alidade/base/sink.hpp"
#include "alidade/base/text.hpp"
#include "drawn.hpp"
#include "exchange.hpp"
#include "load.hpp"
#include "on_cpu.hpp"
#include "read_failure.hpp"
#include "run_node.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;
using Values = std::vector<IValue>;

constexpr int kWarmUp = 3;

template <class Work>
double median_seconds(std::uint32_t runs, const Work& work) {
  using Clock = std::chrono::steady_clock;
  for (int i = 0; i < kWarmUp; ++i) work();
  std::vector<double> spans;
  for (std::uint32_t i = 0; i < runs; ++i) {
    const auto started = Clock::now();
    work();
    spans.push_back(std::chrono::duration<double>(Clock::now() - started).count());
  }
  std::ranges::sort(spans);
  return (spans[spans.size() / 2] + spans[(spans.size() - 1) / 2]) / 2;
}

/// An argument with all its tensors in memory, whatever holds them.
IValue in_memory_whole(const IValue& value) {
  if (value.isTuple()) {
    Values elements;
    for (const auto& element : value.toTupleRef().elements()) elements.push_back(in_memory_whole(element));
    return c10::ivalue::Tuple::create(std::move(elements));
  }
  if (!value.isGenericDict())
    return with_tensors(value, [](const at::Tensor& t) { return t.is_meta() ? drawn(t) : t; });
  const auto dict = value.toGenericDict();
  c10::impl::GenericDict out(dict.keyType(), dict.valueType());
  for (const auto& entry : dict) out.insert(entry.key(), in_memory_whole(entry.value()));
  return out;
}

/// The interpreter says where first, and what last.
std::string last_line(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \n") + 1);
  return text::printable(text.substr(text.rfind('\n') + 1));
}

bool is_known(const Values& given, const Tensors& tensors) {
  bool known = std::ranges::none_of(given, holds_unknown);
  for (const auto& value : given)
    each_tensor(value, [&](const at::Tensor& t) { known = known && !tensors.is_vague(t); });
  return known;
}

}  // namespace

void Stopwatch::time(torch::jit::Node& node, const Values& given, const Tensors& tensors,
                     const std::string& name) {
  if (!node.maybeSchema() || !is_known(given, tensors)) return;
  try {
    const auto stack = in_memory(node, given, drawn);
    operators_.emplace_back(name, median_seconds(runs_, [&] { (void)run_on(node, stack); }));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return;  // these numbers are none that it takes
  }
}

void Stopwatch::time_whole(const ScriptArchive& archive, const Values& inputs) {
  LoadedScript script(archive, Elements::in_memory);
  auto module = script.module();
  Values stack;
  for (const auto& input : inputs) stack.push_back(in_memory_whole(input));
  try {
    whole_ = median_seconds(runs_, [&] { (void)module.forward(stack); });
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    fail_read(Fault::model, "running the model raised: " + last_line(error.what()), archive.file(),
              "random inputs may be none that it takes: look at --input-shape");
  }
}

std::string Stopwatch::text() const {
  StringSink out;
  JsonWriter json(out, 0);
  json.begin_object();
  json.text("device", "cpu"), json.count("threads", static_cast<std::uint64_t>(at::get_num_threads()));
  json.count("runs", runs_), json.real("whole_s", whole_);
  json.begin_object("operators");
  for (const auto& [name, seconds] : operators_) json.real(name, seconds);
  json.end_object();
  json.end_object();
  return out.str();
}

}  // namespace alidade::torchscript
