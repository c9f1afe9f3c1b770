#include <catch2/catch.hpp>

#include "alidade/sdk/frontend.hpp"
#include "archives.hpp"
#include "host/plugins/plugins.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

std::unique_ptr<Component> made(const OptionValues& options = {}) {
  static host::Plugins plugins({ALIDADE_PLUGIN_DIR});
  const auto found = plugins.find("dynamo");
  REQUIRE(found);
  return (*found)->info.make(options);
}

}  // namespace

TEST_CASE("the plugin says whose a file is by its first bytes and its name") {
  const auto component = made();
  const auto& frontend = dynamic_cast<const Frontend&>(*component);
  const std::string zip = "PK\3\4", bundle = zip + std::string(26, '\0') + "alidade_bundle.json";
  CHECK(frontend.recognises("m.pt2", zip) == Recognition::yes);
  CHECK(frontend.recognises("M.PT2", zip) == Recognition::yes);
  CHECK(frontend.recognises("m.zip", bundle) == Recognition::yes);
  CHECK(frontend.recognises("m.pt", zip) == Recognition::maybe);
  CHECK(frontend.recognises("m.pt2", "damaged") == Recognition::maybe);
  CHECK(frontend.recognises("m.pt", "\x80\x02") == Recognition::no);
  CHECK(frontend.recognises("m.zip", zip) == Recognition::no);
  CHECK(frontend.recognises("m.onnx", "\x08\x07") == Recognition::no);
}

TEST_CASE("the plugin reads without libtorch in the process, and takes its option") {
  ReadRequest request;
  request.path = data_file("broken_graph.pt2");
  const auto whole = made(), part = made({{"partition", std::int64_t{1}}});
  CHECK(dynamic_cast<const Frontend&>(*whole).read(request).value().node_count() == 5);
  CHECK(dynamic_cast<const Frontend&>(*part).read(request).value().node_count() == 2);
  const auto loaded = tests::read_text("/proc/self/maps");
  CHECK(loaded.contains("/dynamo.so"));
  CHECK_FALSE(loaded.contains("libtorch"));
  CHECK_FALSE(loaded.contains("libc10"));
}
