#pragma once
#include <string>

namespace alidade::host {

/// "hf:bert-base": a word before a colon that names a way to make the model; no path of a file.
[[nodiscard]] bool has_scheme(const std::string& model);
/// Whether something has to make the model: a scheme, or a name in a file, "net.py:Net"; a file that exists
/// is none.
[[nodiscard]] bool is_source(const std::string& model);
/// The file that a source without a scheme names: "net.py".
[[nodiscard]] std::string source_file(const std::string& source);
/// What a source calls its model: "bert-base", "Net".
[[nodiscard]] std::string source_name(const std::string& source);

}  // namespace alidade::host
