// sources: plugins/frontends/torchscript/pickle_claims.cpp
// covers: plugins/frontends/torchscript/pickle_claims.cpp
// The scan of pickles that runs before libtorch reads them.
#include "../plugins/frontends/torchscript/pickle_claims.hpp"

#include "harness.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  const auto claim = torchscript::unfounded_claim(bytes);
  promise(!claim || !claim->empty(), "a claim is told in words");
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".pkl", 16 << 10);
  using namespace std::string_literals;
  return {"\x80\x02}q\x00X\x05\x00\x00\x00helloq\x01K\x05s."s,
          "\x80\x02"s
          "c__torch__\nNet\nq\x00)\x81}(X\x08\x00\x00\x00trainingq\x01\x89ub."s,
          "\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07weights\x94."s,
          "X\xff\xff\xff\xff"s,
          "B\xff\xff\xff\x7fxx"s,
          "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"s,
          "r\xff\xff\xff\xff"s,
          "I12\nF1.5\nL5L\nS'a'\ng0\np1\ncos\nsystem\nios\nsystem\n."s,
          nested("(", 60'000),
          nested("(t", 30'000),
          nested("]q\x01", 20'000)};
}

}  // namespace alidade::fuzz
