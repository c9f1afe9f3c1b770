// Names to indices, beside the standard library's table.
#include "names/name_table.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

using alidade::NameTable;

TEST_CASE("a table of names keeps the first index of each, in whatever order they come again") {
  std::mt19937 random(7);
  std::vector<std::string> names;
  for (int i = 0; i < 3000; ++i) names.push_back("v" + std::to_string(random() % 2000));
  NameTable table;
  std::unordered_map<std::string, std::uint32_t> known;
  const auto add = [&](std::size_t i) {
    const auto index = static_cast<std::uint32_t>(i);
    return table.add(names[i], index) == known.try_emplace(names[i], index).first->second;
  };
  for (std::size_t i = 0; i < names.size(); ++i) REQUIRE(add(i));
  for (std::size_t i = 0; i < names.size(); ++i) REQUIRE(add(i));        // in the same order
  for (std::size_t i = names.size(); i-- > 0;) REQUIRE(add(i));          // backwards
  for (int i = 0; i < 5000; ++i) REQUIRE(add(random() % names.size()));  // in none
  for (const auto& [name, index] : known) REQUIRE(table.find(name) == index);
  CHECK(table.find("v2000") == NameTable::kNone);
  CHECK(NameTable().find("") == NameTable::kNone);
}
