// Columns, literals and what hides inside expressions.
#include <algorithm>
#include <array>

#include "core/sql/facts_walker.h"
#include "core/sql/word_hash.h"

namespace foreshard::sql {

namespace {

// Casts that change how a value is written, not which value it is (an integer read as text is still that integer).
bool keepsValue(Node typeName) {
    if (typeName["typmods"] || typeName["setof"].isTrue()) return false;
    static constexpr std::array lossy = {
        std::string_view("bit"),    std::string_view("bool"), std::string_view("bpchar"), std::string_view("char"),
        std::string_view("citext"), std::string_view("date"), std::string_view("float4"), std::string_view("interval"),
        std::string_view("money"),  std::string_view("name"), std::string_view("time"),   std::string_view("timestamp"),
        std::string_view("timetz"), std::string_view("xml")};
    const auto names = strings(typeName["names"]);
    return !names.empty() && !std::binary_search(lossy.begin(), lossy.end(), names.back());
}

// The canonical text of an expression over one column.
class ExpressionText {
public:
    using Resolve = std::function<std::optional<ColumnExpression>(Node)>;
    ExpressionText(const ParseForm& form, Resolve resolve) : form_(form), resolve_(std::move(resolve)) {}

    std::optional<ColumnExpression> read(Node expression) {
        std::string text = print(expression, false);
        if (failed_ || !column_) return std::nullopt;
        column_->expression = std::move(text);
        return std::move(column_);
    }

private:
    static constexpr int maxDepth = 16;

    std::string fail() {
        failed_ = true;
        return {};
    }

    std::string print(Node node, bool nested) {
        if (failed_ || depth_ == maxDepth) return fail();
        ++depth_;
        std::string text = printType(node, node.type(), nested);
        --depth_;
        return text;
    }

    std::string printType(Node node, std::string_view type, bool nested) {
        if (type == "ColumnRef") return printColumn(node["ColumnRef"]);
        if (type == "CollateClause") return print(node["CollateClause"]["arg"], nested);
        if (type == "TypeCast") return printCast(node["TypeCast"], nested);
        if (type == "A_Const") return printConstant(node["A_Const"]);
        if (type == "FuncCall") return printCall(node["FuncCall"]);
        if (type == "A_Indirection") return printElement(node["A_Indirection"]);
        if (type == "A_Expr") {
            const std::string text = printOperator(node["A_Expr"]);
            return nested ? "(" + text + ")" : text;
        }
        return fail();
    }

    std::string printColumn(Node reference) {
        auto found = resolve_(reference);
        if (!found || (column_ && !(*column_ == *found)) || (depth_ > 1 && !found->bare())) return fail();
        column_ = std::move(found);
        return column_->expression;
    }

    std::string printCast(Node cast, bool nested) {
        const Node type = cast["typeName"];
        if (keepsValue(type)) return print(cast["arg"], nested);
        if (type["typmods"]) return fail();
        const auto names = strings(type["names"]);
        return print(cast["arg"], true) + "::" + (names.empty() ? std::string() : names.back());
    }

    std::string printConstant(Node constant) {
        if (form_.slot(constant["location"].integer(-1)) != noSlot) return fail();
        if (constant["isnull"].isTrue()) return "NULL";
        if (const Node value = constant["ival"]) return std::to_string(value["ival"].integer(0));
        if (const Node value = constant["fval"]) return std::string(value["fval"].text());
        if (const Node value = constant["boolval"]) return value["boolval"].isTrue() ? "true" : "false";
        const Node value = constant["sval"];
        if (!value) return fail();
        std::string text = "'";
        for (char c : value["sval"].text()) {
            if (c == '\'') text += c;
            text += c;
        }
        return text + "'";
    }

    std::string printCall(Node call) {
        for (const char* special : {"agg_star", "over", "agg_distinct", "agg_order", "agg_filter", "func_variadic"}) {
            if (call[special]) return fail();
        }
        const auto names = strings(call["funcname"]);
        const Node args = call["args"];
        if (names.empty() || args.size() == 0 || isAggregate(names.back())) return fail();
        std::string text = names.back() + "(";
        for (size_t i = 0; i < args.size(); ++i) text += (i ? ", " : "") + print(args.at(i), false);
        return text + ")";
    }

    std::string printElement(Node indirection) {
        std::string text = print(indirection["arg"], true);
        const Node steps = indirection["indirection"];
        for (size_t i = 0; i < steps.size(); ++i) {
            const Node index = steps.at(i).as("A_Indices");
            if (!index || index["is_slice"].isTrue()) return fail();
            text += "[" + print(index["uidx"], false) + "]";
        }
        return text;
    }

    std::string printOperator(Node expression) {
        const auto names = strings(expression["name"]);
        if (expression["kind"].text() != "AEXPR_OP" || names.size() != 1) return fail();
        const std::string& op = names[0];
        const std::string right = print(expression["rexpr"], true);
        if (!expression["lexpr"]) return op + right;
        const bool path = op == "->" || op == "->>" || op == "#>" || op == "#>>";
        // A chain of paths needs no brackets: it is read from the left.
        const std::string left = print(expression["lexpr"], !path);
        return path ? left + op + right : left + " " + op + " " + right;
    }

    const ParseForm& form_;
    Resolve resolve_;
    std::optional<ColumnExpression> column_;
    bool failed_ = false;
    int depth_ = 0;
};

// (SELECT value), as policies wrap it so that it is computed once.
Node loneValue(Node expression) {
    const Node link = expression.as("SubLink");
    if (link["subLinkType"].text() != "EXPR_SUBLINK") return Node();
    const Node select = link["subselect"].as("SelectStmt");
    for (const char* clause : {"fromClause", "whereClause", "havingClause", "limitCount", "limitOffset", "valuesLists", "larg", "withClause"})
        if (select[clause]) return Node();
    const Node targets = select["targetList"];
    return targets.size() == 1 ? targets.at(0).as("ResTarget")["val"] : Node();
}

}  // namespace

uint32_t FactsWalker::literalSlot(Node expression) const {
    for (int depth = 0; depth < 8; ++depth) {
        if (const Node cast = expression.as("TypeCast")) {
            expression = cast["arg"];
        } else if (const Node collate = expression.as("CollateClause")) {
            expression = collate["arg"];
        } else if (const Node constant = expression.as("A_Const")) {
            return form_.slot(constant["location"].integer(-1));
        } else if (const Node parameter = expression.as("ParamRef")) {
            return form_.slot(parameter["location"].integer(-1));
        } else if (const Node sign = expression.as("A_Expr"); sign && !sign["lexpr"]) {
            // -5::int is -(5::int) to the parser, but one literal to us: only where the sign belongs to the slot.
            const auto names = strings(sign["name"]);
            if (names.size() != 1 || (names[0] != "-" && names[0] != "+")) return noSlot;
            const uint32_t slot = literalSlot(sign["rexpr"]);
            return slot != noSlot && form_.slot(sign["location"].integer(-1)) == slot ? slot : noSlot;
        } else if (const Node value = loneValue(expression)) {
            expression = value;
        } else {
            return sessionSlot(expression);
        }
    }
    return noSlot;
}

// current_setting('name'), with NULLIF(…, '') around it, and current_user.
uint32_t FactsWalker::sessionSlot(Node expression) const {
    if (const Node call = expression.as("FuncCall")) {
        const auto names = strings(call["funcname"]);
        Node argument = call["args"].at(0);
        while (const Node cast = argument.as("TypeCast")) argument = cast["arg"];   // 'app.tenant'::text, as the server writes it
        const Node name = argument.as("A_Const");
        const bool plain = name["sval"] && form_.slot(name["location"].integer(-1)) == noSlot;
        const bool ours = names.size() == 1 || (names.size() == 2 && names[0] == "pg_catalog");
        if (!ours || !plain || names.back() != "current_setting") return noSlot;
        return sessionValue(std::string(name["sval"]["sval"].text()));
    }
    if (const Node test = expression.as("A_Expr"); test["kind"].text() == "AEXPR_NULLIF") {
        Node tested = test["lexpr"];
        while (const Node cast = tested.as("TypeCast")) tested = cast["arg"];
        return sessionSlot(tested);
    }
    if (const Node value = expression.as("SQLValueFunction")) {
        for (std::string_view op : {"SVFOP_CURRENT_USER", "SVFOP_CURRENT_ROLE", "SVFOP_USER"})
            if (value["op"].text() == op) return sessionValue("role");
    }
    return noSlot;
}

uint32_t FactsWalker::sessionValue(std::string name) const {
    std::transform(name.begin(), name.end(), name.begin(), lowerByte);
    auto& known = facts_.sessionValues;
    const auto place = std::find(known.begin(), known.end(), name);
    const auto index = static_cast<uint32_t>(place - known.begin());
    if (place == known.end()) known.push_back(std::move(name));
    facts_.sessionSlot = form_.slots;
    return form_.slots + index;
}

// All of a list, or nothing.
std::optional<std::vector<uint32_t>> FactsWalker::literalSlots(Node list) const {
    std::vector<uint32_t> slots;
    for (size_t i = 0; i < list.size(); ++i) {
        const uint32_t slot = literalSlot(list.at(i));
        if (slot == noSlot) return std::nullopt;
        slots.push_back(slot);
    }
    return slots;
}

std::optional<ColumnExpression> FactsWalker::column(Node expression, const Scope& scope) const {
    if (!expression) return std::nullopt;
    return ExpressionText(form_, [&](Node reference) { return resolve(reference, scope); }).read(expression);
}

namespace {

const Output* outputNamed(const Outputs& outputs, const std::string& name) {
    const auto found =
        std::find_if(outputs.columns.begin(), outputs.columns.end(), [&](const Output& o) { return o.name == name; });
    return found == outputs.columns.end() ? nullptr : &*found;
}

std::optional<ColumnExpression> columnOf(const Outputs& outputs, const std::string& name) {
    if (const Output* output = outputNamed(outputs, name)) return output->column;
    if (outputs.stars.size() == 1) return ColumnExpression{outputs.stars[0], name, name};
    return std::nullopt;
}

std::optional<ColumnExpression> columnOf(const ScopeItem& item, const std::string& name) {
    if (item.table != noTable) return ColumnExpression{item.table, name, name};
    return item.outputs ? columnOf(*item.outputs, name) : std::nullopt;
}

}  // namespace

std::optional<ColumnExpression> FactsWalker::resolve(Node columnRef, const Scope& scope) const {
    const Node fields = columnRef["fields"];
    const auto names = strings(fields);
    if (names.empty() || fields.at(names.size() - 1).is("A_Star")) return std::nullopt;
    if (names.size() == 1) return resolveBare(names[0], scope);
    const std::string& name = names.back();
    const std::string& table = names[names.size() - 2];
    for (const Scope* s = &scope; s; s = s->outer) {
        for (const ScopeItem& item : s->items) {
            const bool schemaFits = names.size() == 2 || item.schema.empty() || item.schema == names[names.size() - 3];
            if (item.name == table && schemaFits) return columnOf(item, name);
        }
    }
    return std::nullopt;
}

std::optional<ColumnExpression> FactsWalker::resolveBare(const std::string& name, const Scope& scope) const {
    for (const Scope* s = &scope; s; s = s->outer) {
        if (const auto merged = s->merged.find(name); merged != s->merged.end()) return merged->second;
        if (s->items.empty()) continue;
        size_t tables = 0, unknown = 0;
        const ScopeItem* only = nullptr;
        for (const ScopeItem& item : s->items) {
            if (item.table != noTable) {
                ++tables;
                only = &item;
            } else if (item.outputs && outputNamed(*item.outputs, name)) {
                return columnOf(*item.outputs, name);
            } else if (!item.outputs || !item.outputs->complete) {
                ++unknown;
                if (tables == 0) only = &item;
            }
        }
        if (tables == 1 && unknown == 0) return columnOf(*only, name);
        if (tables == 0 && unknown == 1) return columnOf(*only, name);
        // Every item is known not to have it: a column of the outer query.
        if (tables == 0 && unknown == 0) continue;
        // A schema can find the table, but not that the name is of a query whose rows are not the table's.
        const bool hidden = std::any_of(s->items.begin(), s->items.end(), [](const ScopeItem& item) {
            return item.query && !(item.outputs && (item.outputs->complete || item.outputs->filterable));
        });
        if (tables > 0 && !hidden) return ColumnExpression{noTable, name, name};
        return std::nullopt;
    }
    return std::nullopt;
}

const Output* FactsWalker::literalColumn(Node expression, const Scope& scope) const {
    while (const Node cast = expression.as("TypeCast")) expression = cast["arg"];
    const auto names = strings(expression.as("ColumnRef")["fields"]);
    if (names.empty() || names.size() > 2) return nullptr;
    for (const Scope* s = &scope; s; s = s->outer) {
        for (const ScopeItem& item : s->items) {
            if (!item.outputs || (names.size() == 2 && item.name != names[0])) continue;
            if (const Output* output = outputNamed(*item.outputs, names.back())) return output->literal() ? output : nullptr;
        }
    }
    return nullptr;
}

void FactsWalker::subqueries(Node expression, const Scope& scope) {
    subqueries(expression, Conditions{&scope, nullptr, false, false});
}

// An explicit stack: a sum of ten thousand terms is ten thousand deep.
void FactsWalker::subqueries(Node expression, const Conditions& where) {
    if (!expression || tooDeep_) return;
    Conditions nothingHolds = where;
    nothingHolds.boundsOuter = false;
    std::vector<Node> pending = {expression};
    while (!pending.empty() && !tooDeep_) {
        const Node node = pending.back();
        pending.pop_back();
        if (const Node link = node.as("SubLink")) {
            subLink(link, nothingHolds, false);
            continue;
        }
        if (const Node call = node.as("FuncCall")) settingCall(call);
        const size_t before = pending.size();
        node.children(pending);
        std::reverse(pending.begin() + static_cast<ptrdiff_t>(before), pending.end());
    }
}

// set_config('app.tenant', value, is_local)
void FactsWalker::settingCall(Node call) {
    const auto names = strings(call["funcname"]);
    const Node args = call["args"];
    if (names.empty() || names.back() != "set_config" || args.size() < 2 || !facts_.setting.empty()) return;
    const Node name = args.at(0).as("A_Const");
    if (form_.slot(name["location"].integer(-1)) != noSlot) return;
    facts_.setting = name["sval"]["sval"].text();
    if (const uint32_t slot = literalSlot(args.at(1)); slot != noSlot) facts_.settingSlots = {slot};
    facts_.settingLocal = args.at(2).as("A_Const")["boolval"]["boolval"].isTrue();
}

}  // namespace foreshard::sql
