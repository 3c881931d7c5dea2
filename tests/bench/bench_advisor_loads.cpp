// Where the loads of bench_advisor come from: made as they are needed, or executed on a private server and read from its log.
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>

#include "core/ingest/ingest.h"
#include "core/schema/ddl_reader.h"
#include "core/workload/partial.h"
#include "samples/generator/tatp.h"
#include "tests/bench/bench_advisor.h"
#include "tests/support/execute_mix.h"
#include "tests/support/mix_workload.h"
#include "tests/support/private_postgres.h"

namespace foreshard::bench {

namespace {

using testsupport::PrivatePostgres;
using WorkloadPointer = std::shared_ptr<const workload::Workload>;

std::string loadSqlOf(samplegen::Mix& mix) {
    if (const auto* tpcc = dynamic_cast<samplegen::Tpcc*>(&mix)) return tpcc->loadSql();
    if (const auto* tatp = dynamic_cast<samplegen::Tatp*>(&mix)) return tatp->loadSql();
    return {};
}

Error failed(const QString& message) { return {ErrorCategory::io, message.toStdString(), {}, {}}; }

// The server's collector writes behind.
Result<QByteArray> completeLog(PrivatePostgres& server, uint64_t transactions) {
    for (int tries = 0; tries < 600; ++tries) {
        QFile file(server.logFile("csv"));
        if (!file.open(QIODevice::ReadOnly)) return failed("The server wrote no log.");
        const QByteArray log = file.readAll();
        if (log.contains("'no more of it'")) return log;
        QThread::msleep(100);
    }
    return failed(QString("The log of %1 transactions never was complete.").arg(transactions));
}

Result<QByteArray> record(const Bench& bench, uint64_t transactions) {
    if (const auto why = PrivatePostgres::whyNot(); !why.isEmpty()) return failed(why);
    PrivatePostgres server;
    if (!server.start({"logging_collector = on", "log_destination = csvlog", "log_filename = 'server.log'", "log_file_mode = 0644", "log_rotation_age = 0", "log_rotation_size = 0", "log_statement = all"}))
        return failed(server.error());
    const auto mix = bench.make();
    const auto conninfo = server.connectionInfo().toStdString();
    FS_TRY(testsupport::executeScript(conninfo, mix->schemaSql() + loadSqlOf(*mix)));
    if (!server.emptyLogs()) return failed(server.error());
    FS_ASSIGN(const auto executed, testsupport::executeMix(conninfo, *mix, 1, transactions));
    FS_TRY(testsupport::executeScript(conninfo, "SELECT 'no more of it'"));
    return completeLog(server, executed.committed);
}

Result<WorkloadPointer> readLog(const QByteArray& log, const std::string& schemaSql, bool whole) {
    QTemporaryDir folder;
    const QString path = folder.filePath("server.csv");
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(log) != log.size()) return failed("The log cannot be written again.");
    file.close();
    ingest::IngestOptions options;
    options.schema = std::make_shared<const schema::Schema>(schema::readDdl(std::vector<schema::DdlText>{{"schema.sql", schemaSql}}).schema);
    // A load of minutes: halves of it need intervals of seconds.
    options.partial.interval = microsPerSecond;
    if (whole) options.partial.samplePerStratum = 1u << 30, options.partial.sampleCalls = UINT64_MAX / 4;
    Job job;
    FS_ASSIGN(auto result, ingest::ingestFiles({path.toStdString()}, options, job));
    return WorkloadPointer(workload::finish(std::move(result.partial)));
}

}  // namespace

Result<Loader> loaderOf(const Bench& bench, uint64_t transactions) {
    if (!bench.executed)
        return Loader([&bench, transactions](const Scrambler* scrambler, bool whole) {
            testing::MixRun run{.transactions = transactions, .keepAll = whole};
            if (scrambler) {
                run.schemaSql = scrambler->schema();
                run.rewrite = [scrambler](const std::string& sql) { return scrambler->apply(sql); };
            }
            const auto mix = bench.make();
            return testing::workloadOf(*mix, run);
        });
    FS_ASSIGN(const QByteArray log, record(bench, transactions));
    return Loader([&bench, log](const Scrambler* scrambler, bool whole) {
        auto read = scrambler ? readLog(QByteArray::fromStdString(scrambler->apply(log.toStdString())), scrambler->schema(), whole) : readLog(log, bench.make()->schemaSql(), whole);
        return read.ok() ? *read : WorkloadPointer();
    });
}

}  // namespace foreshard::bench
