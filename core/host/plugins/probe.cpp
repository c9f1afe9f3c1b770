#include "probe.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "conformance.hpp"
#include "enlist.hpp"
#include "handshake.hpp"
#include "host/child/child.hpp"
#include "host/child/confine.hpp"
#include "host/child/frame.hpp"
#include "host/child/packed.hpp"
#include "host/child/packed_sdk.hpp"
#include "host/child/sandbox.hpp"

namespace alidade::host {

void fields(auto& packed, Listed& l) { packed(l.info, l.needs, l.makes); }
void fields(auto& packed, Listing& l) { packed(l.library, l.plugin, l.version, l.components); }

namespace {

constexpr ChildLimits kLimits{.memory_mib = 2048, .cpu_s = 5};
constexpr std::chrono::seconds kWall{3};

std::vector<std::string> key_names(const std::vector<ResultKey>& keys) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const auto& key : keys) names.push_back(fmt::format("{}/{}", key.name, key.version));
  return names;
}

std::string list(const std::string& library) {
  auto loaded = load_plugin(library);
  if (!loaded) {
    const auto payload = pack_error(loaded.error());
    return frame_head(Answer::error, payload.size()) + payload;
  }
  Listing listing{library, loaded->front().plugin, loaded->front().version, {}};
  for (auto& component : *loaded)
    listing.components.push_back(
        {component.info, key_names(component.info.needs), key_names(component.info.makes)});
  const auto payload = pack_listing(std::move(listing));
  return frame_head(Answer::listing, payload.size()) + payload;
}

/// How a library that gave no answer ended its child.
std::string ending(const ChildEnd& end) {
  if (const auto deed = forbidden_deed(end))
    return fmt::format("tried to {} while it was being loaded, and was ended", *deed);
  switch (end.how) {
    case ChildEnd::How::deadline:
      return fmt::format("did not finish loading within {} seconds", kWall.count());
    case ChildEnd::How::flooded:
      return "wrote without end while it was being loaded";
    case ChildEnd::How::signalled:
      if (end.code == SIGXCPU)
        return fmt::format("used more than {} CPU seconds while it was being loaded", kLimits.cpu_s);
      return fmt::format("crashed while it was being loaded ({})", signal_text(end.code));
    case ChildEnd::How::exited:
      break;
  }
  return fmt::format("ended the program while it was being loaded (exit status {})", end.code);
}

}  // namespace

std::string pack_listing(Listing listing) { return pack(std::move(listing)); }

std::optional<Listing> unpack_listing(std::string_view payload) {
  auto listing = unpack<Listing>(payload);
  const auto is_known = [](const Listed& l) { return l.info.kind <= ComponentKind::operation; };
  if (!listing || !std::ranges::all_of(listing->components, is_known)) return {};
  return listing;
}

Result<Listing> probe(const std::string& library) {
  if (auto fits = shake_hands(library); !fits) return std::unexpected(fits.error());
  const auto end = run_child({.arguments = {"--probe", library}, .input = {}, .wall = kWall});
  if (!end) return std::unexpected(end.error());
  std::string_view bytes = end->answer;
  if (const auto frame = take_frame(bytes); frame && bytes.empty() && end->how == ChildEnd::How::exited) {
    if (frame->answer == Answer::error)
      if (auto error = unpack_error(frame->payload)) return std::unexpected(std::move(*error));
    if (frame->answer == Answer::listing)
      if (auto listing = unpack_listing(frame->payload)) return std::move(*listing);
  }
  auto what = std::filesystem::path(library).filename().string() + " " + ending(*end);
  if (!end->last_words.empty()) what += "; its last words: " + end->last_words;
  return fail(Fault::plugin, std::move(what), library,
              "take it out of the plugin folder, or ask its author for one that loads");
}

int probe_main(int argc, char** argv) {
  confine(kLimits);
  if (argc < 3) return 2;
  const bool whole = argc > 3 && std::string_view(argv[3]) == "conformance";
  const bool heard = whole ? answer_conformance(argv[2]) : answer(list(argv[2]));
  _exit(heard ? 0 : 1);
}

}  // namespace alidade::host
