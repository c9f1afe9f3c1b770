#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/options.hpp"
#include "cli/training/train_plan.hpp"

namespace alidade::cli {
namespace {

/// The verbs that one function adds.
struct Room {
  std::string_view words;
  void (*add)(Verbs&);
};

constexpr Room kRooms[] = {{"run", add_run},
                           {"profile", add_profile},
                           {"estimate", add_estimate},
                           {"measure", add_measure},
                           {"calibrate", add_calibrate},
                           {"serve-plan", add_serve_plan},
                           {"train-plan", add_train_plan},
                           {"place rank-support", add_place},
                           {"crosscheck", add_crosscheck},
                           {"explain", add_explain},
                           {"formula", add_formula},
                           {"inspect", add_inspect},
                           {"query", add_query},
                           {"test", add_test},
                           {"compare", add_compare},
                           {"render", add_render},
                           {"sweep", add_sweep},
                           {"merge", add_merge},
                           {"search", add_search},
                           {"init", add_init},
                           {"validate plan config schema", add_config_verbs},
                           {"plugins", add_plugins},
                           {"hardware", add_hardware},
                           {"models version", add_models}};

bool has(const Room& room, std::string_view word) {
  const auto words = text::split(room.words, ' ');
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

void add_verbs(Verbs& verbs, std::string_view first_word) {
  const auto found = std::ranges::find_if(kRooms, [&](const Room& room) { return has(room, first_word); });
  if (found != std::end(kRooms)) return found->add(verbs);
  for (const auto& room : kRooms) room.add(verbs);
  add_guides(verbs);  // they describe all others
}

}  // namespace alidade::cli
