// Key expressions over one column that the router computes itself: the bare column, lower(x), upper(x), x->>'field', and
// what derived keys are made of: x::bigint (of digits padded with zeros), left(x, n), split_part(x, 'separator', n), both with
// or without ::bigint, and x / n.
// keyPartValue() of router.h gives the value a row is placed by; what stands here says when the database's own result of
// the expression is known to be the same. Pure functions; any thread.
#pragma once

#include "core/sharding/design.h"

namespace foreshard::sharding {

// False for expressions that the router cannot compute: all their rows would be placed as if the key were unknown.
bool computable(const KeyPart& part);

// True where a row for which the database says "expression = value" surely has keyPartValue() = value. False for values
// whose kind is not that of the part's type ('yes' for a boolean, 'infinity', NaN), for fractions of floating-point columns, for letters outside ASCII under lower and upper (the database's locale
// decides) and for nested JSON (its text form varies).
bool decidable(const KeyPart& part, const Value& value);

// Declared types whose equal values can differ as text (citext, inet, interval…): no key of ours can be made of them.
bool hasOwnEquality(std::string_view declaredType);

// Whether equal values of two types hash alike: columns of such types may stand for each other in a co-location group.
bool hashAlike(ValueType a, ValueType b);

// True where equality of the bare column implies equality of the part: not for JSON, whose equal documents differ as text.
bool followsColumn(const KeyPart& part);

}  // namespace foreshard::sharding
