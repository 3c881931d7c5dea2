// libpg_query's JSON parse tree → DdlStatement. The only file of the room that knows JSON.
#include <fmt/format.h>
#include <pg_query.h>

#include <nlohmann/json.hpp>

#include "core/schema/ddl_statement.h"
#include "core/schema/pg_types.h"
#include "core/schema/policy.h"
#include "core/schema/script.h"

namespace foreshard::schema {

namespace {

using Json = nlohmann::json;

const Json& child(const Json& node, const char* name) {
    static const Json nothing;
    const auto found = node.is_object() ? node.find(name) : node.end();
    return node.is_object() && found != node.end() ? *found : nothing;
}
std::string text(const Json& node, const char* name) {
    const Json& found = child(node, name);
    return found.is_string() ? found.get<std::string>() : std::string();
}
bool flag(const Json& node, const char* name) {
    const Json& found = child(node, name);
    return found.is_boolean() && found.get<bool>();
}
std::string sval(const Json& node) { return text(child(node, "String"), "sval"); }

std::vector<std::string> strings(const Json& list) {
    std::vector<std::string> out;
    if (list.is_array())
        for (const Json& item : list) out.push_back(sval(item));
    return out;
}

ObjectName relation(const Json& range) { return {text(range, "schemaname"), text(range, "relname")}; }
ObjectName objectName(const std::vector<std::string>& parts) {
    if (parts.empty()) return {};
    return {parts.size() > 1 ? parts[parts.size() - 2] : std::string(), parts.back()};
}

// ---- expressions ------------------------------------------------------------------------------------------------

// Canonical text of the expressions that people index and shard by, as sql/facts writes it: functions and operators
// over a column and constants, casts dropped. Empty: another kind of expression.
constexpr int maxExpressionDepth = 16;
std::string expression(const Json& node, int depth = 0);

std::string constant(const Json& node) {
    if (const Json& s = child(node, "sval"); s.is_object()) {
        std::string quoted = "'";
        for (const char c : text(s, "sval")) quoted += c == '\'' ? std::string("''") : std::string(1, c);
        return quoted + "'";
    }
    if (const Json& i = child(node, "ival"); i.is_object()) return std::to_string(i.value("ival", 0));
    if (const Json& f = child(node, "fval"); f.is_object()) return text(f, "fval");
    return {};
}

std::string call(const Json& node, int depth) {
    const auto name = strings(child(node, "funcname"));
    std::string arguments;
    const Json& list = child(node, "args");
    if (name.empty() || !list.is_array()) return {};
    for (const Json& argument : list) {
        const std::string one = expression(argument, depth + 1);
        if (one.empty()) return {};
        arguments += (arguments.empty() ? "" : ", ") + one;
    }
    return fmt::format("{}({})", name.back(), arguments);
}

// An operand that is an operator itself stands in brackets, but for a chain of paths, which is read from the left.
std::string operand(const Json& node, int depth, bool brackets) {
    const Json* bare = &node;
    while (child(*bare, "TypeCast").is_object()) bare = &child(child(*bare, "TypeCast"), "arg");
    const std::string one = expression(*bare, depth);
    return brackets && bare->contains("A_Expr") && !one.empty() ? "(" + one + ")" : one;
}

std::string infix(const Json& node, int depth) {
    const auto name = strings(child(node, "name"));
    if (name.size() != 1 || text(node, "kind") != "AEXPR_OP") return {};
    const bool path = name[0] == "->" || name[0] == "->>" || name[0] == "#>" || name[0] == "#>>";
    const std::string left = operand(child(node, "lexpr"), depth + 1, !path),
                      right = operand(child(node, "rexpr"), depth + 1, true);
    if (left.empty() || right.empty()) return {};
    return path ? left + name[0] + right : left + " " + name[0] + " " + right;
}

std::string expression(const Json& node, int depth) {
    if (depth > maxExpressionDepth || !node.is_object() || node.empty()) return {};
    const std::string& kind = node.begin().key();
    const Json& body = node.begin().value();
    if (kind == "ColumnRef") {
        const auto fields = strings(child(body, "fields"));
        return fields.empty() ? std::string() : fields.back();
    }
    if (kind == "A_Const") return constant(body);
    if (kind == "TypeCast") return expression(child(body, "arg"), depth + 1);
    if (kind == "FuncCall") return call(body, depth);
    return kind == "A_Expr" ? infix(body, depth) : std::string();
}

// The sequence behind DEFAULT nextval('…'); nothing for another default.
std::string nextvalSequence(const Json& node) {
    const Json& function = child(node, "FuncCall");
    const auto name = strings(child(function, "funcname"));
    const Json& arguments = child(function, "args");
    if (name.empty() || name.back() != "nextval" || !arguments.is_array() || arguments.empty()) return {};
    const Json* argument = &arguments[0];
    while (argument->contains("TypeCast")) argument = &child(child(*argument, "TypeCast"), "arg");
    return text(child(child(*argument, "A_Const"), "sval"), "sval");
}

std::string sequenceOption(const Json& options) {
    if (!options.is_array()) return {};
    for (const Json& option : options) {
        const Json& element = child(option, "DefElem");
        if (text(element, "defname") != "sequence_name") continue;
        return objectName(strings(child(child(child(element, "arg"), "List"), "items"))).text();
    }
    return {};
}

// ---- tables -----------------------------------------------------------------------------------------------------

void readType(const Json& typeName, ColumnSpec& out) {
    std::vector<int64_t> modifiers;
    if (const Json& list = child(typeName, "typmods"); list.is_array()) {
        for (const Json& item : list)
            if (const Json& i = child(child(item, "A_Const"), "ival"); i.is_object())
                modifiers.push_back(i.value("ival", 0));
    }
    const auto names = strings(child(typeName, "names"));
    const Json& bounds = child(typeName, "arrayBounds");
    const PgType type = describePgType(names, modifiers, bounds.is_array() ? bounds.size() : 0);
    out.column.declaredType = type.declared;
    out.column.type = type.type;
    out.serial = type.serial;
    if (!type.builtIn) out.userType = objectName(names);
    if (type.serial) out.column.notNull = out.column.identity = true;
}

Exclusion readExclusion(const Json& constraint) {
    Exclusion out{text(constraint, "conname"), text(constraint, "access_method"), {}, child(constraint, "where_clause").is_object()};
    if (out.method.empty()) out.method = "btree";
    const Json& list = child(constraint, "exclusions");
    if (!list.is_array()) return out;
    for (const Json& item : list) {
        const Json& pair = child(child(item, "List"), "items");
        if (!pair.is_array() || pair.size() != 2) continue;
        const Json& element = child(pair[0], "IndexElem");
        std::string name = text(element, "name");
        if (name.empty()) name = expression(child(element, "expr"));
        const auto op = strings(child(child(pair[1], "List"), "items"));
        out.elements.push_back({name.empty() ? "(expression)" : name, op.empty() ? std::string() : op.back()});
    }
    return out;
}

// Keys and exclusion constraints only; nothing for CHECK and the like. `column`: the one it stands behind, or empty.
std::optional<KeySpec> readKey(const Json& constraint, const std::string& column) {
    const std::string type = text(constraint, "contype");
    KeySpec spec;
    spec.key.name = text(constraint, "conname");
    spec.usingIndex = text(constraint, "indexname");
    if (type == "CONSTR_FOREIGN") {
        spec.key.kind = KeyKind::foreign;
        spec.key.columns = strings(child(constraint, "fk_attrs"));
        spec.key.referencedColumns = strings(child(constraint, "pk_attrs"));
        spec.references = relation(child(constraint, "pktable"));
    } else if (type == "CONSTR_PRIMARY" || type == "CONSTR_UNIQUE") {
        spec.key.kind = type == "CONSTR_PRIMARY" ? KeyKind::primary : KeyKind::unique;
        spec.key.columns = strings(child(constraint, "keys"));
    } else if (type == "CONSTR_EXCLUSION") {
        spec.exclusion = readExclusion(constraint);
        return spec;
    } else {
        return std::nullopt;
    }
    if (spec.key.columns.empty() && !column.empty()) spec.key.columns = {column};
    return spec;
}

void readColumnConstraint(const Json& constraint, ColumnSpec& out) {
    const std::string type = text(constraint, "contype");
    if (type == "CONSTR_NOTNULL") out.column.notNull = true;
    if (type == "CONSTR_GENERATED") out.column.generated = true;
    if (type == "CONSTR_IDENTITY") {
        out.column.identity = out.column.notNull = true;
        out.column.sequence = sequenceOption(child(constraint, "options"));
        out.serial = out.column.sequence.empty();
    }
    if (type == "CONSTR_DEFAULT") {
        const std::string sequence = nextvalSequence(child(constraint, "raw_expr"));
        if (!sequence.empty()) {
            out.column.identity = true;
            out.column.sequence = sequence;
        }
    }
    if (auto key = readKey(constraint, out.column.name)) out.keys.push_back(std::move(*key));
}

ColumnSpec readColumn(const Json& definition) {
    ColumnSpec out;
    out.column.name = text(definition, "colname");
    readType(child(definition, "typeName"), out);
    if (const Json& constraints = child(definition, "constraints"); constraints.is_array())
        for (const Json& item : constraints) readColumnConstraint(child(item, "Constraint"), out);
    return out;
}

std::vector<std::string> readPartitionKey(const Json& spec) {
    std::vector<std::string> out;
    const Json& parts = child(spec, "partParams");
    if (!parts.is_array()) return out;
    for (const Json& part : parts) {
        const Json& element = child(part, "PartitionElem");
        const std::string name = text(element, "name");
        out.push_back(name.empty() ? expression(child(element, "expr")) : name);
    }
    return out;
}

CreateTable readCreate(const Json& node) {
    // Bits of TableLikeOption in PostgreSQL's parsenodes.h.
    constexpr uint32_t likeDefaults = 1 << 3, likeIdentity = 1 << 5, likeIndexes = 1 << 6;
    CreateTable out;
    out.name = relation(child(node, "relation"));
    out.temporary = text(child(node, "relation"), "relpersistence") == "t";
    out.ifNotExists = flag(node, "if_not_exists");
    out.partition = child(node, "partbound").is_object();
    out.partitionKey = readPartitionKey(child(node, "partspec"));
    if (const Json& parents = child(node, "inhRelations"); parents.is_array())
        for (const Json& parent : parents) out.parents.push_back(relation(child(parent, "RangeVar")));
    const Json& elements = child(node, "tableElts");
    if (!elements.is_array()) return out;
    for (const Json& element : elements) {
        if (element.contains("ColumnDef")) out.columns.push_back(readColumn(element["ColumnDef"]));
        if (element.contains("Constraint"))
            if (auto key = readKey(element["Constraint"], {})) out.keys.push_back(std::move(*key));
        if (element.contains("TableLikeClause")) {
            const Json& like = element["TableLikeClause"];
            const uint32_t options = like.value("options", 0U);
            out.likes.push_back({relation(child(like, "relation")), (options & likeIndexes) != 0,
                                 (options & (likeDefaults | likeIdentity)) != 0});
        }
    }
    return out;
}

// ---- ALTER TABLE ------------------------------------------------------------------------------------------------

AlterKind alterKind(const std::string& subtype) {
    static const std::map<std::string, AlterKind> kinds = {
        {"AT_AddColumn", AlterKind::addColumn},
        {"AT_DropColumn", AlterKind::dropColumn},
        {"AT_ColumnDefault", AlterKind::setDefault},
        {"AT_SetNotNull", AlterKind::setNotNull},
        {"AT_DropNotNull", AlterKind::dropNotNull},
        {"AT_AddIdentity", AlterKind::addIdentity},
        {"AT_DropIdentity", AlterKind::dropIdentity},
        {"AT_AlterColumnType", AlterKind::setType},
        {"AT_AddConstraint", AlterKind::addKey},
        {"AT_DropConstraint", AlterKind::dropConstraint},
        {"AT_AttachPartition", AlterKind::attachPartition},
        {"AT_DetachPartition", AlterKind::detachPartition},
        {"AT_EnableRowSecurity", AlterKind::enableRowSecurity},
        {"AT_DisableRowSecurity", AlterKind::disableRowSecurity},
    };
    const auto found = kinds.find(subtype);
    return found == kinds.end() ? AlterKind::other : found->second;
}

AlterCommand readCommand(const Json& node) {
    AlterCommand out;
    out.kind = alterKind(text(node, "subtype"));
    out.name = text(node, "name");
    out.ifExists = flag(node, "missing_ok");
    const Json& definition = child(node, "def");
    switch (out.kind) {
        case AlterKind::addColumn:
        case AlterKind::setType:
            out.column = readColumn(child(definition, "ColumnDef"));
            break;
        case AlterKind::setDefault:
            out.sequence = nextvalSequence(definition);
            if (out.sequence.empty()) out.kind = AlterKind::dropDefault;
            break;
        case AlterKind::addIdentity:
            out.sequence = sequenceOption(child(child(definition, "Constraint"), "options"));
            break;
        case AlterKind::addKey:
            if (auto key = readKey(child(definition, "Constraint"), {}))
                out.key = std::move(*key);
            else
                out.kind = AlterKind::other;
            break;
        case AlterKind::attachPartition:
        case AlterKind::detachPartition:
            out.partition = relation(child(child(definition, "PartitionCmd"), "name"));
            break;
        default:
            break;
    }
    return out;
}

DdlStatement readAlter(const Json& node) {
    // ALTER INDEX, SEQUENCE and VIEW come in the same shape and say nothing of tables.
    if (text(node, "objtype") != "OBJECT_TABLE") return LeftOut{};
    AlterTable out{relation(child(node, "relation")), flag(node, "missing_ok"), {}};
    if (const Json& commands = child(node, "cmds"); commands.is_array())
        for (const Json& command : commands) out.commands.push_back(readCommand(child(command, "AlterTableCmd")));
    return out;
}

// ---- the rest ---------------------------------------------------------------------------------------------------

DdlStatement readRename(const Json& node) {
    const std::string type = text(node, "renameType");
    Rename out{RenameKind::table, relation(child(node, "relation")), text(node, "subname"), text(node, "newname")};
    if (type == "OBJECT_TABLE") return out;
    if (type == "OBJECT_COLUMN" && text(node, "relationType") == "OBJECT_TABLE")
        out.kind = RenameKind::column;
    else if (type == "OBJECT_TABCONSTRAINT")
        out.kind = RenameKind::constraint;
    else if (type == "OBJECT_INDEX")
        out.kind = RenameKind::index;
    else if (type == "OBJECT_POLICY")
        out.kind = RenameKind::policy;
    else if (type == "OBJECT_TRIGGER")
        out.kind = RenameKind::trigger;
    else
        return LeftOut{};
    return out;
}

// The last name of the first object is the policy's or trigger's.
template <typename T>
DdlStatement readDropOf(const Json& node) {
    const Json& objects = child(node, "objects");
    auto names = objects.is_array() && !objects.empty() ? strings(child(child(objects[0], "List"), "items")) : std::vector<std::string>();
    if (names.size() < 2) return LeftOut{};
    T out{{}, names.back(), flag(node, "missing_ok")};
    names.pop_back();
    out.table = objectName(names);
    return out;
}

DdlStatement readDrop(const Json& node) {
    const std::string type = text(node, "removeType");
    if (type == "OBJECT_POLICY") return readDropOf<DropPolicy>(node);
    if (type == "OBJECT_TRIGGER") return readDropOf<DropTrigger>(node);
    Drop out;
    out.missingOk = flag(node, "missing_ok");
    if (type == "OBJECT_INDEX")
        out.kind = DropKind::index;
    else if (type == "OBJECT_SCHEMA")
        out.kind = DropKind::schema;
    else if (type != "OBJECT_TABLE")
        return LeftOut{};
    if (const Json& objects = child(node, "objects"); objects.is_array()) {
        for (const Json& object : objects) {
            const std::string single = sval(object);
            out.objects.push_back(single.empty() ? objectName(strings(child(child(object, "List"), "items")))
                                                 : ObjectName{{}, single});
        }
    }
    return out;
}

CreateIndex readIndex(const Json& node) {
    CreateIndex out;
    out.table = relation(child(node, "relation"));
    out.index.name = text(node, "idxname");
    out.index.unique = flag(node, "unique") && !child(node, "whereClause").is_object();
    if (const Json& parts = child(node, "indexParams"); parts.is_array()) {
        for (const Json& part : parts) {
            const Json& element = child(part, "IndexElem");
            std::string name = text(element, "name");
            if (name.empty()) name = expression(child(element, "expr"));
            out.index.columns.push_back(name.empty() ? "(expression)" : name);
        }
    }
    return out;
}

// Whether TO names roles; nothing where it is not there.
std::optional<bool> rolesNamed(const Json& roles) {
    if (!roles.is_array()) return std::nullopt;
    return std::none_of(roles.begin(), roles.end(), [](const Json& role) { return text(child(role, "RoleSpec"), "roletype") == "ROLESPEC_PUBLIC"; });
}

CreatePolicy readPolicy(const Json& node, std::string_view source) {
    static const std::map<std::string, PolicyCommand> commands = {
        {"select", PolicyCommand::select}, {"insert", PolicyCommand::insert}, {"update", PolicyCommand::update}, {"delete", PolicyCommand::delete_}};
    CreatePolicy out{relation(child(node, "table")), {}};
    out.policy.name = text(node, "policy_name");
    if (const auto found = commands.find(text(node, "cmd_name")); found != commands.end()) out.policy.command = found->second;
    out.policy.restrictive = !flag(node, "permissive");
    out.policy.forRoles = rolesNamed(child(node, "roles")).value_or(false);
    auto conditions = policyConditions(source, out.table);
    out.policy.allRows = conditions.allRows;
    if (conditions.rows) out.policy.rows = std::move(*conditions.rows);
    out.policy.newRows = std::move(conditions.newRows);
    return out;
}

AlterPolicy readPolicyChange(const Json& node, std::string_view source) {
    AlterPolicy out;
    out.table = relation(child(node, "table"));
    out.name = text(node, "policy_name");
    out.forRoles = rolesNamed(child(node, "roles"));
    auto conditions = policyConditions(source, out.table);
    out.rows = std::move(conditions.rows);
    out.allRows = conditions.allRows;
    out.newRows = std::move(conditions.newRows);
    return out;
}

DdlStatement readSequence(const Json& node) {
    const Json& options = child(node, "options");
    if (!options.is_array()) return LeftOut{};
    for (const Json& option : options) {
        const Json& element = child(option, "DefElem");
        if (text(element, "defname") != "owned_by") continue;
        auto parts = strings(child(child(child(element, "arg"), "List"), "items"));
        if (parts.size() < 2) return LeftOut{};  // OWNED BY NONE
        SequenceOwner out{relation(child(node, "sequence")), {}, parts.back()};
        parts.pop_back();
        out.table = objectName(parts);
        return out;
    }
    return LeftOut{};
}

CreateTrigger readTrigger(const Json& node) {
    // Bits of PostgreSQL's trigger.h (TRIGGER_TYPE_…).
    constexpr uint32_t beforeBit = 1 << 1, insertBit = 1 << 2, deleteBit = 1 << 3, updateBit = 1 << 4, truncateBit = 1 << 5, insteadBit = 1 << 6;
    CreateTrigger out;
    out.table = relation(child(node, "relation"));
    out.replace = flag(node, "replace");
    out.function = objectName(strings(child(node, "funcname")));
    out.trigger.name = text(node, "trigname");
    out.trigger.function = out.function.text();
    out.trigger.eachRow = flag(node, "row");
    out.trigger.before = (node.value("timing", 0U) & (beforeBit | insteadBit)) != 0;
    const uint32_t events = node.value("events", 0U);
    for (const auto& [bit, word] : std::initializer_list<std::pair<uint32_t, const char*>>{{insertBit, "INSERT"}, {updateBit, "UPDATE"}, {deleteBit, "DELETE"}, {truncateBit, "TRUNCATE"}})
        if (events & bit) out.trigger.events += (out.trigger.events.empty() ? "" : " OR ") + std::string(word);
    return out;
}

std::vector<std::string> pathOfText(std::string_view list) {
    std::vector<std::string> out;
    while (!list.empty()) {
        const size_t comma = list.find(',');
        std::string_view one = list.substr(0, comma);
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        const auto unwanted = [](char c) { return c == ' ' || c == '"'; };
        while (!one.empty() && unwanted(one.front())) one.remove_prefix(1);
        while (!one.empty() && unwanted(one.back())) one.remove_suffix(1);
        if (!one.empty()) out.emplace_back(one);
    }
    return out;
}

std::string constantText(const Json& node) { return text(child(child(node, "A_Const"), "sval"), "sval"); }

DdlStatement readSet(const Json& node) {
    if (text(node, "name") != "search_path") return LeftOut{};
    SetSearchPath out;
    if (const Json& arguments = child(node, "args"); arguments.is_array())
        for (const Json& argument : arguments) out.path.push_back(constantText(argument));
    if (text(node, "kind") != "VAR_SET_VALUE") out.path = {"public"};
    return out;
}

// SELECT pg_catalog.set_config('search_path', '…', …), as pg_dump writes it.
DdlStatement readSelect(const Json& node) {
    const Json& targets = child(node, "targetList");
    if (!targets.is_array() || targets.size() != 1) return LeftOut{};
    const Json& function = child(child(child(targets[0], "ResTarget"), "val"), "FuncCall");
    const auto name = strings(child(function, "funcname"));
    const Json& arguments = child(function, "args");
    if (name.empty() || name.back() != "set_config" || !arguments.is_array() || arguments.size() < 2) return LeftOut{};
    if (constantText(arguments[0]) != "search_path") return LeftOut{};
    return SetSearchPath{pathOfText(constantText(arguments[1]))};
}

DdlStatement readDomain(const Json& node) {
    ColumnSpec base;
    readType(child(node, "typeName"), base);
    return DefineType{objectName(strings(child(node, "domainname"))), base.column.type, base.userType};
}

// `source`: its text.
DdlStatement readStatement(const Json& statement, std::string_view source) {
    if (!statement.is_object() || statement.empty()) return LeftOut{};
    const std::string& kind = statement.begin().key();
    const Json& node = statement.begin().value();
    if (kind == "CreateStmt") return readCreate(node);
    if (kind == "CreateForeignTableStmt")
        return LeftOut{"foreign table", relation(child(child(node, "base"), "relation")).text()};
    if (kind == "CreateTableAsStmt" && text(node, "objtype") == "OBJECT_TABLE") {
        CreateTable out;
        out.name = relation(child(child(node, "into"), "rel"));
        out.temporary = text(child(child(node, "into"), "rel"), "relpersistence") == "t";
        out.ifNotExists = flag(node, "if_not_exists");
        out.fromQuery = true;
        return out;
    }
    if (kind == "AlterTableStmt") return readAlter(node);
    if (kind == "RenameStmt") return readRename(node);
    if (kind == "AlterObjectSchemaStmt" && text(node, "objectType") == "OBJECT_TABLE")
        return MoveToSchema{relation(child(node, "relation")), text(node, "newschema")};
    if (kind == "DropStmt") return readDrop(node);
    if (kind == "IndexStmt") return readIndex(node);
    if (kind == "CreateSeqStmt" || kind == "AlterSeqStmt") return readSequence(node);
    if (kind == "VariableSetStmt") return readSet(node);
    if (kind == "SelectStmt") return readSelect(node);
    if (kind == "CreateDomainStmt") return readDomain(node);
    if (kind == "CreatePolicyStmt") return readPolicy(node, source);
    if (kind == "CreateTrigStmt") return readTrigger(node);
    if (kind == "AlterPolicyStmt") return readPolicyChange(node, source);
    if (kind == "CreateEnumStmt") return DefineType{objectName(strings(child(node, "typeName"))), ValueType::text, {}};
    return LeftOut{};
}

}  // namespace

ParsedDdl parseDdl(std::string_view statement, uint32_t tokens) try {
    ParsedDdl out;
    if (tokens > maxDdlTokens) {
        out.error = fmt::format("it has more than {} words, which the parser's stack does not hold", maxDdlTokens);
        return out;
    }
    if (const size_t zero = statement.find('\0'); zero != std::string_view::npos) {
        out.error = "it holds a zero byte, which no SQL text has";
        out.errorOffset = static_cast<uint32_t>(zero);
        return out;
    }
    const std::string copy(statement);
    const PgQueryParseResult parsed = pg_query_parse(copy.c_str());
    if (parsed.error) {
        out.error = parsed.error->message ? parsed.error->message : "syntax error";
        out.errorOffset = parsed.error->cursorpos > 0 ? static_cast<uint32_t>(parsed.error->cursorpos - 1) : 0;
    } else {
        const Json tree = Json::parse(parsed.parse_tree ? parsed.parse_tree : "", nullptr, false);
        if (const Json& statements = child(tree, "stmts"); statements.is_array())
            for (const Json& one : statements) out.statements.push_back(readStatement(child(one, "stmt"), statement));
    }
    pg_query_free_parse_result(parsed);
    return out;
} catch (const std::exception& failure) {
    return {{}, fmt::format("its parse tree could not be read ({})", failure.what()), 0};
}

}  // namespace foreshard::schema
