#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alidade/infer/types.hpp"
#include "alidade/infer/values.hpp"
#include "alidade/sdk/frontend.hpp"
#include "module.hpp"
#include "stablehlo_frontend.hpp"

namespace alidade::stablehlo {

using infer::Literal;
using infer::Number;
using infer::Shape;

struct Rule;

/// What a value of the file has become. A token is no value of the graph; a tuple is the values in it.
struct Held {
  ValueId id;
  TypeId type;
  ValueKind kind = ValueKind::result;
  std::int32_t literal = -1;  ///< known contents, by their row
  std::int32_t tuple = -1;
  std::int32_t repeated = -1;  ///< a view of a smaller tensor, made when somebody asks for it
  [[nodiscard]] bool is_tensor() const { return type.valid(); }
};

/// A smaller tensor repeated to a shape. Operators that broadcast by themselves read the smaller one.
struct Repeated {
  std::string name;
  std::string_view foreign;
  Place place = 0;
  std::uint32_t location = kNoLocation;
  ModuleId module;  ///< of the call that it stands in
  ValueId source;
  TypeId type;
  std::uint32_t region = 0;  ///< where the view is made, once
  ValueId made;
};

/// Turns one function of a module, and those that it calls, into a graph.
class Reading {
 public:
  Reading(const Module& module, std::string_view text, const ReadRequest& request,
          const StablehloOptions& options, Bindings bindings);
  [[nodiscard]] Result<Graph> graph();

  // What the operators' rules use
  GraphBuilder builder;
  Bindings bindings;
  infer::Types types;
  const Module& module;
  const ReadRequest& request;

  [[nodiscard]] Held& held(ValueRef v) { return held_[v]; }
  [[nodiscard]] TypeId type_of(TypeRef type);
  [[nodiscard]] const Type& stated(ValueRef v) const { return module.types[module.values[v].type]; }
  [[nodiscard]] const Literal* literal(const Held& h) const {
    return h.literal < 0 ? nullptr : &literals_[static_cast<std::size_t>(h.literal)];
  }
  void keep_literal(Held& h, Literal literal);
  /// The value of the graph; the view of a repeated tensor is made here.
  [[nodiscard]] ValueId id_of(const Held& h);
  [[nodiscard]] Held repeat(const Operation& op, ValueId source, TypeId type);
  [[nodiscard]] ValueId source_of(const Held& h) const {
    return h.repeated < 0 ? h.id : repeated_[static_cast<std::size_t>(h.repeated)].source;
  }
  [[nodiscard]] std::span<const Held> tuple(const Held& h) const;
  [[nodiscard]] Held make_tuple(std::vector<Held> parts);

  /// The operators of a block; what it gives back.
  std::vector<Held> block(const Block& block);
  /// A function in the place of its call.
  std::vector<Held> inlined(std::string_view function, std::span<const Held> operands, const Operation& call);
  /// A region of a node that is given nothing.
  std::vector<Held> region(NodeId owner, const Block& inside) {
    return region_of(owner, [&] { return block(inside); });
  }
  /// A region with what `inside` puts there and gives back.
  template <class Inside>
  std::vector<Held> region_of(NodeId owner, Inside&& inside) {
    if (!enter_region(owner)) return {};
    auto results = inside();
    leave_region(results);
    return results;
  }
  /// The one region of a while: its condition, then its body, of the same carried values.
  void loop_region(NodeId owner, const Block& condition, const Block& body, std::span<const Held> carried);

  /// What is done and the name of what it makes, "add.3", behind the calls that it stands in.
  [[nodiscard]] std::string node_name(const Operation& op) const;
  [[nodiscard]] std::string node_name(const Operation& op, std::string_view base) const;
  void locate(NodeId node, std::uint32_t location);
  void count_node(Place place);
  void note_opaque(std::string_view foreign) { ++opaque_[std::string(foreign)]; }

  void wrong(Place place, std::string what, std::string fix = {}, Fault fault = Fault::model);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] bool takes(const Rule& rule, const Operation& op);
  /// The function that an operator calls; none for any other operator.
  [[nodiscard]] const Function* called(const Operation& op) const;

 private:
  const Function* entry();
  void inputs(const Function& f);
  [[nodiscard]] std::string argument_name(const Function& f, std::size_t i) const;
  [[nodiscard]] ValueKind kind_of(std::string_view name) const;
  [[nodiscard]] std::string symbol_of(const std::string& name, std::size_t i, std::size_t d) const;
  void bind_asked(const Function& f);
  void note_bounds(const Function& f);
  TypeId input_type(const Type& type, const std::string& name, std::size_t i);
  Held unpacked(TypeRef type, const std::string& name, std::size_t i, ValueKind kind);
  void describe();
  void write_notes();
  void output(const Held& h);
  void operation(const Operation& op);
  bool enter_region(NodeId owner);
  void leave_region(std::span<const Held> results);
  [[nodiscard]] Held argument(ValueRef v, const Held& like);
  std::vector<Held> arguments(const Block& block, std::span<const Held> like);
  const Location& location(std::uint32_t row) const;
  std::optional<std::pair<std::string_view, int>> source_of(std::uint32_t row, int depth) const;
  std::string_view name_of(std::uint32_t row) const;
  ModuleId module_of(std::string_view name);
  ModuleId scopes_of(std::string_view name);

  std::string_view text_;
  const StablehloOptions& options_;
  std::vector<Held> held_;
  std::vector<TypeId> type_ids_;
  std::vector<Literal> literals_;
  std::vector<std::vector<Held>> tuples_;
  std::vector<Repeated> repeated_;
  std::vector<std::uint32_t> open_regions_{0};
  std::uint32_t regions_ = 0;
  std::vector<const Function*> open_;  ///< functions that are being read
  std::string prefix_;                 ///< of names, inside calls
  ModuleId call_module_{0};
  struct Scoped {
    ModuleId within, module;
  };
  std::unordered_map<std::string_view, Scoped> scoped_;  ///< by the scopes of names
  std::uint64_t nodes_ = 0;
  Place place_ = 0;  ///< of the operator that is translated
  std::uint32_t depth_ = 0;
  std::map<std::string, std::size_t> opaque_;
  std::optional<Error> error_;
  bool has_parameters_ = false, has_names_ = false;
  std::size_t inputs_ = 0;
  std::map<std::pair<std::size_t, std::size_t>, std::string> size_texts_;  ///< see argument_sizes()
};

}  // namespace alidade::stablehlo
