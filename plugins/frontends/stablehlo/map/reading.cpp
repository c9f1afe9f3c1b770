#include "reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "call.hpp"
#include "text/cursor.hpp"

namespace alidade::stablehlo {
namespace {

constexpr std::size_t kDeepestCalls = 128;

bool is_return(std::string_view name) {
  return name.ends_with(".return") || name == "return" || name == "func.return";
}

}  // namespace

Reading::Reading(const Module& module, std::string_view text, const ReadRequest& request,
                 const StablehloOptions& options, Bindings bound)
    : bindings(std::move(bound)),
      types(builder, bindings),
      module(module),
      request(request),
      text_(text),
      options_(options),
      held_(module.values.size()),
      type_ids_(module.types.size()) {}

void Reading::wrong(Place place, std::string what, std::string fix, Fault fault) {
  if (error_) return;
  auto where = request.path;
  if (place > 0 && module.is_bytecode) where += fmt::format(": byte {}", place);
  if (place > 0 && !module.is_bytecode) where += ":" + Cursor::line_and_column(text_, place);
  error_ = Error{fault, std::move(what), where, std::move(fix)};
}

TypeId Reading::type_of(TypeRef ref) {
  auto& id = type_ids_[ref];
  if (id.valid()) return id;
  const Type& type = module.types[ref];
  if (type.kind == TypeKind::tensor && type.ranked) {
    std::vector<Dim> dims;
    for (const auto size : type.dims) dims.push_back(size < 0 ? Dim() : Dim(size));
    return id = types.make(type.dtype, dims);
  }
  return id = types.unranked(type.kind == TypeKind::tensor ? type.dtype : Dtype::unknown);
}

void Reading::keep_literal(Held& h, Literal literal) {
  h.literal = static_cast<std::int32_t>(literals_.size());
  literals_.push_back(std::move(literal));
}
Held Reading::repeat(const Operation& op, ValueId source, TypeId type) {
  Held h;
  h.type = type;
  h.repeated = static_cast<std::int32_t>(repeated_.size());
  repeated_.push_back(
      {node_name(op), op.name, op.place, op.location, call_module_, source, type, open_regions_.back(), {}});
  return h;
}

ValueId Reading::id_of(const Held& h) {
  if (h.repeated < 0 || failed()) return h.id;
  auto& view = repeated_[static_cast<std::size_t>(h.repeated)];
  const bool own_region = open_regions_.back() == view.region;
  if (own_region && view.made.valid()) return view.made;
  count_node(view.place);
  const NodeId node = builder.node(Op::expand, view.name, view.foreign, std::span(&view.source, 1));
  std::swap(call_module_, view.module);
  locate(node, view.location);
  std::swap(call_module_, view.module);
  const ValueId made = builder.result(view.name, view.type);
  if (own_region) view.made = made;
  return made;
}

std::span<const Held> Reading::tuple(const Held& h) const {
  return h.tuple < 0 ? std::span<const Held>() : std::span(tuples_[static_cast<std::size_t>(h.tuple)]);
}
Held Reading::make_tuple(std::vector<Held> parts) {
  Held h;
  h.tuple = static_cast<std::int32_t>(tuples_.size());
  tuples_.push_back(std::move(parts));
  return h;
}

void Reading::count_node(Place place) {
  if (++nodes_ > request.max_nodes)
    wrong(place,
          fmt::format("the graph has more than {} nodes, with what it calls written out; no more are allowed",
                      text::grouped(request.max_nodes)),
          kMoreNodes, Fault::limit);
}

void Reading::operation(const Operation& op) {
  place_ = op.place;
  const Rule* rule = rule_of(op.name);
  Call call(*this, op, rule);
  if (rule == nullptr) {
    note_opaque(op.name);
    return call.opaque(op.regions.empty() ? Unbounded::no : Unbounded::graphs);
  }
  if (op.operands.size() < rule->operands)
    return wrong(op.place, fmt::format("{} needs at least {} operand{} and has {}", op.name, rule->operands,
                                       rule->operands == 1 ? "" : "s", op.operands.size()));
  if (!takes(*rule, op)) return;
  rule->map(call);
  if (!failed()) fold(call);
}

/// Tokens and tuples go to what hands values on, and to what is not known; all else computes with tensors.
bool Reading::takes(const Rule& rule, const Operation& op) {
  const auto is_of = [&](std::span<const Rule> rules) {
    return &rule >= rules.data() && &rule < rules.data() + rules.size();
  };
  if (rule.op == Op::opaque || is_of(control_rules())) return true;
  for (std::size_t i = 0; i < op.operands.size(); ++i)
    if (!held_[op.operands[i]].is_tensor())
      return wrong(op.place, fmt::format("{} computes with tensors, and its operand {} is none", op.name, i)),
             false;
  return true;
}

std::vector<Held> Reading::block(const Block& block) {
  std::vector<Held> results;
  for (const auto& op : block.operations) {
    if (failed()) return results;
    if (is_return(op.name)) {
      for (const auto v : op.operands) results.push_back(held_[v]);
      return results;
    }
    operation(op);
  }
  return results;
}

std::vector<Held> Reading::inlined(std::string_view name, std::span<const Held> operands,
                                   const Operation& call) {
  const Place place = call.place;
  const auto found = module.function_names.find(name);
  const auto shown = text::quoted("@" + std::string(name));
  if (found == module.function_names.end())
    return wrong(place, fmt::format("the function {} is called, and the file has none of that name", shown)),
           std::vector<Held>();
  const Function& f = module.functions[found->second];
  if (f.declared_only)
    return wrong(place, fmt::format("the function {} is called, and the file only declares it", shown)),
           std::vector<Held>();
  if (std::ranges::find(open_, &f) != open_.end())
    return wrong(place, fmt::format("the function {} calls itself", shown)), std::vector<Held>();
  if (open_.size() >= kDeepestCalls)
    return wrong(place, fmt::format("functions call functions more than {} deep", kDeepestCalls), {},
                 Fault::limit),
           std::vector<Held>();
  if (f.body.arguments.size() != operands.size())
    return wrong(place, fmt::format("the function {} takes {} operand{} and is given {}", shown,
                                    f.body.arguments.size(), f.body.arguments.size() == 1 ? "" : "s",
                                    operands.size())),
           std::vector<Held>();
  count_node(place);  // a function may be empty, and be called without end all the same
  if (failed()) return {};
  for (std::size_t i = 0; i < operands.size(); ++i) held_[f.body.arguments[i]] = operands[i];
  const auto prefix = prefix_;
  const auto outer = call_module_;
  prefix_ = node_name(call, name) + "/";
  call_module_ = module_of(name_of(call.location));
  open_.push_back(&f);
  auto results = block(f.body);
  open_.pop_back();
  prefix_ = prefix, call_module_ = outer;
  if (!failed() && results.size() != f.results.size())
    wrong(f.place, fmt::format("the function {} states {} result{} and returns {}", shown, f.results.size(),
                               f.results.size() == 1 ? "" : "s", results.size()));
  return results;
}

bool Reading::enter_region(NodeId owner) {
  if (failed()) return false;
  if (depth_ >= request.max_region_depth) {
    wrong(place_, fmt::format("regions are nested more than {} deep", request.max_region_depth),
          raise_limit("max_region_depth"), Fault::limit);
    return false;
  }
  ++depth_;
  builder.begin_region(owner);
  open_regions_.push_back(++regions_);
  return true;
}

void Reading::leave_region(std::span<const Held> results) {
  std::vector<ValueId> ids;
  for (const auto& h : results)
    if (h.is_tensor()) ids.push_back(id_of(h));
  if (failed()) ids.clear();
  open_regions_.pop_back();
  builder.end_region(ids);
  --depth_;
}

/// An argument of the open region for each tensor; tokens and tuples are not carried by the graph.
Held Reading::argument(ValueRef v, const Held& like) {
  if (!like.is_tensor()) return like;
  Held h;
  h.type = like.type, h.kind = ValueKind::argument;
  h.id = builder.argument(prefix_ + std::string(module.values[v].name), h.type);
  return h;
}
std::vector<Held> Reading::arguments(const Block& block, std::span<const Held> like) {
  std::vector<Held> made;
  for (std::size_t i = 0; i < like.size(); ++i) made.push_back(argument(block.arguments[i], like[i]));
  return made;
}

void Reading::loop_region(NodeId owner, const Block& condition, const Block& body,
                          std::span<const Held> carried) {
  region_of(owner, [&] {
    const auto given = arguments(body, carried);
    for (std::size_t i = 0; i < given.size(); ++i)
      held_[condition.arguments[i]] = held_[body.arguments[i]] = given[i];
    auto results = block(condition);
    const auto next = block(body);
    if (!failed() && (results.size() != 1 || next.size() != carried.size()))
      wrong(place_,
            fmt::format("a loop that carries {} values has a condition of {} results and a body of {}",
                        carried.size(), results.size(), next.size()));
    results.insert(results.end(), next.begin(), next.end());
    return results;
  });
}

std::string Reading::node_name(const Operation& op) const {
  const auto dot = op.name.rfind('.');
  return node_name(op, op.name.substr(dot == std::string_view::npos ? 0 : dot + 1));
}
std::string Reading::node_name(const Operation& op, std::string_view base) const {
  std::string name = prefix_ + std::string(base);
  if (op.results > 0 && !module.values[op.first_result].name.empty())
    name += "." + std::string(module.values[op.first_result].name);
  return name;
}

void Reading::write_notes() {
  for (const auto& [foreign, count] : opaque_)
    builder.note(Severity::warning, "opaque-operator",
                 fmt::format("{} {} not known: {}", count, count == 1 ? "operator is" : "operators are",
                             text::printable(foreign)));
  if (!has_parameters_ && inputs_ > 1)
    builder.note(Severity::note, "parameters-not-named",
                 "no argument has the name of a parameter, so all of them count as inputs; the option "
                 "'parameters' of this frontend says which are");
}

Result<Graph> Reading::graph() {
  const Function* f = entry();
  std::vector<Held> results;
  if (f != nullptr) {
    describe();
    inputs(*f);
    open_.push_back(f);
    if (!failed()) results = block(f->body);
    if (!failed() && results.size() != f->results.size())
      wrong(f->place, fmt::format("the function {} states {} result{} and returns {}",
                                  text::quoted("@" + std::string(f->name)), f->results.size(),
                                  f->results.size() == 1 ? "" : "s", results.size()));
  }
  if (failed()) return std::unexpected(*std::move(error_));
  for (const auto& h : results) output(h);
  write_notes();
  return builder.finish();
}

void Reading::output(const Held& h) {
  for (const auto& part : tuple(h)) output(part);
  if (h.is_tensor()) builder.output(id_of(h));
}

}  // namespace alidade::stablehlo
