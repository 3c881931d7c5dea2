#include "core/migration/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/words.h"
#include "core/sharding/key_expression.h"

namespace foreshard::migration {

using namespace cluster;
using sharding::Strategy;
using sharding::TableDesign;

std::string normalDdl(std::string_view ddl) {
    std::string out;
    char quote = 0;
    for (const char c : ddl) {
        if (quote) {
            out += c;
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote = c;
            out += c;
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    // Blanks beside punctuation mean nothing.
    std::string tight;
    for (size_t i = 0; i < out.size(); ++i) {
        const auto punctuation = [](char c) { return c == '(' || c == ')' || c == ','; };
        if (out[i] == ' ' && ((!tight.empty() && punctuation(tight.back())) || (i + 1 < out.size() && punctuation(out[i + 1])))) continue;
        tight += out[i];
    }
    return tight;
}

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& each) { return sameName(each, name); });
}

class Linter {
public:
    explicit Linter(const LintInput& input) : in_(input), after_(input.placement.to()->design) {}

    std::vector<LintFinding> run() {
        for (const auto& table : in_.placement.tables()) {
            checkIdentity(table);
            checkKeys(table);
            checkForeignKeys(table);
            checkIds(table);
            checkRows(table);
        }
        checkCoLocation();
        checkShards();
        checkDesign();
        checkLookups();
        std::stable_sort(found_.begin(), found_.end(), [](const LintFinding& a, const LintFinding& b) {
            return std::tuple(b.severity, a.what, a.evidence) < std::tuple(a.severity, b.what, b.evidence);
        });
        return std::move(found_);
    }

private:
    void add(Severity severity, const char* what, std::string evidence, std::string remedy) {
        found_.push_back({severity, what, std::move(evidence), std::move(remedy)});
    }
    const TableDesign* design(std::string_view table) const {
        for (const auto& each : after_.tables)
            if (sameName(bareTable(each.table), bareTable(table))) return &each;
        return nullptr;
    }
    static bool spread(const TableDesign* design) { return design && design->keyed(); }

    void checkIdentity(const PlacedTable& table) {
        const auto& info = table.info;
        if (info.identity.empty())
            add(Severity::error, "no_row_identity", fmt::format("{} has no primary key, and its columns hide the row id under all its names.", info.name),
                "Give the table a primary key.");
        if (table.group == 0 && !table.referenceAfter) return;
        if (info.primaryKey.empty())
            add(Severity::warning, "no_primary_key", fmt::format("{} has no primary key: all its rows of one key move in one batch, and a row that is there twice cannot be told from two equal rows.", info.name),
                "Add a primary key, or accept longer batches for its largest keys.");
        if (info.withoutRowId)
            add(Severity::note, "without_row_id", fmt::format("{} is WITHOUT ROWID: its rows are followed by primary key.", info.name), "Nothing to do.");
    }

    void checkKeys(const PlacedTable& table) {
        const auto* after = design(table.info.name);
        if (!spread(after)) return;
        std::vector<std::string> key;
        for (const auto& part : after->key) {
            key.push_back(part.column);
            if (!sharding::computable(part))
                add(Severity::error, "key_not_computable", fmt::format("{} is sharded by {}, which the router cannot compute.", table.info.name, part.expression),
                    "Take a design with a plain column, lower(), upper() or a field of a JSON column.");
        }
        for (const auto& unique : table.info.uniqueKeys) {
            const bool holds = std::all_of(key.begin(), key.end(), [&](const auto& column) { return contains(unique, column); });
            if (!holds)
                add(Severity::warning, "unique_without_key", fmt::format("{}: ({}) is unique on each shard only, for it does not contain the sharding key ({}).", table.info.name, joined(unique), joined(key)),
                    "Make its values unique where they are made (ranges, UUIDs), or add the sharding key to it.");
        }
    }

    bool together(const PlacedTable& table, const TableInfo::ForeignKey& foreign) const {
        const auto* child = design(table.info.name);
        const auto* parent = design(foreign.table);
        if (parent && parent->strategy == Strategy::reference) return true;
        if (!spread(child) && !spread(parent)) return (child ? child->home : 0) == (parent ? parent->home : 0);
        if (!spread(child) || !spread(parent) || child->group != parent->group || child->key.size() != parent->key.size()) return false;
        for (size_t i = 0; i < child->key.size(); ++i) {
            bool mapped = false;
            for (size_t c = 0; c < foreign.columns.size(); ++c) {
                const std::string& referenced = foreign.referenced[c].empty() && foreign.columns.size() == 1 ? parent->key[i].column : foreign.referenced[c];
                mapped = mapped || (sameName(foreign.columns[c], child->key[i].column) && sameName(referenced, parent->key[i].column));
            }
            if (!mapped) return false;
        }
        return true;
    }

    void checkForeignKeys(const PlacedTable& table) {
        for (const auto& foreign : table.info.foreignKeys)
            if (!together(table, foreign))
                add(Severity::warning, "foreign_key_across_shards", fmt::format("{} ({}) refers to {}, whose rows may live on another shard: no engine checks that.", table.info.name, joined(foreign.columns), foreign.table),
                    "Check it in the application, replicate the referenced table, or drop the constraint.");
    }

    void checkIds(const PlacedTable& table) {
        const auto* after = design(table.info.name);
        if (!spread(after)) return;
        const bool aliased = !table.info.withoutRowId && !table.info.identityIsRowId && table.info.identity.size() == 1;
        if (table.info.autoIncrement || aliased)
            add(Severity::warning, "ids_made_by_shard", fmt::format("{}: {} is numbered by each database on its own; new rows on two shards may get the same number.", table.info.name, table.info.identity.front()),
                "Give ids in the application, or from ranges that no two shards share.");
    }

    void checkRows(const PlacedTable& table) {
        if (const auto misplaced = in_.diff.misplaced.find(table.info.name); misplaced != in_.diff.misplaced.end())
            add(Severity::error, "misplaced_rows", fmt::format("{}: {} rows are on shards that the present design does not put them on.", table.info.name, misplaced->second),
                "Check that the right design is said to be in force, and that new shards are empty.");
        if (const auto nulls = in_.diff.nullKeys.find(table.info.name); nulls != in_.diff.nullKeys.end())
            add(Severity::warning, "null_keys", fmt::format("{}: {} rows have NULL in their sharding key; they all live on one shard.", table.info.name, nulls->second),
                "Fill the column in, or accept it.");
    }

    void checkCoLocation() {
        std::map<uint32_t, std::vector<const TableDesign*>> groups;
        for (const auto& table : after_.tables)
            if (table.keyed()) groups[table.group].push_back(&table);
        for (const auto& [group, tables] : groups)
            for (size_t part = 0; part < tables.front()->key.size(); ++part) {
                const TableInfo* first = infoOf(*tables.front());
                for (size_t i = 1; i < tables.size(); ++i) {
                    const TableInfo* other = infoOf(*tables[i]);
                    if (!first || !other || part >= tables[i]->key.size()) continue;
                    compareTypes(*first, tables.front()->key[part].column, *other, tables[i]->key[part].column);
                }
            }
    }
    const TableInfo* infoOf(const TableDesign& table) const {
        const auto* placed = in_.placement.find(table.table);
        return placed ? &placed->info : nullptr;
    }
    void compareTypes(const TableInfo& a, const std::string& aColumn, const TableInfo& b, const std::string& bColumn) {
        const auto* left = a.column(aColumn);
        const auto* right = b.column(bColumn);
        if (!left || !right || left->type == right->type) return;
        add(Severity::warning, "key_types_differ", fmt::format("{}.{} is {}, {}.{} is {}: equal keys may be stored differently.", a.name, aColumn, left->declaredType, b.name, bColumn, right->declaredType),
            "Declare both alike, so that rows which belong together always land together.");
    }

    void checkShards() {
        const auto& model = in_.shards.at(in_.lead);
        for (const auto& [index, shard] : in_.shards) {
            const std::string& name = in_.cluster.spec(index).name;
            if (!shard.exists) {
                if (const auto& place = in_.cluster.spec(index).uri; !in_.cluster.canBeMade(index))
                    add(Severity::error, "no_place_for_shard", fmt::format("Shard {} cannot be made: the folder of {} is not there, or may not be written.", name, place), "Make the folder, or name another place.");
                else
                    add(Severity::note, "shard_will_be_made", fmt::format("Shard {} does not exist yet; the plan makes it.", name), "Check that its place has room.");
                continue;
            }
            for (const auto& table : shard.tables) {
                const auto* same = findTable(model.tables, table.name);
                if (same && !table.isVirtual && normalDdl(same->ddl) != normalDdl(table.ddl))
                    add(Severity::error, "schemas_differ", fmt::format("{} is declared differently on {} and {}.", table.name, in_.cluster.spec(in_.lead).name, name), "Make both declarations the same.");
            }
        }
        for (const auto& object : model.objects) {
            if (object.kind == "trigger")
                add(Severity::warning, "trigger", fmt::format("Trigger {} on {} is not made on new shards; it does not fire when rows move.", object.name, object.table), "Create it on the shards that should have it.");
            if (object.kind == "view")
                add(Severity::warning, "view", fmt::format("View {} is not made on new shards.", object.name), "Create it where all its tables are on one shard.");
        }
        for (const auto& table : model.tables)
            if (table.isVirtual)
                add(Severity::warning, "virtual_table", fmt::format("{} is a virtual table; it stays where it is.", table.name), "Build it anew on each shard from the moved rows.");
    }

    void checkDesign() {
        std::map<std::string, std::string> bare;   // SQLite has no schemas: two of one name would be one table
        for (const auto& table : after_.tables) {
            const auto* placed = in_.placement.find(table.table);
            if (!placed) continue;
            const auto [first, fresh] = bare.emplace(placed->info.name, table.table);
            if (!fresh)
                add(Severity::error, "table_name_twice", fmt::format("The design places {} and {}; shard {} has one table {}.", first->second, table.table, in_.cluster.spec(in_.lead).name, placed->info.name),
                    "Take a design that places it once.");
        }
        for (const auto& table : after_.tables)
            if (!in_.placement.find(table.table))
                add(Severity::warning, "table_missing", fmt::format("The design places {}, which is not on shard {}.", table.table, in_.cluster.spec(in_.lead).name), "Check that the design was made for this database.");
        for (const auto& table : in_.placement.tables())
            if (!design(table.info.name))
                add(Severity::note, "table_not_in_design", fmt::format("The design does not place {}; it lives on the design's first shard.", table.info.name), "Add it to the design if it should live elsewhere.");
    }

    // A stored lookup is a table of its own, which no step makes. Rows do not need it; statements do.
    void checkLookups() {
        const auto columns = [](const std::vector<sharding::KeyPart>& parts) {
            std::vector<std::string> names;
            for (const auto& part : parts) names.push_back(part.expression);
            return joined(names);
        };
        for (const auto& lookup : after_.lookups)
            if (!lookup.derived())
                add(Severity::warning, "lookup_not_made", fmt::format("The design finds ({}) of {} from ({}) in a stored lookup, which the plan does not make: until it is there, statements that name ({}) alone go to every shard.",
                    columns(lookup.to), lookup.table, columns(lookup.from), columns(lookup.from)),
                    "Make and fill the lookup in the application, or accept that these statements ask all shards.");
    }

    const LintInput& in_;
    const sharding::Design& after_;
    std::vector<LintFinding> found_;
};

}  // namespace

std::vector<LintFinding> lint(const LintInput& input) { return Linter(input).run(); }

}  // namespace foreshard::migration
