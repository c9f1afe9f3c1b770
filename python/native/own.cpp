#include "own.hpp"

#include <memory>
#include <mutex>
#include <set>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "alidade/base/failure.hpp"
#include "alidade/sdk/analysis.hpp"
#include "objects.hpp"
#include "tree.hpp"

namespace nb = nanobind;

namespace alidade::python {
namespace {

/// An object of Python's that any thread may let go of.
using Held = std::shared_ptr<nb::object>;
Held held(nb::object object) {
  return {new nb::object(std::move(object)), [](nb::object* last) {
            if (!nb::is_alive()) return;  // Python has ended, and its objects with it
            const nb::gil_scoped_acquire lock;
            delete last;
          }};
}

/// A function of alidade.plugins, which checks what a plugin gives.
nb::object checked(const char* function) { return nb::module_::import_("alidade.plugins").attr(function); }

/// What was raised. Ctrl-C is meant for the caller: it comes again, once the host has given this back.
Error error_of(const nb::python_error& thrown, const std::string& name) {
  if (thrown.matches(PyExc_KeyboardInterrupt)) {
    PyErr_SetInterrupt();
    return {Fault::plugin, "'" + name + "' was interrupted", {}, {}};
  }
  const auto [what, where] =
      nb::cast<std::pair<std::string, std::string>>(checked("raised")(thrown.value(), thrown.traceback()));
  return {Fault::plugin, "'" + name + "': " + what, where,
          "mend it there; the rest of the run is not touched"};
}

/// Calls into Python; what is raised there is an error.
template <class F>
auto asked(const std::string& name, F&& f) -> Result<decltype(f())> {
  const nb::gil_scoped_acquire lock;
  try {
    return f();
  } catch (const nb::python_error& thrown) {
    return std::unexpected(error_of(thrown, name));
  } catch (const nb::builtin_exception& thrown) {  // raised by a conversion here
    return fail(Fault::plugin, "'" + name + "': " + thrown.what());
  }
}
/// The same where there is no way to give an error back.
template <class F>
auto asked_or_throw(const std::string& name, F&& f) {
  auto found = asked(name, std::forward<F>(f));
  if (!found) throw Failure(std::move(found).error());
  return std::move(*found);
}

/// Keeps a name for the rest of the process's life: results outlive their plugins.
std::string_view kept(const std::string& name) {
  static std::mutex mutex;
  static auto& names = *new std::set<std::string>;
  const std::scoped_lock lock(mutex);
  return *names.insert(name).first;
}

class OwnAnalysis final : public AnalysisPass {
 public:
  OwnAnalysis(std::string name, std::vector<ResultKey> needs, Held object)
      : name_(std::move(name)), needs_(std::move(needs)), object_(std::move(object)) {}

  Result<AnyResult> run_erased(const Graph& graph, const ResultSet& results) const override {
    return asked(name_, [&] {
      nb::dict found;
      for (const auto& need : needs_)
        if (const auto* result = results.find(need))
          found[std::string(need.name).c_str()] = as_dict(*result, graph);
      const auto made = checked("analysis_result")(*object_, graph_object(graph), found);
      return AnyResult::named(kept(name_), tree_of(made));
    });
  }

 private:
  std::string name_;
  std::vector<ResultKey> needs_;
  Held object_;
};

class OwnHardware final : public HardwareModel {
 public:
  OwnHardware(std::string name, Held object) : name_(std::move(name)), object_(std::move(object)) {}

  Machine machine() const override {
    return asked_or_throw(name_, [&] {
      const auto given = checked("machine")(*object_);
      Machine out;
      out.name = nb::cast<std::string>(given.attr("name"));
      if (const auto bytes = nb::cast<std::optional<std::uint64_t>>(given.attr("capacity_bytes")))
        out.capacity = Bytes(*bytes);
      out.per_inference = Seconds(nb::cast<double>(given.attr("per_inference_s")));
      out.streams = nb::cast<std::uint32_t>(given.attr("streams"));
      out.idle_watts = nb::cast<std::optional<double>>(given.attr("idle_watts"));
      out.cap_watts = nb::cast<std::optional<double>>(given.attr("cap_watts"));
      return out;
    });
  }
  Verdict supports(const Graph& graph, NodeId node) const override {
    return asked_or_throw(name_, [&] {
      const auto [how, factor, reason] = nb::cast<std::tuple<std::string, double, std::string>>(
          checked("verdict")(*object_, node_object(graph, node)));
      using How = Verdict::How;
      return Verdict{how == "native" ? How::native
                     : how == "slow" ? How::slow
                                     : How::unsupported,
                     factor, reason};
    });
  }
  Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const override {
    return asked(name_, [&] {
      const auto given = checked("kernel_time")(*object_, kernel_object(graph, kernel));
      const auto seconds = [&](const char* member) { return Seconds(nb::cast<double>(given.attr(member))); };
      KernelTime out;
      out.compute = seconds("compute_s"), out.memory = seconds("memory_s"), out.launch = seconds("launch_s");
      if (const auto joules = nb::cast<std::optional<double>>(given.attr("energy_j")))
        out.energy = Joules(*joules);
      return out;
    });
  }

 private:
  std::string name_;
  Held object_;
};

class OwnPlacer final : public Placer {
 public:
  OwnPlacer(std::string name, Held object) : name_(std::move(name)), object_(std::move(object)) {}

  Result<Draft> place(const PlacementTask& task) const override {
    return asked(name_, [&] {
      const auto devices =
          nb::cast<std::vector<std::uint8_t>>(checked("placement")(*object_, task_object(task)));
      return Draft{devices, {}, {}};
    });
  }

 private:
  std::string name_;
  Held object_;
};

}  // namespace

ComponentInfo component_of(OwnPlugin plugin) {
  ComponentInfo info;
  info.name = plugin.name, info.doc = "written in Python";
  const auto object = held(std::move(plugin.object));
  for (const auto& [need, version] : plugin.needs) info.needs.push_back({kept(need), version});
  if (plugin.kind == "analysis") {
    info.kind = ComponentKind::analysis, info.makes = {{kept(plugin.name), 0}};
    info.make = [name = info.name, needs = info.needs, object](const OptionValues&) {
      return std::make_unique<OwnAnalysis>(name, needs, object);
    };
  } else if (plugin.kind == "hardware") {
    info.kind = ComponentKind::hardware;
    info.make = [name = info.name, object](const OptionValues&) {
      return std::make_unique<OwnHardware>(name, object);
    };
  } else {
    info.kind = ComponentKind::placer;
    info.make = [name = info.name, object](const OptionValues&) {
      return std::make_unique<OwnPlacer>(name, object);
    };
  }
  return info;
}

}  // namespace alidade::python
