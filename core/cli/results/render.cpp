#include <array>
#include <nlohmann/json.hpp>

#include "alidade/base/file.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/sweeps/points_out.hpp"
#include "cli/verbs.hpp"
#include "host/query/result_file.hpp"
#include "host/run/exit_code.hpp"
#include "written_page.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"html", ".html"}};

/// Of the store of a sweep.
Result<void> render_store(const RenderArgs& args) {
  const auto store = sweep::Store::read(args.result);
  if (!store) return std::unexpected(store.error());
  StringSink page;
  if (auto ok = write_sweep_page(*store, page); !ok) return ok;
  const std::vector<std::string> inputs{args.result};
  return write_output(args.output, inputs, [&](Sink& out) { out.write(page.str()); });
}

Result<void> render(const RenderArgs& args) {
  if (sweep::is_store(args.result)) return render_store(args);
  const auto bytes = FileBytes::open(args.result);
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->view().size() <= page::kMostBytes) {  // a longer one is checked as far as it is read
    const auto document =
        host::query::read_result(bytes->view(), args.result, host::query::Versions::older_too);
    if (!document) return std::unexpected(document.error());
  }
  StringSink page;
  if (auto ok =
          page::write(bytes->view(), page, args.summary ? page::Extent::summary : page::Extent::fitting);
      !ok)
    return ok.error().where = args.result, ok;
  const std::vector<std::string> inputs{args.result};
  return write_output(args.output, inputs, [&](Sink& out) { out.write(page.str()); });
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
