// The page that shows what was found.
#include "passes.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;
using namespace alidade::samples;

TEST_CASE("the next steps of the brief report open the model as this run did") {
  ScratchFolder folder;
  write_text(folder / "my net.alg",
             "graph \"g\" {\n input %x : f32[\"past len\",3]\n %y = relu(%x) : "
             "f32[\"past len\",3]\n return %y\n}\n");
  const std::string path = folder / "my net.alg";
  const auto done = run_program(ALIDADE_BIN, {"profile", path, "--bind", "past len=8", "--set",
                                              "limits.wall_s=60", "--frontend", "text", "--format", "brief"});
  CHECK(done.code == 0);
  const std::string flags = " --frontend text --bind 'past len=8' --set limits.wall_s=60\n";
  CHECK(done.out.ends_with("\nNext steps:\n  alidade profile '" + path + "'" + flags + "  alidade query '" +
                           path + "' 'bottleneck == compute-bound'" + flags + "  alidade test '" + path +
                           "'" + flags));
  const auto unbound = run_program(ALIDADE_BIN, {"profile", path});
  CHECK(unbound.err.find("fix: bind it: --bind 'past len=128', or [bind] in the pipeline file") !=
        std::string::npos);
}

TEST_CASE("the brief report shows what was analysed") {
  const auto ran =
      tests::run_program(ALIDADE_BIN, {"profile", std::string(ALIDADE_SOURCE_DIR) + "/models/resnet18.onnx",
                                       "--with", "concurrency", "--format", "brief", "--top", "1"});
  CHECK(ran.code == 0);
  CHECK(
      ran.out.find("\nConcurrency:\n"
                   "  Operators:      69 in 63 stages, at most 2 at once; critical path 98.9 % of the flops\n"
                   "  Groups:         23 in 20 stages, at most 2 at once; critical path 98.9 % of the flops\n"
                   "  Critical path:  conv1 236 M and 62 more\n") != std::string::npos);
  CHECK(ran.out.find("\nMemory:") == std::string::npos);
  CHECK(ran.out.find(
            "\nTop 1 operator by FLOPs:\n  1. conv1 (conv2d): 236 M FLOPs, 6.5 % of all, compute-bound\n") !=
        std::string::npos);
}
