// A TPC-C load, executed on a real server, is read from its log and advised: warehouse keys, five warehouses on each of two
// shards, and on the later half no more transactions across shards than the by-warehouse design with the same map. The same
// log with every name scrambled, columns shuffled and keys dropped from the DDL gets the same advice.
#include <QtTest>

#include <QElapsedTimer>
#include <QFile>
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
    testsupport::ExecutedCounts executed;
};

}  // namespace

class TestTpcc : public QObject {
    Q_OBJECT
    testsupport::PrivatePostgres server_;

    // Executes the load in a database of its own and advises its log. `schema` is what the advisor is given; `indexes` are
    // for the server alone, so that statements need not read whole tables.
    void advise(const char* database, const std::string& schema, const std::string& indexes, const std::string& load, const testsupport::Rewrite& rewrite, Advised& out) {
        QElapsedTimer timer;
        timer.start();
        const auto lap = [&](const char* what) { qInfo("%s: %lld ms", what, static_cast<long long>(timer.restart())); };
        QVERIFY2(server_.sql(QStringLiteral("CREATE DATABASE %1").arg(database)), qPrintable(server_.error()));
        const auto conninfo = server_.connectionInfo(database).toStdString();
        const auto prepared = testsupport::executeScript(conninfo, schema + load + indexes);
        QVERIFY2(prepared.ok(), prepared.ok() ? "" : prepared.error().message.c_str());
        QVERIFY2(server_.emptyLogs(), qPrintable(server_.error()));
        lap("loaded");
        samplegen::Tpcc mix({.warehouses = warehouses});
        auto executed = testsupport::executeMix(conninfo, mix, 7, transactions, rewrite);
        QVERIFY2(executed.ok(), executed.ok() ? "" : executed.error().message.c_str());
        out.executed = *executed;
        lap("executed");
        const auto log = server_.logFile("csv").toStdString();
        QTRY_VERIFY_WITH_TIMEOUT(transactionsIn(log) >= transactions, 20'000);
        const auto read = schema::readDdl(std::vector<schema::DdlText>{{"schema.sql", schema}});
        ingest::IngestOptions options;
        options.schema = std::make_shared<const schema::Schema>(read.schema);
        // A load of a minute or so: halves of it need intervals of seconds.
        options.partial.interval = microsPerSecond;
        Job job;
        auto result = ingest::ingestFiles({log}, options, job);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().message.c_str());
        out.workload = workload::finish(result->partial);
        lap("read");
        advisor::Options wanted;
        wanted.shards = 2;
        auto advice = advisor::advise(*out.workload, wanted, job);
        QVERIFY2(advice.ok(), advice.ok() ? "" : advice.error().message.c_str());
        QVERIFY(!advice->designs.empty());
        out.advice = std::move(*advice);
        lap("advised");
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
        // One format is enough here; that all three say the same is another test's.
        QVERIFY2(server_.start({"logging_collector = on", "log_destination = csvlog", "log_filename = 'server.log'", "log_file_mode = 0644", "log_rotation_age = 0",
                                "log_rotation_size = 0", "log_statement = all"}),
                 qPrintable(server_.error()));
    }

    void warehouseKeysAndNothingBetter() {
        const samplegen::Tpcc mix({.warehouses = warehouses});
        Advised advised;
        advise("tpcc", mix.schemaSql(), {}, mix.loadSql(), {}, advised);
        if (QTest::currentTestFailed()) return;
        const auto& totals = advised.workload->facts->totals;
        QCOMPARE(static_cast<uint64_t>(fromWeight(totals.transactions)), advised.executed.committed);
        QCOMPARE(static_cast<uint64_t>(fromWeight(totals.aborted)), advised.executed.aborted);
        QCOMPARE(totals.callsLogged, advised.executed.statements);
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

    void noAnswerComesFromNames() {
        const samplegen::Tpcc mix({.warehouses = warehouses});
        const samplegen::NameScrambler scrambler(mix.schemaSql(), 11);
        const auto load = scrambledLoad(mix, scrambler);
        Advised advised;
        advise("scrambled", scrambler.schema(), scrambledKeys(mix, scrambler), load, [&](const std::string& sql) { return scrambler.apply(sql); }, advised);
        if (QTest::currentTestFailed()) return;
        checkKeys(advised, [&](const std::string& name) { return scrambler.renamed(name); });
    }

private:
    // Ends of transactions in the log so far: the server's collector writes behind.
    static uint64_t transactionsIn(const std::string& log) {
        QFile file(QString::fromStdString(log));
        if (!file.open(QIODevice::ReadOnly)) return 0;
        const QByteArray text = file.readAll();
        return static_cast<uint64_t>(text.count(": COMMIT\"") + text.count(": ROLLBACK\""));
    }

    // The keys and indexes that scrambler.schema() has dropped.
    static std::string scrambledKeys(const samplegen::Mix& mix, const samplegen::NameScrambler& scrambler) {
        std::string out;
        const auto schema = mix.schemaSql();
        for (size_t at = 0, end = 0; at < schema.size(); at = end + 1) {
            end = std::min(schema.find('\n', at), schema.size());
            const auto line = schema.substr(at, end - at);
            if (!line.starts_with("CREATE TABLE")) out += scrambler.apply(line) + "\n";
        }
        return out;
    }

    // INSERT … SELECT of loadSql() relies on the order of columns; here each names its columns.
    static std::string scrambledLoad(const samplegen::Tpcc& mix, const samplegen::NameScrambler& scrambler) {
        std::map<std::string, std::string> columns;
        const auto schema = schema::readDdl(std::vector<schema::DdlText>{{"schema.sql", mix.schemaSql()}}).schema;
        for (const auto& table : schema.tables)
            for (const auto& column : table.columns) columns[table.name] += (columns[table.name].empty() ? "" : ", ") + column.name;
        std::string out;
        const auto load = mix.loadSql();
        for (size_t at = 0; at < load.size();) {
            const size_t end = load.find('\n', at);
            auto line = load.substr(at, end - at);
            at = end + 1;
            const std::string head = "INSERT INTO ";
            const auto blank = line.find(' ', head.size());
            const auto table = line.substr(head.size(), blank - head.size());
            out += scrambler.apply(head + table + " (" + columns[table] + ")" + line.substr(blank)) + "\n";
        }
        return out;
    }
};

QTEST_GUILESS_MAIN(TestTpcc)
#include "test_tpcc.moc"
