// needs: onnx_bodies
// short: 2048
// covers: plugins/frontends/onnx/*
// ONNX files, read from memory.
#include "harness.hpp"
#include "onnx_frontend.hpp"
#include "protobuf_mutator.hpp"

namespace alidade::fuzz {
namespace {

using protobuf::Field, protobuf::Message;

Field text(std::uint64_t number, std::string bytes) { return {number, 2, 0, std::move(bytes), {}}; }
Field inner(std::uint64_t number, Message message) { return {number, 2, 0, {}, std::move(message)}; }
Field whole(std::uint64_t number, std::uint64_t value) { return {number, 0, value, {}, {}}; }

/// ModelProto: ir_version, opset_import, graph, then more.
std::string model(Message graph, Message more = {}) {
  Message all{whole(1, 8), inner(8, {text(1, ""), whole(2, 18)}), inner(8, {text(1, "f"), whole(2, 1)}),
              inner(7, std::move(graph))};
  all.insert(all.end(), more.begin(), more.end());
  return protobuf::written(all);
}
Field node(std::string op, std::string domain, std::string out, Message more = {}) {
  Message all{text(1, "x"), text(2, std::move(out)), text(4, std::move(op)), text(7, std::move(domain))};
  all.insert(all.end(), more.begin(), more.end());
  return inner(1, std::move(all));
}

/// An If whose branches hold an If, and so on.
Message branches(int depth) {
  if (depth == 0) return {node("Relu", "", "y"), text(2, "g")};
  const auto branch = [&](const char* name) {
    return inner(5, {text(1, name), whole(20, 5), inner(6, branches(depth - 1))});
  };
  return {node("If", "", "y", {branch("then_branch")}), text(2, "g")};
}

/// Functions that each call the next one twice.
Message doubling(int count) {
  Message functions;
  for (int i = 0; i < count; ++i) {
    const auto next = i + 1 < count ? node("f" + std::to_string(i + 1), "f", "a") : node("Relu", "", "a");
    auto twice = next, second = next;
    twice.number = second.number = 7;
    functions.push_back(
        inner(25, {text(1, "f" + std::to_string(i)), text(10, "f"), text(4, "x"), text(5, "a"), twice, second,
                   inner(9, {text(1, ""), whole(2, 18)}), inner(9, {text(1, "f"), whole(2, 1)})}));
  }
  return functions;
}

}  // namespace

void try_bytes(std::string_view bytes) {
  ReadRequest request;
  request.path = "m.onnx", request.max_nodes = 10'000;
  (void)OnnxFrontend::read_bytes(bytes, request);
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".onnx", 64 << 10);
  return {model(branches(30)), model(branches(150)),
          model({node("f0", "f", "y"), text(2, "g")}, doubling(40)),
          model(Message(3000, node("Relu", "", "y")))};
}

}  // namespace alidade::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size, std::size_t room,
                                               unsigned seed) {
  return alidade::fuzz::mutate(bytes, size, room, seed, alidade::fuzz::protobuf::mutated);
}
