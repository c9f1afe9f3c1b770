#include "alidade/results/crosscheck.hpp"

namespace alidade {
namespace {

void write_compared(std::string_view key, const std::vector<Compared>& rows, ObjectWriter& t) {
  t.begin_array(key);
  for (const auto& row : rows) {
    t.begin_object();
    t.text("name", row.name), t.count("ops", row.ops), t.count("ours", row.ours),
        t.count("theirs", row.theirs);
    if (row.cause.empty())
      t.nothing("cause");
    else
      t.text("cause", row.cause);
    t.flag("partial", row.partial);
    t.end_object();
  }
  t.end_array();
}

void write_left_out(const std::vector<LeftOut>& rows, ObjectWriter& t) {
  t.begin_array("left_out");
  for (const auto& row : rows) {
    t.begin_object();
    t.text("operator", row.label), t.count("ops", row.ops), t.count("macs", row.macs),
        t.count("flops", row.flops);
    t.end_object();
  }
  t.end_array();
}

/// Modules are written where they differ: the equal ones say nothing.
std::vector<Compared> differing(const std::vector<Compared>& modules) {
  std::vector<Compared> rows;
  for (const auto& row : modules)
    if (row.ours != row.theirs) rows.push_back(row);
  return rows;
}

}  // namespace

void CrossCheck::write(const Graph&, ObjectWriter& t) const {
  t.count("own_flops", own_flops), write_upper(t, "own_flops_upper", own_flops_upper);
  t.count("own_macs", own_macs), write_upper(t, "own_macs_upper", own_macs_upper);
  t.begin_array("tools");
  for (const auto& tool : tools) {
    t.begin_object();
    t.text("tool", tool.tool), t.text("version", tool.version), t.text("convention", name(tool.convention));
    t.count("ours", tool.ours), t.count("theirs", tool.theirs);
    t.count("unexplained", tool.unexplained), t.flag("agrees", tool.agrees);
    write_compared("classes", tool.classes, t);
    t.count("modules_compared", tool.modules.size());
    write_compared("modules", differing(tool.modules), t);
    write_left_out(tool.left_out, t);
    t.end_object();
  }
  t.end_array();
}

}  // namespace alidade
