#include <catch2/catch.hpp>

#include "host/child/frame.hpp"
#include "host/child/packed_sdk.hpp"
#include "host/plugins/probe.hpp"

using namespace alidade;

TEST_CASE("what is packed for a child comes out the same") {
  const OptionValues options{{"a", true},
                             {"b", std::int64_t{-7}},
                             {"c", 0.1},
                             {"d", std::string("\0x", 2)},
                             {"e", std::vector<std::int64_t>{1, 2}},
                             {"f", std::vector<double>{}},
                             {"g", std::vector<std::string>{"", "y"}}};
  CHECK(host::unpack<OptionValues>(host::pack(options)) == options);

  ReadRequest request;
  request.path = "m.onnx", request.input_shapes["x"] = {1, 3}, request.bindings["batch"] = 8,
  request.max_nodes = 9;
  const auto heard = host::unpack<ReadRequest>(host::pack(request));
  REQUIRE(heard);
  CHECK(heard->path == "m.onnx");
  CHECK(heard->input_shapes == request.input_shapes);
  CHECK(heard->bindings == request.bindings);
  CHECK(heard->max_nodes == 9);
}

TEST_CASE("bytes that are cut, longer or invented are no message") {
  const OptionValues options{{"name", std::vector<std::string>{"one", "two"}}};
  const auto bytes = host::pack(options);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(!host::unpack<OptionValues>(bytes.substr(0, size)));
  CHECK(!host::unpack<OptionValues>(bytes + "x"));
  CHECK(!host::unpack<OptionValues>(std::string(64, '\xff')));
  CHECK(!host::unpack<std::vector<std::string>>(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8)));
}

TEST_CASE("frames come off one after another, whole or not at all") {
  const auto one = host::frame_head(host::Answer::finding, 3) + "abc",
             two = host::frame_head(host::Answer::graph, 0);
  const auto both = one + two;
  std::string_view rest = both;
  const auto first = host::take_frame(rest), second = host::take_frame(rest);
  REQUIRE((first && second));
  CHECK(first->answer == host::Answer::finding);
  CHECK(first->payload == "abc");
  CHECK(second->answer == host::Answer::graph);
  CHECK(rest.empty());
  for (std::size_t size = 0; size < one.size(); ++size) {
    std::string_view part(one.data(), size);
    CHECK(!host::take_frame(part));
  }
}

TEST_CASE("an error keeps its four parts on the way") {
  const Error error{Fault::limit, "what", "where", "fix"};
  const auto heard = host::unpack_error(host::pack_error(error));
  REQUIRE(heard);
  CHECK(heard->fault == Fault::limit);
  CHECK(to_text(*heard) == to_text(error));
  CHECK(!host::unpack_error("\xff" + host::pack_error(error).substr(1)));
}

TEST_CASE("a listing that names a kind of component that there is not is no listing") {
  host::Listing listing{"p.so", "p", "1", {{}}};
  listing.components[0].info.kind = ComponentKind::operation;
  CHECK(host::unpack_listing(host::pack_listing(listing)).has_value());
  listing.components[0].info.kind = static_cast<ComponentKind>(6);
  CHECK(!host::unpack_listing(host::pack_listing(listing)).has_value());
}
