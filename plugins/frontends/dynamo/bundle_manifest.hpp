#pragma once
#include <optional>
#include <string>
#include <vector>

#include "archive.hpp"
#include "program.hpp"

namespace alidade::dynamo {

/// One end of an edge: a partition and the number of its user input or user output.
struct Port {
  std::size_t partition = 0, number = 0;
};

/// What alidade_bundle.json says: the partitions in order of execution, and how values flow between them.
struct Manifest {
  struct Partition {
    std::string name, file, reason, file_line;
    std::map<std::string, WeightName, std::less<>> weights;
  };
  struct Edge {
    Port from, to;
  };
  struct Input {
    std::string name;
    std::vector<Port> to;
  };
  std::string model;
  std::vector<Partition> partitions;
  std::vector<Edge> edges;
  std::vector<Input> inputs;
  std::vector<Port> outputs;
};

/// Every port is in range of the partitions, edges go forward, and every file is named.
[[nodiscard]] Result<Manifest> read_manifest(Json& text);

}  // namespace alidade::dynamo
