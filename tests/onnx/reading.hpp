#pragma once
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "alidade/ir/print.hpp"
#include "onnx_frontend.hpp"
#include "proto_writer.hpp"

namespace onnx_test {

inline const std::string kCases = std::string(ALIDADE_SOURCE_DIR) + "/tests/data/onnx/";
inline const std::string kZoo = std::string(ALIDADE_SOURCE_DIR) + "/models/";

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline alidade::ReadRequest request(std::string path = "m.onnx") {
  alidade::ReadRequest r;
  r.path = std::move(path);
  return r;
}

/// The graph of a file that must be readable.
inline alidade::Graph read(const alidade::ReadRequest& r) {
  auto graph = alidade::OnnxFrontend().read(r);
  INFO((graph ? std::string() : to_text(graph.error())));
  REQUIRE(graph);
  return std::move(*graph);
}
inline alidade::Graph read_bytes(const std::string& bytes, const alidade::ReadRequest& r = request()) {
  auto graph = alidade::OnnxFrontend::read_bytes(bytes, r);
  INFO((graph ? std::string() : to_text(graph.error())));
  REQUIRE(graph);
  return std::move(*graph);
}
/// The whole text of the failure that bytes must give.
inline std::string failure(const std::string& bytes, const alidade::ReadRequest& r = request()) {
  const auto graph = alidade::OnnxFrontend::read_bytes(bytes, r);
  REQUIRE_FALSE(graph);
  return to_text(graph.error());
}
inline std::string failure(const Message& m) { return failure(m.bytes()); }

inline alidade::ValueId value_named(const alidade::Graph& g, std::string_view name) {
  for (const auto v : g.values())
    if (g.name(v) == name) return v;
  return {};
}
inline alidade::NodeId node_named(const alidade::Graph& g, std::string_view name) {
  for (const auto n : g.nodes())
    if (g.name(n) == name) return n;
  return {};
}
inline std::string note(const alidade::Graph& g, std::string_view code) {
  for (const auto& d : g.notes())
    if (d.code == code) return d.text;
  return {};
}

/// A model's bytes without the types of its intermediate values.
inline std::string without_types(std::string_view model) {
  const auto copy = [](std::string_view message, auto&& field) {
    std::string out;
    for (std::size_t at = 0; at < message.size();) {
      const auto varint = [&] {
        std::uint64_t v = 0;
        for (int shift = 0;; shift += 7) {
          const auto byte = static_cast<unsigned char>(message[at++]);
          v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
          if (byte < 0x80) return v;
        }
      };
      const std::size_t begin = at;
      const auto key = varint();
      if ((key & 7) == 2) {
        const auto size = varint(), body = at;
        at += size;
        out += field(static_cast<std::uint32_t>(key >> 3), message.substr(begin, at - begin),
                     message.substr(body, size));
      } else {
        if ((key & 7) == 0)
          varint();
        else
          at += (key & 7) == 5 ? 4 : 8;
        out += message.substr(begin, at - begin);
      }
    }
    return out;
  };
  const auto bare_graph = [&](std::string_view graph) {
    return copy(graph, [](std::uint32_t field, std::string_view whole, std::string_view) {
      return field == 13 ? std::string() : std::string(whole);
    });
  };
  return copy(model, [&](std::uint32_t field, std::string_view whole, std::string_view body) {
    return field == 7 ? Message().text(7, bare_graph(body)).bytes() : std::string(whole);
  });
}

}  // namespace onnx_test
