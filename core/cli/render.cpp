#include <array>
#include <nlohmann/json.hpp>

#include "alidade/base/file.hpp"
#include "host/output/output.hpp"
#include "host/query/result_file.hpp"
#include "host/run/exit_code.hpp"
#include "messages.hpp"
#include "one_model.hpp"
#include "page_out.hpp"
#include "pipeline.hpp"
#include "verbs.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"html", ".html"}};

Result<void> render(const RenderArgs& args) {
  const auto bytes = FileBytes::open(args.result);
  if (!bytes) return std::unexpected(bytes.error());
  const auto document =
      host::query::read_result(bytes->view(), args.result, host::query::Versions::older_too);
  if (!document) return std::unexpected(document.error());
  const std::vector<std::string> inputs{args.result};
  auto out = host::open_output(args.output, inputs);
  if (!out) return std::unexpected(std::move(out).error());
  write_page(bytes->view(), **out);
  return (*out)->finish();
}

}  // namespace

int verb_render(const RenderArgs& args) {
  std::vector<host::Mistake> mistakes;
  (void)format_of({}, args.output, kFormats, mistakes);
  if (!mistakes.empty()) return write_mistakes(mistakes);
  const auto done = render(args);
  if (done) return host::kDone;
  say(done.error());
  return host::exit_code(done.error().fault);
}

}  // namespace alidade::cli
