// needs: alidade_host
// covers: core/host/child/frame.cpp core/host/child/packed.hpp
// What a child process answers: frames, and the errors and lists of components in them.
#include "harness.hpp"
#include "host/child/frame.hpp"
#include "host/child/packed_sdk.hpp"

namespace alidade::fuzz {
namespace {

using Listing = std::vector<ComponentInfo>;

/// What a payload unpacks into packs into the same bytes.
template <class T>
void try_as(std::string_view payload) {
  if (const auto value = host::unpack<T>(payload)) {
    const auto again = host::unpack<T>(host::pack(*value));
    promise(again && host::pack(*again) == host::pack(*value), "what is packed unpacks as the same");
  }
}

}  // namespace

void try_bytes(std::string_view bytes) {
  for (auto left = bytes; const auto frame = host::take_frame(left);) {
    promise(frame->payload.size() < bytes.size(), "a frame lies in what was read");
    (void)host::unpack_error(frame->payload);
    try_as<Listing>(frame->payload);
    try_as<ReadRequest>(frame->payload);
  }
  try_as<Listing>(bytes), try_as<ReadRequest>(bytes);
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return {};
  const auto error = host::pack_error({Fault::model, "what", "where", "fix"});
  ComponentInfo info;
  info.name = "onnx", info.doc = "reads";
  info.options.push_back({});
  const auto listing = host::pack(Listing{info});
  ReadRequest request;
  request.path = "m", request.bindings["n"] = 3, request.input_shapes["x"] = {1, 2};
  return {host::frame_head(host::Answer::error, error.size()) + error,
          host::frame_head(host::Answer::listing, listing.size()) + listing, listing, host::pack(request),
          host::frame_head(host::Answer::graph, ~0ull)};
}

}  // namespace alidade::fuzz
