#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/model_verbs.hpp"
#include "host/config/config.hpp"

namespace alidade::cli {

/// A pipeline from the command line alone: the built-in families, and the models that `args` names. Mistakes
/// in the arguments are added to `mistakes`.
[[nodiscard]] host::Config config_of(const ModelArgs& args, std::vector<host::Mistake>& mistakes,
                                     std::vector<host::Located<std::string>> analyses = {});
/// The same with entries of other sections that flags asked for.
[[nodiscard]] host::Config config_of(const ModelArgs& args, std::vector<host::Mistake>& mistakes,
                                     host::ConfigRequest request);

/// Cost, which every profile has, and the analyses asked for beside it, each once.
[[nodiscard]] std::vector<host::Located<std::string>> cost_and(const std::vector<std::string>& others);

/// A value that a flag set.
template <class T>
[[nodiscard]] host::Located<T> from_flag(T value, std::string flag) {
  return {std::move(value), {std::move(flag), 0, 0, host::Origin::flag}};
}
/// Folders that --plugin-path has named, from where the program was started.
void add_plugin_path(host::Config& config, const std::vector<std::string>& folders);
[[nodiscard]] host::WrittenOption option_from_flag(std::string key, OptionValue value,
                                                   const std::string& flag);

/// What a verb can write, and the ending of a file's name that asks for it.
struct Format {
  std::string_view name, ending;
};
/// The format that a file is written in: the one asked for, else what its name ends with; the first one where
/// it has no ending. An ending of none of them is a mistake.
[[nodiscard]] std::string format_of(const std::string& asked, const std::string& output,
                                    std::span<const Format> known, std::vector<host::Mistake>& mistakes);

/// Names of the model files in the install's models folder, without ".onnx", sorted.
[[nodiscard]] std::vector<std::string> zoo();
[[nodiscard]] std::string zoo_path(const std::string& name);

}  // namespace alidade::cli
