// What a component's options take from the types of its members.
#include "alidade/sdk/options.hpp"

#include <catch2/catch.hpp>

using namespace alidade;

namespace {

struct Device {
  std::uint8_t engines = 1;
  std::int64_t cores = 132;
  std::uint64_t bytes = 0;
  std::optional<double> watts;
  NumberTable peaks{{"f32", 66.9}};

  static void options(OptionSpec<Device>& o) {
    o.field("engines", &Device::engines, "how many");
    o.field("cores", &Device::cores, "how many");
    o.field("bytes", &Device::bytes, "of memory").at_least(1);
    o.field("watts", &Device::watts, "at most").above(0);
    o.field("peaks", &Device::peaks, "by type").choices({"f32", "bf16"}).needs_one_of({"f32"}).required();
  }
};

OptionSpec<Device> spec() {
  OptionSpec<Device> out;
  Device::options(out);
  return out;
}

}  // namespace

TEST_CASE("a whole number has the range of the member that holds it") {
  const auto infos = spec().infos();
  CHECK(infos[0].low == 0);
  CHECK(infos[0].high == 255);
  CHECK(!infos[1].low);
  CHECK(!infos[1].high);
  CHECK(infos[2].low == 1);
  CHECK(!infos[2].high);
}

TEST_CASE("an option may have no value, or has to be stated") {
  const auto infos = spec().infos();
  CHECK(infos[3].unset);
  CHECK(infos[4].required);
  CHECK(infos[4].one_of == std::vector<std::string>{"f32"});
  CHECK(std::get<NumberTable>(infos[4].fallback).at("f32") == 66.9);
  Device device;
  spec().apply(device,
               {{"watts", 700.0}, {"peaks", NumberTable{{"bf16", 989.4}}}, {"engines", std::int64_t{4}}});
  CHECK(device.watts == 700.0);
  CHECK(device.peaks == NumberTable{{"bf16", 989.4}});
  CHECK(device.engines == 4);
}
