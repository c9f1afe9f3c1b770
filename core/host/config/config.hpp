#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/base/sink.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/sdk/component.hpp"
#include "alidade/sdk/options.hpp"
#include "limits.hpp"

namespace alidade::host {

/// What a value came from; it decides how its place is shown.
enum class Origin : std::uint8_t { file, environment, flag, builtin };
/// Where a value was written: a file with line and column (in characters, from 1), a variable, "--set", or
/// "default".
struct Place {
  std::string file;
  int line = 0, column = 0;
  Origin origin = Origin::file;
};
/// A value that knows its place.
template <class T>
struct Located {
  T value{};
  Place place;
};

/// One option as written, before its component has checked it.
struct WrittenOption {
  std::string key;
  OptionValue value;
  Place key_place, place;
  std::map<std::string, Place, std::less<>> inner = {};  ///< of a table: where its keys stand
};
/// One [[operator]], [[analysis]], [[hardware]] or [[report]] entry: which component, under which id, with
/// which options.
struct Use {
  Located<std::string> use, id;
  std::vector<WrittenOption> options;
  Place place;
};
/// One [[hardware]]: a component with a device's figures, its own or those of the file of a device.
struct HardwareUse : Use {
  std::optional<Located<std::string>> device;  ///< whose file gave what the entry itself does not say
  std::string name;                            ///< of the device, for people
  std::optional<Located<std::string>> precision, backend, layout;  ///< in place of those of the component
  std::optional<Located<std::string>> support;   ///< the file that says which operators the device runs
  std::optional<Located<std::string>> measured;  ///< a table of kernels that were timed on it
  std::vector<Located<std::string>> uncertain;   ///< options whose figures nobody is sure of
  std::map<std::string, Located<std::string>, std::less<>> sources;  ///< of options: where the figure is from
};
/// One [[placement]]: a placer, and the targets that it places on, the wanted one first.
struct PlacementUse : Use {
  std::vector<Located<std::string>> targets;
  Located<std::string> objective{"time", {}};
  std::vector<std::string> allow,
      forbid;              ///< operators that the first target takes, or does not, whatever it says
  std::string partitions;  ///< a folder for a graph of each partition; none is written where it is empty
};
/// One [[link]]: the way from one target to another, and back.
struct LinkUse {
  Located<std::string> from, to;
  double gbps = 0, latency_us = 0, pj_per_byte = 0;
  Place place;
};
/// One [[report]]: `path` "-" is standard output; {model} makes one file per model.
struct ReportUse : Use {
  Located<std::string> path{"-", {}};
};
/// One [[model]]: a path or glob with what differs for it.
struct ModelUse {
  Located<std::string> path;
  std::string shown;  ///< what the path is called where it means nothing to a reader: "standard input"
  std::optional<Located<std::string>> id;
  std::vector<Located<std::string>> frontends;  ///< tried in order; empty: the family decides
  Bindings bindings;
  std::map<std::string, std::vector<std::int64_t>, std::less<>> input_shapes;
  std::vector<std::int64_t> batches;  ///< several: each is a model of its own in the reports
  std::map<std::string, Located<std::string>, std::less<>> input_dtypes;
  Place place;
};
/// One [[family]]: models whose file name or id matches are read by these frontends, in order. The first
/// match wins.
struct Family {
  Located<std::string> match;
  std::vector<Located<std::string>> frontends;
  Place place;
};
/// One [[test]]: what has to hold of every model whose id matches, as an expression over its results.
struct TestUse {
  Located<std::string> that, model{"*", {}};
  std::optional<Located<std::string>> id;
  Place place;
};
/// [frontend.NAME]: options of one frontend, and whether it runs in a worker.
struct FrontendUse {
  Located<std::string> name;
  std::optional<bool> worker;
  std::vector<WrittenOption> options;
};
inline constexpr std::int64_t kMostThreads = 4096;  ///< that may be asked for
/// The text of a file, a variable or a flag, kept so that a mistake can show the line it is in.
struct Source {
  std::string file, text;
};

struct ConfigNode;  // node.hpp

/// A pipeline, typed, every value with its place; what config files, environment and flags add up to.
struct Config {
  std::vector<std::string> files;  ///< read, in order, includes first, without the built-in defaults
  std::string name;
  std::vector<Located<std::string>> plugin_path;  ///< absolute
  std::vector<ComponentInfo> own;  ///< of the program that calls: found before those of plugins
  std::vector<ModelUse> models;
  std::vector<Family> families;
  std::vector<FrontendUse> frontends;
  std::vector<Use> operators, analyses;
  std::vector<HardwareUse> hardware;
  std::vector<LinkUse> links;
  std::vector<PlacementUse> placements;
  std::vector<ReportUse> reports;
  std::vector<TestUse> tests;
  Limits limits;
  Bindings bindings;
  std::vector<std::string>
      flags;             ///< further words of the command line that opens the models in the same way
  unsigned threads = 0;  ///< 0: as many as the machine has
  bool trust = false;    ///< files of models are read in this process, but by frontends that ask for a worker
  bool complete = true;  ///< without a mistake so far; else what is missing may be in what was not understood
  std::vector<Source> sources;
  std::shared_ptr<const ConfigNode> written;  ///< the same before it was typed, as one table
};

/// A mistake in a config: rendered with file:line:col, the source line, a caret and what to write instead.
struct Mistake {
  Place place;
  std::string what, fix;
  std::string line = {};        ///< the source line; added by read_config() and make_plan()
  Fault fault = Fault::config;  ///< another where the machine or a limit is in the way, and not the config
};
/// All mistakes, one after another, in order of place, as text for standard error.
[[nodiscard]] std::string to_text(std::span<const Mistake> mistakes);
/// The same as a JSON list of {file, line, column, what, fix}.
void write_json(std::span<const Mistake> mistakes, Sink& out);
/// The line that a place is in; empty when none is.
[[nodiscard]] std::string_view source_line(std::span<const Source> sources, const Place& place);
/// Puts mistakes in order of place and gives each its source line.
void settle(std::vector<Mistake>& mistakes, std::span<const Source> sources);
/// "pipeline.toml:7:1", "--set", "ALIDADE_SET_threads" or "default".
[[nodiscard]] std::string to_text(const Place& place);

/// A [[hardware]] entry by flag: a device, what the entry is called, and the file that says what it runs.
struct TargetRequest {
  Located<std::string> device;
  std::string id, support;
};

/// A value that a flag of its own sets, as --set would: "--convention macs" is analysis.cost.convention=macs.
struct FlagValue {
  std::string flag, path, value;
};

/// What to read and how: files left to right, then ALIDADE_SET_* of the environment, then flags, then --set
/// key=value.
struct ConfigRequest {
  std::vector<std::string> files;  ///< "-" is standard input
  std::vector<std::string>
      sets;  ///< "analysis.cost.convention=macs": ids address entries; values as TOML or bare word
  std::vector<Located<std::string>> analyses =
      {};  ///< entries behind those of the files, which `sets` may address
  std::vector<Located<std::string>> devices = {};  ///< the same for [[hardware]], by the name of the device
  std::optional<Located<std::string>> precision = {};  ///< of those
  std::vector<TargetRequest> targets = {};             ///< further devices, under names of their own
  std::optional<Located<std::string>> placer = {};     ///< a [[placement]] on the targets with this component
  std::optional<Located<std::string>> objective = {};  ///< of that
  std::vector<FlagValue> flags = {};
  std::vector<ComponentInfo> own = {};  ///< of the program that calls; its hardware is named as devices are
};
/// Reads everything, and is the only way to a config that files, environment and flags add up to; on mistakes
/// it holds what could be understood.
[[nodiscard]] Config read_config(const ConfigRequest& request, std::vector<Mistake>& mistakes);

/// The installed data (config/, models/, schema/): ALIDADE_SHARE, or ../share/alidade beside the program's
/// folder.
[[nodiscard]] std::string share_folder();

}  // namespace alidade::host
