#include "engine.hpp"

#include <fmt/format.h>
#include <cmath>

#include "alidade/base/text.hpp"
#include "data_file.hpp"

namespace alidade::host::serving {
namespace {

/// A figure of an engine, and what it may be.
struct Figure {
  std::string_view key;
  double least, most, otherwise;
};
constexpr double kMost = 1e9;
constexpr Figure kPageTokens{"page_tokens", 1, kMost, 16},
    kMemoryShare{"memory_share", kLeastShare, kMostShare, 1},
    kUsableShare{"usable_share", kLeastShare, kMostShare, 1}, kStep{"step_ms", 0, kMost, 0},
    kSequence{"sequence_us", 0, kMost, 0}, kPrompt{"prompt_ms", 0, kMost, 0},
    kRequest{"request_ms", 0, kMost, 0}, kToken{"token_us", 0, kMost, 0},
    kStepTokens{"step_tokens", 0, kMost, 0}, kLogitRows{"logit_rows", 0, kMost, 0},
    kBytesPerLogit{"bytes_per_logit", 0, kMost, 0}, kOther{"other_mib", 0, kMost, 0},
    kOtherDivided{"other_divided_mib", 0, kMost, 0};

/// Reads figures; the first that is none, or out of its range, is told.
class Figures {
 public:
  explicit Figures(const ConfigNode& table) : table_(table) {}

  double of(const Figure& figure) {
    const auto* node = table_.find(figure.key);
    if (!node) return figure.otherwise;
    const auto value = number(table_, figure.key);
    if (value && *value >= figure.least && *value <= figure.most) return *value;
    if (!error_)
      error_ = Error{Fault::config,
                     fmt::format("expected {} from {} to {}, found {}", figure.key,
                                 text::number(figure.least), text::number(figure.most), found(*node)),
                     fmt::format("{}:{}", node->place.file, node->place.line),
                     {}};
    return figure.otherwise;
  }
  std::uint64_t whole(const Figure& figure) { return static_cast<std::uint64_t>(std::llround(of(figure))); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  const ConfigNode& table_;
  std::optional<Error> error_;
};

}  // namespace

Result<Engine> read_engine(const std::string& name) {
  const auto table = read_data("engines", "alidade.engine/1", name);
  if (!table) return std::unexpected(table.error());
  Figures figures(*table);
  Engine out;
  if (const auto* said = table->text("name")) out.name = *said;
  if (const auto* said = table->text("version")) out.version = *said;
  out.page_tokens = figures.whole(kPageTokens), out.step_tokens = figures.whole(kStepTokens);
  out.memory_share = figures.of(kMemoryShare), out.usable_share = figures.of(kUsableShare);
  out.step_s = figures.of(kStep) / 1e3, out.request_s = figures.of(kRequest) / 1e3;
  out.prompt_s = figures.of(kPrompt) / 1e3, out.token_s = figures.of(kToken) / 1e6,
  out.sequence_s = figures.of(kSequence) / 1e6;
  out.logit_rows = figures.of(kLogitRows), out.bytes_per_logit = figures.of(kBytesPerLogit);
  out.other_mib = figures.of(kOther), out.other_divided_mib = figures.of(kOtherDivided);
  for (const auto& [key, flag] : {std::pair{"windows", &out.windows},
                                  {"prompts_first", &out.prompts_first},
                                  {"whole_prompts", &out.whole_prompts}})
    if (const auto* said = table->find(key); said && said->as<bool>()) *flag = *said->as<bool>();
  if (figures.error()) return std::unexpected(*figures.error());
  return out;
}

}  // namespace alidade::host::serving
