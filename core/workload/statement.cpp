#include "core/workload/statement.h"

#include <algorithm>

#include "core/sql/template.h"
#include "core/workload/partial.h"

namespace foreshard::workload {

Result<std::shared_ptr<const Workload>> statementWorkload(std::shared_ptr<const schema::Schema> schema, std::string_view sql) {
    const auto statements = sql::splitStatements(sql);
    if (statements.size() != 1) return Error{ErrorCategory::usage, (statements.empty() ? std::string("There is no statement.") : "There are " + std::to_string(statements.size()) + " statements."), "Give one statement.", {}};
    PartialOptions options;
    options.interval = microsPerHour;
    PartialBuilder builder(std::move(schema), options);
    builder.beginRange("statement", 0);
    CallEvent event;
    event.time = nowMicros();
    event.session = "1";
    event.statement = statements.front();
    builder.add(event);
    builder.sessionEnded({1, event.time, "1"});
    const RangeNotes notes;
    auto one = finish(builder.finishRange(2, notes));
    const auto& transactions = one->facts->transactions;
    if (transactions.empty() || transactions.front().calls.empty())
        return Error{ErrorCategory::usage, "The statement touches no table.", "Give a SELECT, INSERT, UPDATE or DELETE.", {}};
    if (one->facts->templates[onlyCall(*one).templateId].accesses.empty())
        return Error{ErrorCategory::usage, "The statement touches no table, or is no SQL.", "Give a whole SELECT, INSERT, UPDATE or DELETE.", {}};
    return one;
}

const SampledCall& onlyCall(const Workload& statement) { return statement.facts->transactions.front().calls.front(); }

Status requireKnownTables(const Workload& statement, const schema::Schema& known) {
    for (const auto& access : statement.facts->templates[onlyCall(statement).templateId].accesses) {
        const auto name = statement.facts->schema.tables[access.table].qualifiedName();
        if (std::none_of(known.tables.begin(), known.tables.end(), [&](const schema::Table& each) { return each.qualifiedName() == name; }))
            return Error{ErrorCategory::notFound, "Neither schema nor log knows a table " + name + ", so nobody can say where its rows are.",
                         "Check the name, or profile with the DDL that declares it.", {}};
    }
    return {};
}

}  // namespace foreshard::workload
