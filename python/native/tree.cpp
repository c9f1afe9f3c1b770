#include "tree.hpp"

#include <nanobind/stl/string.h>

#include "alidade/base/json.hpp"

namespace nb = nanobind;

namespace alidade::python {
namespace {

void write_value(std::string_view key, const Tree& tree, ObjectWriter& out) {
  struct Writer {
    std::string_view key;
    ObjectWriter& out;
    void operator()(std::monostate) const { out.nothing(key); }
    void operator()(bool flag) const { out.flag(key, flag); }
    void operator()(std::int64_t number) const { out.integer(key, number); }
    void operator()(double number) const { out.real(key, number); }
    void operator()(const std::string& text) const { out.text(key, text); }
    void operator()(const Tree::List& list) const {
      out.begin_array(key);
      for (const auto& each : list) write_value({}, each, out);
      out.end_array();
    }
    void operator()(const Tree::Members& members) const {
      out.begin_object(key);
      for (const auto& [name, each] : members) write_value(name, each, out);
      out.end_object();
    }
  };
  std::visit(Writer{key, out}, tree.value);
}

}  // namespace

void Tree::write(const Graph&, ObjectWriter& out) const {
  if (const auto* members = std::get_if<Members>(&value))
    for (const auto& [name, each] : *members) write_value(name, each, out);
}

Tree tree_of(nb::handle given) {
  if (given.is_none()) return {};
  if (PyBool_Check(given.ptr())) return {nb::cast<bool>(given)};
  if (nb::isinstance<nb::int_>(given)) return {nb::cast<std::int64_t>(given)};
  if (nb::isinstance<nb::float_>(given)) return {nb::cast<double>(given)};
  if (nb::isinstance<nb::str>(given)) return {nb::cast<std::string>(given)};
  if (nb::isinstance<nb::dict>(given)) {
    Tree::Members members;
    for (const auto& [name, each] : nb::cast<nb::dict>(given))
      members.emplace_back(nb::cast<std::string>(nb::str(name)), tree_of(each));
    return {std::move(members)};
  }
  Tree::List list;
  for (const nb::handle each : given) list.push_back(tree_of(each));
  return {std::move(list)};
}

nb::object as_dict(const AnyResult& result, const Graph& graph) {
  StringSink out;
  JsonWriter writer(out, 0);
  writer.begin_object();
  result.write(graph, writer);
  writer.end_object();
  return nb::module_::import_("json").attr("loads")(out.str());
}

}  // namespace alidade::python
