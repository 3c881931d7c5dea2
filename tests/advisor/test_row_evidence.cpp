// Rows of a database beside the log: they show a derived key that no transaction does, and refuse one that only the log bears out.
#include <QtTest>

#include <QTemporaryDir>
#include <fmt/format.h>
#include <sqlite3.h>

#include "core/advisor/row_evidence.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using samplegen::number;
using samplegen::text;
using samplegen::Transaction;

namespace {

constexpr const char* ddl = "CREATE TABLE public.subscriber (id integer NOT NULL, phone character varying(15), location integer);\n"
                            "CREATE TABLE public.call (subscriber integer NOT NULL, minutes integer);\n";

// Half of the transactions name the subscriber's number alone; `both`: some of them its id too.
std::shared_ptr<const workload::Workload> calls(bool both) {
    testing::MadeMix mix(ddl, [both](Random& random) {
        const int64_t id = random.between(1, 900);
        const auto phone = text(fmt::format("{:015}", id));
        Transaction t;
        t.block = true;
        if (random.below(2)) {
            t.statements = {{"SELECT location FROM subscriber WHERE phone = $1", {phone}}};
            if (both) t.statements.push_back({"UPDATE subscriber SET location = 1 WHERE id = $1", {number(id)}});
        } else {
            t.statements = {{"UPDATE subscriber SET location = 2 WHERE id = $1", {number(id)}}, {"INSERT INTO call (subscriber, minutes) VALUES ($1, 1)", {number(id)}}};
        }
        return t;
    });
    return testing::workloadOf(mix, {.transactions = 3'000});
}

void run(const std::string& file, const std::string& sql) {
    sqlite3* db = nullptr;
    char* message = nullptr;
    if (sqlite3_open(file.c_str(), &db) != SQLITE_OK || sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) qFatal("%s", message ? message : "no database");
    sqlite3_close(db);
}

bool says(const Advice& advice, const char* part) {
    return std::any_of(advice.limits.begin(), advice.limits.end(), [&](const auto& limit) { return limit.find(part) != std::string::npos; });
}

}  // namespace

class TestRowEvidence : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::string file_;

    Options options(const workload::Workload& workload) {
        Job job;
        auto rows = readRows(file_, workload.facts->schema, job);
        if (!rows.ok()) qFatal("%s", rows.error().message.c_str());
        Options options{.shards = 4};
        options.rows = std::make_shared<const Rows>(std::move(*rows));
        return options;
    }

private Q_SLOTS:
    void init() {
        file_ = folder_.filePath(QString("%1.db").arg(QTest::currentTestFunction())).toStdString();
        std::string sql = "CREATE TABLE subscriber (id INTEGER, phone TEXT); BEGIN;";
        for (int id = 1; id <= 900; ++id) sql += fmt::format("INSERT INTO subscriber VALUES ({0}, '{0:015}');", id);
        run(file_, sql + "INSERT INTO subscriber VALUES (NULL, 'x'), (901, NULL); COMMIT;");
    }

    void whatNoTransactionShows() {
        const auto workload = calls(false);
        const auto alone = testing::mustAdvise(*workload, {.shards = 4}), withRows = testing::mustAdvise(*workload, options(*workload));
        QVERIFY(alone.designs.front().design.lookups.empty() && *alone.designs.front().scores.multiShardShare > 0.4);
        const auto& best = withRows.designs.front();
        QCOMPARE(best.design.lookups.size(), size_t(1));
        QCOMPARE(best.design.lookups[0].derivedBy, std::string("phone::bigint"));
        QCOMPARE(*best.scores.multiShardShare, 0.0);
        const auto& why = best.why.at("public.subscriber");
        QVERIFY(std::any_of(why.begin(), why.end(), [](const auto& line) { return line.find("in all 900 rows read") != std::string::npos; }));
    }

    void whatOnlyTheLogBearsOut() {
        const auto workload = calls(true);
        QCOMPARE(testing::mustAdvise(*workload, options(*workload)).designs.front().design.lookups.size(), size_t(1));
        run(file_, "UPDATE subscriber SET phone = '000000000000007' WHERE id = 8");
        const auto advice = testing::mustAdvise(*workload, options(*workload));
        QVERIFY(advice.designs.front().design.lookups.empty());
        QVERIFY(says(advice, "1 of 900 rows of the database do not keep to it"));
    }

    void noDatabase() {
        Job job;
        const auto workload = calls(true);
        QVERIFY(!readRows(folder_.filePath("none.db").toStdString(), workload->facts->schema, job).ok());
        QFile file(folder_.filePath("text.db"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("this is no database, however long it is") > 0);
        file.close();
        QVERIFY(!readRows(file.fileName().toStdString(), workload->facts->schema, job).ok());
        job.requestStop();
        QVERIFY(!readRows(file_, workload->facts->schema, job).ok());
    }
};

QTEST_APPLESS_MAIN(TestRowEvidence)
#include "test_row_evidence.moc"
