#include "tests/support/mix_workload.h"

#include "core/schema/ddl_reader.h"
#include "core/workload/partial.h"

namespace foreshard::testing {

namespace {

class Feeder {
public:
    explicit Feeder(workload::PartialBuilder& builder) : builder_(builder) {}
    void add(std::string_view statement, Instant time) {
        workload::CallEvent event;
        event.offset = ++offset_;
        event.time = time;
        event.session = "s1";
        event.database = "test";
        event.statement = statement;
        event.duration = 300'000;
        event.rows = 1;
        builder_.add(event);
    }
    uint64_t end() const { return offset_ + 1; }

private:
    workload::PartialBuilder& builder_;
    uint64_t offset_ = 0;
};

}  // namespace

std::shared_ptr<const workload::Workload> workloadOf(samplegen::Mix& mix, const MixRun& run) {
    const std::string ddl = run.schemaSql.empty() ? mix.schemaSql() : run.schemaSql;
    const schema::DdlText text{"schema.sql", ddl};
    auto schema = std::make_shared<const schema::Schema>(schema::readDdl(std::span(&text, 1)).schema);
    workload::PartialOptions options;
    options.interval = run.interval;
    if (run.keepAll) options.samplePerStratum = 1u << 30, options.sampleCalls = UINT64_MAX / 4;
    workload::PartialBuilder builder(schema, options);
    builder.beginRange("test", 0);
    Feeder feeder(builder);
    Random random(run.seed);
    for (uint64_t i = 0; i < run.transactions; ++i) {
        const Instant time = run.begin + static_cast<Instant>(static_cast<double>(i) / run.perSecond * microsPerSecond);
        const samplegen::Transaction transaction = mix.next(random, time);
        if (transaction.block) feeder.add("BEGIN", time);
        for (const auto& statement : transaction.statements) {
            const std::string sql = run.literals ? asLiteralText(statement) : statement.sql;
            feeder.add(run.rewrite ? run.rewrite(sql) : sql, time);
        }
        if (transaction.block) feeder.add(transaction.aborted ? "ROLLBACK" : "COMMIT", time);
    }
    workload::RangeNotes notes;
    notes.coverage.source = "test";
    notes.coverage.literals = run.literals;
    return finish(builder.finishRange(feeder.end(), notes));
}

}  // namespace foreshard::testing
