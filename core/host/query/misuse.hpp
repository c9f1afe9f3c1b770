#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/query/node.hpp"
#include "host/query/range.hpp"

namespace alidade::host::query {

// The sentences of mistakes that show when an expression is worked out: names, and values of the wrong kind.

/// "there is no field 'macz' (did you mean 'macs'?)", `what` being "field" and `where` " in each model"
/// or nothing: all names where they are few, else the
/// nearest and the command that lists all.
[[nodiscard]] Error no_name(const std::string& what, const std::string& word,
                            const std::vector<std::string>& names, const std::string& where = {});
/// The same of the fields of a scope; for a name with dots, of what stands beside it.
[[nodiscard]] Error no_field(const std::string& word, const FieldScope& scope);

/// A number or a text where only yes or no says anything, and how to make a condition of it; `around` is the
/// part that wants one.
[[nodiscard]] Error no_condition(std::string_view text, const Expression::Node& node, const Range& found,
                                 const Expression::Node* around);

/// What sum(), abs() and their like cannot be of.
[[nodiscard]] Error no_figure(const std::string& function, const Range& found);

/// Arithmetic, or an order, of what is no number.
[[nodiscard]] Error no_numbers(const std::string& op, const Range& left, const Range& right);

/// `depthwise == often`, `name == 5`: it would hold for no operator, and look like an answer.
[[nodiscard]] Error of_two_kinds(const std::string& op, const Range& left, const Range& right);

}  // namespace alidade::host::query
