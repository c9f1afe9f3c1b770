// load_only MODEL: lets libtorch load the TorchScript file, as a program that runs it would, and leaves.
#include <torch/script.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: load_only MODEL\n", stderr), 2;
  const auto module = torch::jit::load(argv[1]);
  _exit(module.find_method("forward") ? 0 : 1);
}
