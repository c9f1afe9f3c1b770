#include "links.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "data_file.hpp"

namespace alidade::host::serving {
namespace {

bool names(const ConfigNode& table, const std::string& device) {
  const auto* devices = table.find("devices");
  const auto* list = devices ? devices->as<ConfigNode::List>() : nullptr;
  return list && std::ranges::any_of(*list, [&](const ConfigNode& one) {
           return one.as<std::string>() && *one.as<std::string>() == device;
         });
}

std::optional<double> value(const ConfigNode& node) {
  if (const auto* real = node.as<double>()) return *real;
  if (const auto* whole = node.as<std::int64_t>()) return static_cast<double>(*whole);
  return std::nullopt;
}

/// [[bytes, us], ...]
std::vector<LinkTable::Row> rows_of(const ConfigNode& node) {
  std::vector<LinkTable::Row> out;
  if (const auto* list = node.as<ConfigNode::List>())
    for (const auto& entry : *list) {
      const auto* pair = entry.as<ConfigNode::List>();
      if (!pair || pair->size() != 2) continue;
      const auto bytes = value((*pair)[0]), us = value((*pair)[1]);
      if (bytes && us) out.push_back({*bytes, *us / 1e6});
    }
  return out;
}

LinkTable read(const ConfigNode& file) {
  LinkTable out;
  if (const auto* said = file.text("name")) out.name = *said;
  for (const auto& member : *file.as<ConfigNode::Table>()) {
    const auto* by_devices = member.node.as<ConfigNode::Table>();
    if (!by_devices || member.key == "sources") continue;
    for (const auto& [count, place, node] : *by_devices)
      if (auto rows = rows_of(node); rows.size() > 1)
        out.times[member.key][std::strtoull(count.c_str(), nullptr, 10)] = std::move(rows);
  }
  return out;
}

std::unexpected<Error> lacks(const LinkTable& table, Collective::Kind kind, std::uint64_t devices) {
  std::vector<std::string> degrees;
  if (const auto known = table.times.find(alidade::name(kind)); known != table.times.end())
    for (const auto& [degree, rows] : known->second) degrees.push_back(std::to_string(degree));
  return fail(Fault::config,
              "the table " + text::quoted(table.name) + " has no " + std::string(alidade::name(kind)) +
                  " between " + std::to_string(devices) + " devices" +
                  (degrees.empty() ? "" : ", only between " + text::join(degrees, ", ")),
              {}, "choose a degree that it has, or add rows to it");
}

}  // namespace

Result<Seconds> LinkTable::time(Collective::Kind kind, std::uint64_t devices, double bytes) const {
  const auto known = times.find(alidade::name(kind));
  if (known == times.end() || !known->second.contains(devices)) return lacks(*this, kind, devices);
  const auto& rows = known->second.at(devices);
  const double at = std::log(std::max(bytes, 1.0));
  std::size_t i = 0;
  while (i + 2 < rows.size() && rows[i + 1].bytes < bytes) ++i;
  const double x0 = std::log(rows[i].bytes), x1 = std::log(rows[i + 1].bytes);
  const double y0 = std::log(rows[i].seconds), y1 = std::log(rows[i + 1].seconds);
  return Seconds(std::exp(y0 + (y1 - y0) * std::max(at - x0, 0.0) / (x1 - x0)));
}

Result<LinkTable> links_of(const std::string& device) {
  std::vector<std::string> known;
  for (const auto& name : data_names("links")) {
    const auto file = read_data("links", "alidade.links/1", name);
    if (!file) return std::unexpected(file.error());
    if (names(*file, device)) return read(*file);
    known.push_back(name);
  }
  return fail(Fault::config,
              "no link table is of " + text::quoted(device) + ", so several of it have no price", {},
              "the tables of config/links are " + text::join(known, ", ") +
                  "; add the device to one, or leave --tp, --pp and --ep out");
}

}  // namespace alidade::host::serving
