#include "document.hpp"

#include "alidade/base/json.hpp"
#include "host/query/write_value.hpp"

namespace alidade::sweep {
Result<void> write_document(const Store& store, Sink& out) {
  JsonWriter t(out, 0);
  t.begin_object();
  t.text("schema", "alidade.sweep/1"), t.text("program", store.head().program());
  t.integer("points_in_all", store.head().points);
  t.begin_array("axes");
  for (const auto& axis : store.head().axes) {
    t.begin_object();
    t.text("key", axis.key);
    t.begin_array("values");
    for (const auto& value : axis.values) t.text({}, value);
    t.end_array(), t.end_object();
  }
  t.end_array();
  t.begin_array("columns");
  for (const auto& column : store.columns()) t.text({}, column.name);
  t.end_array();
  t.begin_array("points");
  const auto done = store.each([&](const Row& row) {
    t.begin_array();
    for (const auto& value : row) host::query::write_value(t, {}, value);
    t.end_array();
  });
  t.end_array(), t.end_object();
  out.write("\n");
  return done;
}

}  // namespace alidade::sweep
