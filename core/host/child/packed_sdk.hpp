#pragma once
#include "alidade/sdk/component.hpp"
#include "alidade/sdk/frontend.hpp"
#include "packed.hpp"

// The fields of the SDK's own structs, as packed between this program and its children.
namespace alidade {

void fields(auto& packed, OptionInfo& o) {
  packed(o.name, o.doc, o.unit, o.fallback, o.low, o.high, o.low_open, o.choices, o.one_of, o.required,
         o.unset);
}
/// Without `make`, and without the result keys, whose names live in the library.
void fields(auto& packed, ComponentInfo& c) { packed(c.kind, c.name, c.doc, c.options, c.isolated); }
void fields(auto& packed, ReadRequest& r) {
  packed(r.path, r.input_shapes, r.input_dtypes, r.bindings, r.max_nodes, r.max_region_depth);
}

}  // namespace alidade
