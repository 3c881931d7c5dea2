// A TPC-C load, executed on a real server, is read from its log and advised: warehouse keys, five warehouses on each of two
// shards, and on the later half no more transactions across shards than the by-warehouse design with the same map. The same
// log with every name scrambled, columns shuffled and keys dropped from the DDL gets the same advice.
#include <QtTest>

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <map>
#include <set>

#include "core/advisor/advisor.h"
#include "core/cost/projection.h"
#include "core/ingest/ingest.h"
#include "core/schema/ddl_reader.h"
#include "core/workload/partial.h"
#include "samples/generator/tpcc.h"
#include "tests/support/execute_mix.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;

namespace {

constexpr uint64_t transactions = 3'000;
constexpr int warehouses = 10;

// Table → warehouse columns; HISTORY has two, either will do.
const std::map<std::string, std::set<std::string>> warehouseKeys = {
    {"warehouse", {"w_id"}}, {"district", {"d_w_id"}},      {"customer", {"c_w_id"}}, {"history", {"h_w_id", "h_c_w_id"}},
    {"oorder", {"o_w_id"}},  {"new_order", {"no_w_id"}}, {"stock", {"s_w_id"}},    {"order_line", {"ol_w_id", "ol_supply_w_id"}}};

struct Advised {
    advisor::Advice advice;
    std::shared_ptr<const workload::Workload> workload;
};

}  // namespace

class TestTpcc : public QObject {
    Q_OBJECT
    testsupport::PrivatePostgres server_;
    QTemporaryDir folder_;
    QByteArray log_;                           // of the executed load
    testsupport::ExecutedCounts executed_;

    void lap(QElapsedTimer& timer, const char* what) { qInfo("%s: %lld ms", what, static_cast<long long>(timer.restart())); }

    // Ends of transactions in the log so far: the server's collector writes behind.
    uint64_t transactionsLogged() {
        QFile file(server_.logFile("csv"));
        if (!file.open(QIODevice::ReadOnly)) return 0;
        log_ = file.readAll();
        return static_cast<uint64_t>(log_.count(": COMMIT\"") + log_.count(": ROLLBACK\""));
    }

    void execute() {
        QElapsedTimer timer;
        timer.start();
        const auto conninfo = server_.connectionInfo().toStdString();
        samplegen::Tpcc mix({.warehouses = warehouses});
        const auto prepared = testsupport::executeScript(conninfo, mix.schemaSql() + mix.loadSql());
        QVERIFY2(prepared.ok(), prepared.ok() ? "" : prepared.error().message.c_str());
        QVERIFY2(server_.emptyLogs(), qPrintable(server_.error()));
        lap(timer, "loaded");
        const auto executed = testsupport::executeMix(conninfo, mix, 7, transactions);
        QVERIFY2(executed.ok(), executed.ok() ? "" : executed.error().message.c_str());
        executed_ = *executed;
        QTRY_VERIFY_WITH_TIMEOUT(transactionsLogged() >= transactions, 20'000);
        lap(timer, "executed");
    }

    // Reads a log and advises it.
    void advise(const char* name, const std::string& schema, const QByteArray& log, Advised& out) {
        QElapsedTimer timer;
        timer.start();
        const QString path = folder_.filePath(QString(name) + ".csv");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(log) == log.size());
        file.close();
        const auto read = schema::readDdl(std::vector<schema::DdlText>{{"schema.sql", schema}});
        ingest::IngestOptions options;
        options.schema = std::make_shared<const schema::Schema>(read.schema);
        // A load of a minute or so: halves of it need intervals of seconds.
        options.partial.interval = microsPerSecond;
        Job job;
        auto result = ingest::ingestFiles({path.toStdString()}, options, job);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().message.c_str());
        out.workload = workload::finish(result->partial);
        lap(timer, "read");
        advisor::Options wanted;
        wanted.shards = 2;
        auto advice = advisor::advise(*out.workload, wanted, job);
        QVERIFY2(advice.ok(), advice.ok() ? "" : advice.error().message.c_str());
        QVERIFY(!advice->designs.empty());
        out.advice = std::move(*advice);
        lap(timer, "advised");
    }

    // Checks the best design's keys; `name` gives a table's or column's name in this log.
    void checkKeys(const Advised& advised, const std::function<std::string(const std::string&)>& name) {
        const auto& design = advised.advice.designs.front().design;
        for (const auto& [table, columns] : warehouseKeys) {
            const auto* found = design.find("public." + name(table));
            QVERIFY2(found, table.c_str());
            QCOMPARE(found->strategy, sharding::Strategy::hash);
            QCOMPARE(found->key.size(), 1u);
            bool fits = false;
            for (const auto& column : columns) fits = fits || found->key[0].expression == name(column);
            QVERIFY2(fits, (table + " by " + found->key[0].expression).c_str());
        }
        const auto* item = design.find("public." + name("item"));
        QVERIFY(item && item->strategy == sharding::Strategy::reference);
        // Five warehouses on each shard.
        const auto* warehouse = design.find("public." + name("warehouse"));
        const sharding::Router router(advised.workload->facts, design);
        std::map<sharding::ShardId, int> count;
        for (int w = 1; w <= warehouses; ++w) {
            const std::vector<Value> key{Value::integer(w)};
            ++count[router.shardOfKey(*warehouse, key)];
        }
        QCOMPARE(count.size(), 2u);
        QCOMPARE(count[0], 5);
    }

private Q_SLOTS:
    void initTestCase() {
        const auto why = testsupport::PrivatePostgres::whyNot();
        if (!why.isEmpty()) QSKIP(qPrintable(why));
        QVERIFY(folder_.isValid());
        // One format is enough here; that all three say the same is another test's.
        QVERIFY2(server_.start({"logging_collector = on", "log_destination = csvlog", "log_filename = 'server.log'", "log_file_mode = 0644", "log_rotation_age = 0",
                                "log_rotation_size = 0", "log_statement = all"}),
                 qPrintable(server_.error()));
        execute();
    }

    void warehouseKeysAndNothingBetter() {
        Advised advised;
        advise("plain", samplegen::Tpcc({.warehouses = warehouses}).schemaSql(), log_, advised);
        if (QTest::currentTestFailed()) return;
        const auto& totals = advised.workload->facts->totals;
        QCOMPARE(static_cast<uint64_t>(fromWeight(totals.transactions)), executed_.committed);
        QCOMPARE(static_cast<uint64_t>(fromWeight(totals.aborted)), executed_.aborted);
        QCOMPARE(totals.callsLogged, executed_.statements);
        checkKeys(advised, [](const std::string& name) { return name; });
        if (QTest::currentTestFailed()) return;

        // The textbook design with the advice's own map of warehouses to shards, on the same later transactions.
        auto textbook = advised.advice.designs.front().design;
        for (auto& table : textbook.tables) {
            if (table.table == "public.history") table.key[0].expression = table.key[0].column = "h_w_id";
            if (table.table == "public.order_line") table.key[0].expression = table.key[0].column = "ol_w_id";
        }
        Job job;
        const auto later = workload::slice(*advised.workload, advised.advice.heldOut);
        const auto best = cost::project(later, advised.advice.designs.front().design, job);
        const auto reference = cost::project(later, textbook, job);
        QVERIFY(best.ok() && reference.ok() && best->multiShardShare && reference->multiShardShare);
        QVERIFY2(*best->multiShardShare <= *reference->multiShardShare + 0.0005, qPrintable(QString("%1 against %2").arg(*best->multiShardShare).arg(*reference->multiShardShare)));
        QVERIFY(*best->multiShardShare > 0 && *best->multiShardShare < 0.12);
    }

    // The same log, its names scrambled; the DDL's columns shuffled and its keys dropped.
    void noAnswerComesFromNames() {
        const samplegen::Tpcc mix({.warehouses = warehouses});
        const samplegen::NameScrambler scrambler(mix.schemaSql(), 11);
        Advised advised;
        advise("scrambled", scrambler.schema(), QByteArray::fromStdString(scrambler.apply(log_.toStdString())), advised);
        if (QTest::currentTestFailed()) return;
        for (const auto& table : advised.workload->facts->schema.tables) QVERIFY2(!table.fromLog && table.keys.empty() && table.name[0] == 'q', table.name.c_str());
        checkKeys(advised, [&](const std::string& name) { return scrambler.renamed(name); });
    }
};

QTEST_GUILESS_MAIN(TestTpcc)
#include "test_tpcc.moc"
