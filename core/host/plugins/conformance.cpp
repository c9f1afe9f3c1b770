#include "conformance.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "checks.hpp"
#include "elf.hpp"
#include "enlist.hpp"
#include "handshake.hpp"
#include "host/child/child.hpp"
#include "host/child/confine.hpp"
#include "host/child/frame.hpp"
#include "host/child/packed.hpp"
#include "host/child/sandbox.hpp"

namespace alidade::host {
namespace {

constexpr std::chrono::seconds kWall{30};

/// What the child reports: a check has begun, or it has ended so.
struct Progress {
  Finding finding;
  bool ended = false;
};
void fields(auto& packed, Progress& p) {
  packed(p.finding.check, p.finding.passed, p.finding.detail, p.ended);
}

bool report(Answer kind, const std::string& payload) {
  return answer(frame_head(kind, payload.size()) + payload);
}

// The parent's side.

Finding check_exports(const Elf& elf) {
  Finding finding{
      "exports one symbol, alidade_plugin", elf.exports == std::vector<std::string>{"alidade_plugin"}, {}};
  if (!finding.passed) {
    auto others = elf.exports;
    std::erase(others, "alidade_plugin");
    const auto shown = std::min<std::size_t>(others.size(), 3);
    finding.detail =
        fmt::format("it also exports {}{}; build it with alidade_add_plugin()",
                    text::join(std::span(others).first(shown), ", "),
                    others.size() > shown ? fmt::format(" and {} more", others.size() - shown) : "");
  }
  return finding;
}

/// Other libraries in the process would take these for their own.
Finding check_leaks(const Elf& elf) {
  constexpr std::array<std::string_view, 5> kForeign{"6google8protobuf", "4onnx", "3c10", "2at", "5torch"};
  Finding finding{"shows no symbols of protobuf, onnx or libtorch", true, {}};
  for (const auto& symbol : elf.exports)
    for (const auto part : kForeign)
      if (symbol.find("N" + std::string(part)) != std::string::npos && finding.passed)
        finding = {finding.check, false, "it exports " + symbol};
  return finding;
}

std::string ending(const ChildEnd& end) {
  if (const auto deed = forbidden_deed(end)) return fmt::format("it tried to {}, and was ended", *deed);
  switch (end.how) {
    case ChildEnd::How::deadline:
      return fmt::format("not done after {} seconds", kWall.count());
    case ChildEnd::How::flooded:
      return "it wrote without end";
    case ChildEnd::How::signalled:
      return fmt::format("it crashed ({})", signal_text(end.code));
    case ChildEnd::How::exited:
      break;
  }
  return fmt::format("it ended the program (exit status {})", end.code);
}

/// The findings in an answer; a check that began and never ended is where the child died.
Result<std::vector<Finding>> read_answer(const ChildEnd& end, const std::string& library) {
  std::vector<Finding> findings;
  bool open = false;
  std::string_view bytes = end.answer;
  while (const auto frame = take_frame(bytes)) {
    if (frame->answer == Answer::error)
      if (auto error = unpack_error(frame->payload)) return std::unexpected(std::move(*error));
    const auto progress = unpack<Progress>(frame->payload);
    if (frame->answer != Answer::finding || !progress) break;
    if (open) findings.pop_back();
    findings.push_back(progress->finding);
    open = !progress->ended;
  }
  const auto words = end.last_words.empty() ? "" : "; its last words: " + end.last_words;
  if (open) findings.back() = {findings.back().check, false, ending(end) + words};
  if (findings.empty())
    return fail(Fault::plugin,
                fmt::format("{} could not be tried out: {}{}",
                            std::filesystem::path(library).filename().string(), ending(end), words),
                library);
  return findings;
}

}  // namespace

Result<std::vector<Finding>> check_conformance(const std::string& library) {
  const auto path = std::filesystem::absolute(library).lexically_normal().string();
  if (auto listing = probe(path); !listing) return std::unexpected(listing.error());
  const auto elf = read_elf(path);
  if (!elf) return std::unexpected(elf.error());
  const auto end = run_child({.arguments = {"--probe", path, "conformance"}, .input = {}, .wall = kWall});
  if (!end) return std::unexpected(end.error());
  auto findings = read_answer(*end, path);
  if (!findings) return findings;
  findings->insert(
      findings->begin(),
      {{"was built for this program and loads", true, {}}, check_exports(*elf), check_leaks(*elf)});
  return findings;
}

bool answer_conformance(const std::string& library) {
  auto loaded = load_plugin(library);
  if (!loaded) return report(Answer::error, pack_error(loaded.error()));
  bool heard = true;
  const Try attempt = [&](const std::string& check, const std::function<std::string()>& what_is_wrong) {
    heard = report(Answer::finding, pack(Progress{{check, false, {}}, false})) && heard;
    const auto wrong = what_is_wrong();
    heard = report(Answer::finding, pack(Progress{{check, wrong.empty(), wrong}, true})) && heard;
  };
  attempt("can be loaded twice", [&] {
    const auto again = load_plugin(library);
    if (!again) return again.error().what;
    const bool same = std::ranges::equal(
        *loaded, *again, {}, [](const auto& l) { return l.info.name; },
        [](const auto& l) { return l.info.name; });
    return std::string(same ? "" : "it offers other components the second time");
  });
  Plugins others(plugin_folders({}));
  SampleGraphs samples(*loaded, others);
  for (const auto& component : *loaded) try_component(component, samples, attempt);
  return heard;
}

}  // namespace alidade::host
