#include "bundle_manifest.hpp"

#include "alidade/base/text.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::string_view kSchema = "alidade.bundle/1";

std::string optional_text(JsonValue of, std::string_view key) {
  const auto found = of.find(key);
  return found.is_null() ? std::string() : std::string(found.text());
}

/// [partition, number]
Port port(JsonValue pair, std::size_t partitions) {
  std::vector<std::int64_t> numbers;
  pair.each_element([&](JsonValue n) { numbers.push_back(n.integer()); });
  const bool fits = numbers.size() == 2 && numbers[0] >= 0 &&
                    static_cast<std::size_t>(numbers[0]) < partitions && numbers[1] >= 0;
  if (!fits)
    return pair.complain("expected [partition, number] with a partition below " + std::to_string(partitions)),
           Port{};
  return {static_cast<std::size_t>(numbers[0]), static_cast<std::size_t>(numbers[1])};
}

Manifest::Partition partition(JsonValue of, std::size_t position) {
  Manifest::Partition p{optional_text(of, "name"),
                        std::string(of.at("file").text()),
                        optional_text(of, "reason"),
                        optional_text(of, "file_line"),
                        {}};
  if (p.name.empty()) p.name = "partition " + std::to_string(position);
  if (const auto weights = of.find("weights"))
    weights.each_member([&](std::string_view input, JsonValue weight) {
      const auto kind = optional_text(weight, "kind");
      if (!kind.empty() && kind != "parameter" && kind != "buffer")
        weight.complain("expected the kind \"parameter\" or \"buffer\", found " + text::quoted(kind));
      p.weights.emplace(input, WeightName{std::string(weight.at("name").text()),
                                          kind == "buffer" ? ValueKind::buffer : ValueKind::parameter});
    });
  return p;
}

}  // namespace

Result<Manifest> read_manifest(Json& text) {
  Manifest m;
  const auto root = text.root();
  const auto schema = root.at("schema");
  if (schema && schema.text() != kSchema)
    schema.complain("the manifest has schema " + text::quoted(schema.text()) + ", and \"" +
                    std::string(kSchema) + "\" is what can be read");
  m.model = optional_text(root, "model");
  root.at("partitions").each_element([&](JsonValue p) {
    m.partitions.push_back(partition(p, m.partitions.size()));
  });
  const auto count = m.partitions.size();
  if (count == 0) root.complain("the bundle has no partitions");
  if (const auto edges = root.find("edges"))
    edges.each_element([&](JsonValue e) {
      m.edges.push_back({port(e.at("from"), count), port(e.at("to"), count)});
      if (m.edges.back().from.partition >= m.edges.back().to.partition)
        e.complain("an edge must lead to a later partition");
    });
  if (const auto inputs = root.find("inputs"))
    inputs.each_element([&](JsonValue i) {
      Manifest::Input input{std::string(i.at("name").text()), {}};
      i.at("to").each_element([&](JsonValue to) { input.to.push_back(port(to, count)); });
      m.inputs.push_back(std::move(input));
    });
  if (const auto outputs = root.find("outputs"))
    outputs.each_element([&](JsonValue o) { m.outputs.push_back(port(o.at("from"), count)); });
  if (text.complaint()) return std::unexpected(*text.complaint());
  return m;
}

}  // namespace alidade::dynamo
