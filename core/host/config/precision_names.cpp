#include "precision_names.hpp"

#include <map>

namespace alidade::host {

std::string_view our_precision(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kAlso{
      {"fp32", "f32"},      {"float32", "f32"}, {"fp16", "f16"}, {"float16", "f16"},
      {"bfloat16", "bf16"}, {"fp8", "f8"},      {"int8", "i8"}};
  const auto also = kAlso.find(name);
  return also == kAlso.end() ? name : also->second;
}

}  // namespace alidade::host
