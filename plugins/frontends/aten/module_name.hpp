#pragma once
#include <string>
#include <string_view>

namespace alidade::aten {

/// A module's path as people write it, out of a name that a tracer mangled: "g__model___model_0_conv" is
/// "model.0.conv". A name that is a path already ("layer1.0.conv1") stays.
[[nodiscard]] std::string unmangled(std::string_view name);
/// A name cut to `most` characters, the middle left out: "layer1.0....conv1".
[[nodiscard]] std::string shortened(std::string_view name, std::size_t most);
/// "L['self'].layers[0].attn@1" -> "layers.0.attn": one spelling for what the exporters write as paths.
[[nodiscard]] std::string plain_path(std::string_view path);

}  // namespace alidade::aten
