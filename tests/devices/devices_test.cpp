// Every device file of the install: it is read, and it prices networks sensibly.
#include <cmath>
#include <fstream>
#include <set>

#include "device_models.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kSame = "{strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1], groups=";

/// Two convolutions, one of them depthwise, an activation, a pool, and a classifier.
std::string image_net(int batch, int channels) {
  const auto c = std::to_string(channels);
  const auto image = "f32[" + std::to_string(batch) + "," + c + ",32,32]";
  const auto row = [&](const std::string& size) { return "f32[" + std::to_string(batch) + "," + size + "]"; };
  return "input %x : " + row("3,32,32") + "\nparameter %w : f32[" + c + ",3,3,3]\nparameter %v : f32[" + c +
         ",1,3,3]\nparameter %u : f32[10," + c + "]\n%a = conv(%x, %w) " + kSame + "1} : " + image +
         "\n%b = relu(%a) : " + image + "\n%d = conv(%b, %v) " + kSame + c + "} : " + image +
         "\n%e = adaptive_avg_pool(%d) : " + row(c + ",1,1") + "\n%f = reshape(%e) : " + row(c) +
         "\n%g = linear(%f, %u) {transpose_b=1} : " + row("10") +
         "\n%h = softmax(%g) {axes=[1]} : " + row("10") + "\nreturn %h";
}

/// Attention between two linear layers.
std::string language_net(int length) {
  const auto rows = "f32[1," + std::to_string(length) + ",64]";
  const auto heads = "f32[1,1," + std::to_string(length) + ",64]";
  return "input %x : " + rows + "\nparameter %w : f32[64,64]\n%l = layer_norm(%x) {axis=2} : " + rows +
         "\n%q = linear(%l, %w) {transpose_b=1} : " + rows + "\n%r = reshape(%q) : " + heads +
         "\n%a = attention(%r, %r, %r) {heads=1, kv_heads=1} : " + heads + "\n%b = reshape(%a) : " + rows +
         "\n%c = linear(%b, %w) {transpose_b=1} : " + rows + "\n%d = gelu(%c) : " + rows + "\nreturn %d";
}

double seconds(const HardwareModel& model, const std::string& body) {
  const auto graph = samples::graph_of(body);
  const auto e = estimated_on(model, graph);
  CHECK(e.unpriced == 0);
  for (std::size_t i = 0; i < e.times.size(); ++i) {
    const auto& time = e.times[i];
    CHECK((time.time().value > 0 && std::isfinite(time.time().value)));
    CHECK((time.low <= 1 && time.high >= 1 && std::isfinite(time.high)));
  }
  return e.latency.value;
}

}  // namespace

TEST_CASE("every device file is read, says where each figure is from, and has a name of its own") {
  std::set<std::string> names;
  for (const auto& id : all_devices()) {
    const auto device = device_model(id);
    INFO(id);
    CHECK(names.insert(device.step.name).second);
    CHECK(device.model->machine().dram_gbps.value_or(0) > 0);
    CHECK(!device.model->machine().precisions.empty());
    std::vector<host::Mistake> mistakes;
    host::Source source;
    const auto table = host::read_device({hardware_folder() + "/" + id + ".toml", {}}, source, mistakes);
    REQUIRE(table.has_value());
    for (const auto& [name, value] : device.step.options)
      if (std::holds_alternative<NumberTable>(value)) CHECK(table->find("sources")->text(name) != nullptr);
  }
  CHECK(names.size() >= 54);
}

TEST_CASE("on every device every kernel takes a time, and more of a network takes no less") {
  for (const auto& id : all_devices()) {
    const auto device = device_model(id);
    INFO(id);
    const double one = seconds(*device.model, image_net(1, 64));
    CHECK(seconds(*device.model, image_net(8, 64)) >= one);
    CHECK(seconds(*device.model, image_net(1, 128)) >= one);
    CHECK(seconds(*device.model, language_net(512)) >= seconds(*device.model, language_net(128)));
  }
}

/// An H100 without the figures of its energy that were learnt.
DeviceModel without_energies() {
  const ScratchFolder folder;
  std::ifstream from(hardware_folder() + "/h100_sxm.toml");
  std::string text;
  for (std::string line; std::getline(from, line);)
    if (!line.starts_with("active_watts") && !line.starts_with("pj_per_")) text += line + "\n";
  write_text(folder / "plain.toml", text);
  return device_model_at(folder / "plain.toml");
}

// 700 W at most and 81 W idling; a copy of 1 GB is busy but for its launch, one of 1 kB is that launch.
TEST_CASE("a GPU with idle_watts and cap_watts alone draws its cap while it is busy") {
  const auto watts = [](const std::string& size) {
    const auto graph =
        samples::graph_of("input %x : f32[" + size + "]\n%y = relu(%x) : f32[" + size + "]\nreturn %y");
    const auto e = estimated_on(*without_energies().model, graph);
    REQUIRE(e.energy.has_value());
    return e.energy->value / e.latency.value;
  };
  CHECK(watts("268435456") > 0.98 * 700);
  CHECK(watts("268435456") <= 700);
  CHECK(watts("256") > 81);
  CHECK(watts("256") < 350);
}
