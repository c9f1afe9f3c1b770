// The module alidade._host: libalidade-host as Python sees it. What is found out is handed over as figures or
// as JSON; the package makes objects of it.
#include "alidade/host.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include "alidade/base/failure.hpp"
#include "alidade/results/cost.hpp"
#include "own.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using namespace alidade;

namespace {

std::string_view name(Fault fault) {
  switch (fault) {
    case Fault::check:
      return "check";
    case Fault::config:
      return "config";
    case Fault::model:
      return "model";
    case Fault::plugin:
      return "plugin";
    case Fault::output:
      return "output";
    case Fault::limit:
      return "limit";
    case Fault::internal:
      break;
  }
  return "internal";
}

/// Ctrl-C meanwhile, in a plugin too, comes before what the host has to say.
void raise_in_python(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Failure& failure) {
    if (PyErr_CheckSignals() != 0) return;
    const auto& [fault, what, where, fix] = failure.error();
    const auto made = nb::module_::import_("alidade.errors")
                          .attr("of_fault")(std::string(name(fault)).c_str(), what, where, fix);
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
  }
}

/// Python's other threads go on meanwhile.
template <class F>
auto without_lock(F&& f) {
  auto made = [&] {
    const nb::gil_scoped_release released;
    return f();
  }();
  if (!made) throw Failure(std::move(made).error());
  return std::move(*made);
}

using Texts = std::vector<std::pair<std::string, std::string>>;  // code and sentence

Texts texts_of(const std::vector<Diagnostic>& warnings) {
  Texts out;
  for (const auto& warning : warnings) out.emplace_back(warning.code, warning.text);
  return out;
}

using Parts =
    std::tuple<std::string, std::string, std::string, std::string>;  // what alidade.errors.of_fault takes

Parts parts_of(const Error& error) {
  return {std::string(name(error.fault)), error.what, error.where, error.fix};
}
std::vector<Parts> parts_of(const std::vector<Error>& errors) {
  std::vector<Parts> out;
  for (const auto& error : errors) out.push_back(parts_of(error));
  return out;
}

/// The totals of the only model, without a look at its operators; nothing where there are several, or none.
nb::object totals(const Answer& answer) {
  const auto& models = answer.run().models;
  const auto* cost =
      models.size() == 1 && models[0].results ? models[0].results->get<CostProfile>() : nullptr;
  if (!cost) return nb::none();
  nb::dict out;
  const auto& total = cost->total;
  out["macs"] = total.macs.value, out["flops"] = total.flops.value, out["params"] = total.params.value;
  out["counted"] = total.counted, out["bytes"] = total.traffic.value, out["ops"] = total.ops;
  out["exact"] = total.exact();
  return out;
}

using OwnPlugins = std::vector<
    std::tuple<std::string, std::string, std::vector<std::pair<std::string, std::uint32_t>>, nb::object>>;

std::vector<ComponentInfo> components_of(const OwnPlugins& own) {
  std::vector<ComponentInfo> out;
  for (const auto& [kind, name, needs, object] : own)
    out.push_back(python::component_of({kind, name, needs, object}));
  return out;
}

}  // namespace

NB_MODULE(_host, m) {
  nb::register_exception_translator(raise_in_python);
  m.def("version", &Host::version);

  nb::class_<Model>(m, "Model")
      .def_prop_ro("id", &Model::id)
      .def_prop_ro("operators", [](const Model& model) { return model.graph().node_count(); })
      .def_prop_ro("symbols", [](const Model& model) { return model.graph().free_symbols(); })
      .def_prop_ro("warnings", [](const Model& model) { return texts_of(model.warnings()); });

  nb::class_<Answer>(m, "Answer")
      .def_prop_ro("totals", totals)
      .def_prop_ro("text", &Answer::text)
      .def_prop_ro("exit_code", &Answer::exit_code)
      .def_prop_ro("warnings", [](const Answer& answer) { return texts_of(answer.warnings()); })
      .def_prop_ro("errors", [](const Answer& answer) { return parts_of(answer.errors()); })
      .def(
          "json", [](const Answer& answer, int indent) { return answer.json(indent); }, "indent"_a = 0,
          nb::call_guard<nb::gil_scoped_release>());

  nb::class_<Host>(m, "Host")
      .def(
          "__init__",
          [](Host* at, std::vector<std::string> plugin_path, std::vector<std::string> sets,
             const OwnPlugins& own) {
            new (at) Host({std::move(plugin_path), std::move(sets), components_of(own)});
          },
          nb::kw_only(), "plugin_path"_a = std::vector<std::string>{}, "sets"_a = std::vector<std::string>{},
          "own"_a = OwnPlugins{})
      .def(
          "open",
          [](const Host& host, const std::string& model, const std::string& shown,
             const std::string& frontend, const std::map<std::string, std::int64_t>& bind,
             const std::vector<std::string>& input_shapes, std::optional<std::int64_t> batch) {
            return without_lock(
                [&] { return host.open({model, shown, frontend, bind, input_shapes, batch}); });
          },
          "model"_a, nb::kw_only(), "shown"_a = "", "frontend"_a = "",
          "bind"_a = std::map<std::string, std::int64_t>{}, "input_shapes"_a = std::vector<std::string>{},
          "batch"_a = nb::none())
      .def(
          "profile",
          [](const Host& host, const Model& model, const std::vector<std::string>& with,
             const std::string& convention, const std::vector<std::string>& on, const std::string& dtype,
             const std::vector<std::int64_t>& batches, const std::string& report,
             const OptionValues& options) {
            return without_lock([&] {
              return host.profile(model, {with, convention, on, dtype, batches, {}, report, options});
            });
          },
          "model"_a, nb::kw_only(), "analyses"_a = std::vector<std::string>{}, "convention"_a = "",
          "on"_a = std::vector<std::string>{}, "dtype"_a = "", "batches"_a = std::vector<std::int64_t>{},
          "report"_a = "", "report_options"_a = OptionValues{})
      .def(
          "estimate",
          [](const Host& host, const Model& model, const std::vector<std::string>& on,
             const std::string& dtype, const std::vector<std::int64_t>& batches,
             const std::map<std::string, double>& figures) {
            return without_lock([&] {
              return host.estimate(model, {.on = on, .dtype = dtype, .batches = batches, .figures = figures});
            });
          },
          "model"_a, nb::kw_only(), "on"_a, "dtype"_a = "", "batches"_a = std::vector<std::int64_t>{},
          "figures"_a = std::map<std::string, double>{})
      .def(
          "place",
          [](const Host& host, const Model& model, const std::string& target, const std::string& device,
             const std::string& beside, const std::string& support, const std::string& placer,
             const std::string& dtype, const std::vector<std::string>& allow,
             const std::vector<std::string>& forbid) {
            return without_lock([&] {
              return host.place(model, {target, device, beside, support, placer, dtype, allow, forbid});
            });
          },
          "model"_a, nb::kw_only(), "target"_a, "device"_a = "", "beside"_a = "", "support"_a = "",
          "placer"_a = "greedy", "dtype"_a = "", "allow"_a = std::vector<std::string>{},
          "forbid"_a = std::vector<std::string>{})
      .def(
          "run",
          [](const Host& host, const std::vector<std::string>& pipelines) {
            return without_lock([&] { return host.run(pipelines); });
          },
          "pipelines"_a);
}
