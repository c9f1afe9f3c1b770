#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "alidade/base/text.hpp"
#include "command_flags.hpp"
#include "host/child/nursery.hpp"
#include "host/config/input_shape.hpp"
#include "parts.hpp"
#include "recognise.hpp"
#include "source.hpp"

namespace alidade::host {
namespace {
namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code none;
  return fs::exists(path, none);
}

bool is_pattern(const std::string& path) { return path.find_first_of("*?") != path.npos && !exists(path); }

/// The path without "folder/.." where that names the same file; one that begins with a dash stays a path.
std::string tidied(const std::string& path) {
  std::error_code none;
  auto normal = fs::path(path).lexically_normal().string();
  if (normal.starts_with('-')) normal.insert(0, "./");
  return fs::equivalent(normal, path, none) ? normal : path;
}

/// Files that a shell pattern matches, sorted by bytes.
std::vector<std::string> matching(const std::string& pattern) {
  std::vector<std::string> files;
  glob_t found{};
  if (::glob(pattern.c_str(), GLOB_NOSORT | GLOB_NOESCAPE, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i)
      if (std::error_code none; fs::is_regular_file(found.gl_pathv[i], none))
        files.push_back(tidied(found.gl_pathv[i]));
  ::globfree(&found);
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> names_beside(const std::string& path) {
  std::vector<std::string> names;
  const auto folder = fs::path(path).parent_path();
  std::error_code none;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, none), end; !none && entry != end;
       entry.increment(none))
    names.push_back(entry->path().filename().string());
  std::ranges::sort(names);
  return names;
}

/// The same, and of a bare word on the command line the names of the models that come with the program.
std::vector<std::string> names_near(const Located<std::string>& path) {
  auto names = names_beside(path.value);
  if (path.place.origin != Origin::flag || path.value.contains('/')) return names;
  for (const auto& file : names_beside(share_folder() + "/models/."))
    if (file.ends_with(".onnx")) names.push_back(fs::path(file).stem().string());
  return names;
}

/// The nearest folder above `path` that does not exist, as a way out; or `otherwise`.
std::string missing_folder(const std::string& path, std::string otherwise) {
  const auto folder = fs::path(path).parent_path().string();
  if (folder.empty() || folder.find_first_of("*?") != folder.npos || exists(folder)) return otherwise;
  return "the folder " + text::quoted(tidied(folder)) + " does not exist";
}

std::string id_from(const std::string& path) {
  auto id = is_source(path) ? source_name(path) : fs::path(path).stem().string();
  const auto stays = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  std::ranges::replace_if(id, [&](char c) { return !stays(c); }, '_');
  if (id.empty() || id.front() == '.') id.insert(0, "_");
  return id;
}

/// What a [[family]] matches: a file's own name, a source as it is written.
std::string shown_name(const std::string& path) {
  return has_scheme(path) ? path : fs::path(path).filename().string();
}

/// Makes the steps; knows which ids and files are taken.
class ModelPlanner {
 public:
  ModelPlanner(const Config& config, Finder& finder) : config_(config), finder_(finder) {}

  std::vector<ModelStep> run() {
    for (const auto& model : config_.models) {
      if (model.id) ids_.insert(model.id->value);
      if (!is_pattern(model.path.value)) named_.insert(tidied(model.path.value));
    }
    for (const auto& model : config_.models) {
      if (!is_source(model.path.value)) refuse_element_types(model);
      if (is_pattern(model.path.value))
        add_matching(model);
      else if (is_source(model.path.value) ? check_source(model.path) : check_file(model.path))
        add(model, tidied(model.path.value));
    }
    check_unused_frontends();
    return std::move(steps_);
  }

 private:
  void refuse_element_types(const ModelUse& model) {
    for (const auto& [name, dtype] : model.input_dtypes) {
      const auto sizes = model.input_shapes.find(name);
      const InputShape shape{sizes == model.input_shapes.end() ? std::vector<std::int64_t>() : sizes->second,
                             dtype.value};
      finder_.mistake(
          {dtype.place,
           text::quoted(to_text(name, shape)) + " names an element type, and a model file states its own",
           "leave " + text::quoted(":" + dtype.value) +
               " out; it is for models that are captured, as net.py:Net is"});
    }
  }

  void add_matching(const ModelUse& model) {
    auto files = matching(model.path.value);
    if (files.empty())
      return finder_.mistake({model.path.place, "no file matches " + text::quoted(model.path.value),
                              missing_folder(model.path.value, "* and ? stand for parts of a file's name")});
    std::erase_if(files, [&](const auto& file) { return !named_.insert(file).second; });
    if (model.id && files.size() > 1)
      return finder_.mistake({model.id->place,
                              "the id " + text::quoted(model.id->value) + " would name " +
                                  std::to_string(files.size()) + " models",
                              "leave 'id' out: each model is called by its file's stem"});
    for (const auto& file : files) add(model, file);
  }

  bool check_source(const Located<std::string>& source) {
    return has_scheme(source.value) || check_file({source_file(source.value), source.place});
  }

  static std::string way_to_a_file(const Located<std::string>& path) {
    if (path.place.origin != Origin::flag)
      return "paths are meant from the folder of the file that they stand in";
    if (path.value.find('=') != std::string::npos)
      return "a size has a flag of its own: --bind " + text::printable(path.value);
    return "'alidade models' lists those that come with the program; a source has a colon: "
           "torchvision:resnet18, "
           "net.py:Net";
  }
  bool check_file(const Located<std::string>& path) {
    std::error_code none;
    const auto name = text::quoted(tidied(path.value));
    if (fs::is_symlink(path.value, none) && !exists(path.value)) {
      finder_.mistake({path.place,
                       name + " is a symbolic link to " +
                           text::quoted(fs::read_symlink(path.value, none).string()) + ", which is not there",
                       "name the model file itself, or let the link point to it"});
      return false;
    }
    if (!exists(path.value)) {
      const auto hint = text::did_you_mean(fs::path(path.value).filename().string(), names_near(path));
      finder_.mistake({path.place, "there is no model file " + text::quoted(path.value) + hint,
                       missing_folder(path.value, way_to_a_file(path))});
      return false;
    }
    if (!fs::is_directory(path.value, none)) return true;
    finder_.mistake({path.place, name + " is a folder, not a model file",
                     "for all files of a kind in it, write \"" +
                         text::printable((fs::path(path.value) / "*.onnx").string()) + "\""});
    return false;
  }

  void add(const ModelUse& model, const std::string& path) {
    ModelStep step;
    step.path = path;
    step.shown = model.shown.empty() ? path : model.shown;
    step.id = model.id ? model.id->value : free_id(id_from(path));
    step.bindings = model.bindings;
    for (const auto& [name, size] : model.bindings) step.own_bindings.insert(name);
    step.bindings.insert(config_.bindings.begin(), config_.bindings.end());
    step.input_shapes = model.input_shapes;
    for (const auto& [name, dtype] : model.input_dtypes) step.input_dtypes[name] = dtype.value;
    for (const auto& name : frontends_of(model, step))
      if (const auto* loaded = finder_.find(name.value, ComponentKind::frontend, place_of(name, model)))
        step.frontends.push_back(frontend_step(*loaded, is_source(path)));
    if (is_source(path)) step.follow = follower(model, step);
    add_batches(model, std::move(step));
  }
  void add_batches(const ModelUse& model, ModelStep step) {
    const auto id = step.id;
    const bool several = model.batches.size() > 1;
    if (several) step.series = ++series_;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, model.batches.size()); ++i) {
      if (!model.batches.empty()) step.batch = model.batches[i];
      if (several) step.id = free_id(id + "-batch" + std::to_string(*step.batch));
      step.flags = command_flags(config_, model, step);
      steps_.push_back(step);
    }
  }

  /// A frontend that the built-in families chose is reported at the model: that is the line that one can
  /// change.
  static const Place& place_of(const Located<std::string>& frontend, const ModelUse& model) {
    return frontend.place.origin == Origin::builtin ? model.path.place : frontend.place;
  }

  std::string free_id(const std::string& wish) {
    auto id = wish;
    for (int n = 2; !ids_.insert(id).second; ++n) id = wish + "-" + std::to_string(n);
    return id;
  }

  std::vector<Located<std::string>> frontends_of(const ModelUse& model, const ModelStep& step) {
    if (!model.frontends.empty()) return model.frontends;
    const auto name = shown_name(step.path);
    for (const auto& family : config_.families)
      if (text::matches(family.match.value, name) || text::matches(family.match.value, step.id))
        return family.frontends;
    std::vector<Located<std::string>> frontends;
    for (auto& frontend : recognised_by(step.path, config_, finder_))
      frontends.push_back({std::move(frontend), model.path.place});
    if (!frontends.empty()) return frontends;
    const auto shown = model.shown.empty() ? text::quoted(name) : model.shown;
    finder_.mistake({model.path.place,
                     "no [[family]] says which frontend reads " + shown + ", and none knows its first bytes",
                     how_to_name_a_frontend(model, name)});
    return {};
  }
  static std::string how_to_name_a_frontend(const ModelUse& model, const std::string& name) {
    if (name.ends_with(".py")) return "name the model in it, a class or a function: " + name + ":NAME";
    if (model.path.place.origin == Origin::flag) return "name one: --frontend onnx";
    return "add frontend = \"onnx\" to this [[model]], or a [[family]] that matches the name";
  }

  /// A source is made here: it starts programs, as no worker may.
  FrontendStep frontend_step(const Loaded& loaded, bool is_source) {
    FrontendStep step;
    step.loaded = &loaded;
    step.id = loaded.info.name;
    step.worker = loaded.info.isolated || !(config_.trust || is_source);
    const auto use =
        std::ranges::find(config_.frontends, loaded.info.name, [](const auto& f) { return f.name.value; });
    if (use == config_.frontends.end()) return step;
    step.worker = use->worker.value_or(step.worker);
    step.options = check_options(loaded.info, use->options, " in [frontend." + loaded.info.name + "]",
                                 {"worker"}, finder_);
    return step;
  }

  /// Plans the file that a source becomes, as if it stood in the place of the source.
  std::function<Result<ModelStep>(const std::string&)> follower(const ModelUse& model,
                                                                const ModelStep& step) {
    Config config;
    config.families = config_.families, config.frontends = config_.frontends, config.trust = config_.trust;
    auto& only = config.models.emplace_back();
    only.path = model.path, only.id = Located<std::string>{step.id, model.path.place};
    only.bindings = step.bindings;
    return [config, lookup = finder_.lookup()](const std::string& file) {
      return plan_file(config, lookup, file);
    };
  }

  static Result<ModelStep> plan_file(Config config, const Lookup& lookup, const std::string& file) {
    config.models[0].path.value = file;
    PlanOutcome outcome;
    Finder finder(lookup, outcome);
    auto steps = ModelPlanner(config, finder).run();
    if (outcome.mistakes.empty()) return std::move(steps.at(0));
    return fail(outcome.refused ? Fault::plugin : Fault::config, outcome.mistakes[0].what, file,
                outcome.mistakes[0].fix);
  }

  /// A frontend that no model uses is not loaded; that it exists is checked all the same.
  void check_unused_frontends() {
    for (const auto& use : config_.frontends) {
      const auto used = [&](const ModelStep& m) {
        return std::ranges::any_of(m.frontends, [&](const auto& f) { return f.id == use.name.value; });
      };
      if (finder_.failed(use.name.value) || std::ranges::any_of(steps_, used)) continue;
      const auto library = use.name.value.substr(0, use.name.value.find('.'));
      if (std::ranges::find(finder_.libraries(), library) == finder_.libraries().end())
        finder_.mistake({use.name.place,
                         "there is no frontend " + text::quoted(use.name.value) +
                             text::did_you_mean(use.name.value, finder_.libraries()),
                         "'alidade plugins list --kind frontend' shows what is installed"});
    }
  }

  const Config& config_;
  Finder& finder_;
  std::set<std::string> ids_, named_;
  std::uint32_t series_ = 0;
  std::vector<ModelStep> steps_;
};

}  // namespace

namespace {

/// Calls f(library, step) for every frontend that runs in a worker because its library must not be loaded
/// here.
template <class F>
void each_isolated(std::vector<ModelStep>& models, F&& f) {
  for (auto& model : models)
    for (auto& step : model.frontends)
      if (step.worker && step.loaded->info.isolated) f(step.loaded->library, step);
}

/// One nursery for each library that several models may need.
void share_libraries(std::vector<ModelStep>& models) {
  std::map<std::string, std::size_t> uses;
  std::map<std::string, std::shared_ptr<Nursery>> nurseries;
  each_isolated(models, [&](const std::string& library, FrontendStep&) { ++uses[library]; });
  each_isolated(models, [&](const std::string& library, FrontendStep& step) {
    if (uses[library] < 2) return;
    auto& nursery = nurseries[library];
    if (!nursery) nursery = std::make_shared<Nursery>(library);
    step.nursery = nursery;
  });
}

}  // namespace

std::vector<ModelStep> plan_models(const Config& config, Finder& finder) {
  auto models = ModelPlanner(config, finder).run();
  share_libraries(models);
  return models;
}

}  // namespace alidade::host
