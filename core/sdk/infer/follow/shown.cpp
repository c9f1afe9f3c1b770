#include <string>

#include "follow.hpp"

namespace alidade::infer {

std::string shown(Sizes& sizes, const Shape& shape) {
  if (!shape) return "[*]";
  std::string out = "[";
  for (const Dim d : *shape)
    out += (out.size() > 1 ? "," : "") + (d.is_known()      ? std::to_string(d.size())
                                          : d.is_symbolic() ? std::string(sizes.expression(d))
                                                            : "?");
  return out + "]";
}

}  // namespace alidade::infer
