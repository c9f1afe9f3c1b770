// parse_only MODEL: reads the file, parses it with protobuf into onnx's own message, and nothing else.
// It leaves without freeing the message, so that parsing is all that it is charged for.
#include <unistd.h>

#include <cstdio>

#include "onnx/onnx_pb.h"
#include "slurp.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: parse_only MODEL\n", stderr), 2;
  const std::string bytes = alidade::bench::slurp(argv[1]);
  onnx::ModelProto model;
  const bool parsed = model.ParseFromString(bytes) && model.graph().node_size() > 0;
  if (!parsed) std::fprintf(stderr, "%s: does not parse\n", argv[1]);
  _exit(parsed ? 0 : 1);
}
