// --mask from the command line: the same advice of keys, no values, and what cannot be had is said.
#include <QtTest>

#include <QFile>
#include <QTemporaryDir>

#include "core/base/file.h"
#include "core/project/project.h"
#include "core/workload/partial.h"
#include "core/workload/workload.h"
#include "tests/app/program.h"

using namespace foreshard;
using namespace foreshard::testapp;

class TestMaskVerbs : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    QProcessEnvironment environment_ = QProcessEnvironment::systemEnvironment();

    Run run(const QStringList& arguments) { return runProgram(folder_.path(), arguments, environment_); }
    nlohmann::json keysOf(const char* project) {
        const auto advice = run({"advise", project, "--shards", "3", "--json"}).json();
        nlohmann::json keys;
        for (const auto& [name, table] : advice["designs"][0]["tables"].items()) keys[name] = {table["strategy"], table["key"]};
        return keys;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(unpackSample(folder_.path()));
        environment_.insert("XDG_CONFIG_HOME", folder_.filePath("config"));
        QCOMPARE(run({"profile", "plain.foreshard", "--schema", "schema.sql", "--log", "shop.csv"}).exitCode, 0);
        const auto masked = run({"profile", "masked.foreshard", "--schema", "schema.sql", "--log", "shop.csv", "--mask", "--json"});
        QVERIFY2(masked.exitCode == 0, masked.errors.c_str());
        QCOMPARE(masked.json()["diagnostics"]["by_reason"]["values_masked"], 1);
        // The key lies apart from the project, for nobody else.
        QFile key(folder_.filePath("config/foreshard/mask.key"));
        QVERIFY(key.exists());
        QVERIFY(!(key.permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    }

    void theProjectHoldsNoValue() {
        // Prices, as the log has them: no mask holds a point.
        const QList<QByteArray> values{"'12.81'", "'63.17'", "'42.51'"};
        QFile log(folder_.filePath("shop.csv"));
        QVERIFY(log.open(QIODevice::ReadOnly));
        const auto text = log.readAll();
        for (const auto& value : values) QVERIFY(text.contains(value));
        const auto content = [&](const char* name) {
            const auto project = project::Project::open(folder_.filePath(name).toStdString());
            return workload::writePartial(**project->partial()) + workload::writeWorkload(**project->workload()) + *readFile(folder_.filePath(name).toStdString());
        };
        const auto plain = content("plain.foreshard"), masked = content("masked.foreshard");
        int inPlain = 0;
        for (auto value : values) {
            value = value.mid(1, value.size() - 2);
            inPlain += plain.find(value.toStdString()) != std::string::npos;
            QVERIFY2(masked.find(value.toStdString()) == std::string::npos, value.constData());
        }
        QVERIFY(inPlain > 0);
        QFile key(folder_.filePath("config/foreshard/mask.key"));
        QVERIFY(key.open(QIODevice::ReadOnly));
        QVERIFY(masked.find(key.readAll().trimmed().toStdString()) == std::string::npos);
    }

    // As many keys with the same counts, each by its mask alone.
    void heavyKeysShowTheirMasks() {
        const auto columns = [&](const char* project) { return run({"show", project, "columns", "--json"}).json()["columns"]; };
        const auto plain = columns("plain.foreshard"), masked = columns("masked.foreshard");
        size_t keys = 0;
        for (const auto& column : masked) {
            for (const auto& key : column["heavy_keys"]) {
                if (key["key"].is_null()) continue;
                const auto text = key["key"].get<std::string>();
                QVERIFY2(text.size() == 17 && text[0] == '~', text.c_str());
                ++keys;
            }
            for (const auto& other : plain)
                if (other["table"] == column["table"] && other["column"] == column["column"]) QCOMPARE(column["keys"], other["keys"]);
        }
        QVERIFY(keys > 100);
    }

    void adviceIsTheSameWhereItCanBe() {
        QCOMPARE(keysOf("masked.foreshard"), keysOf("plain.foreshard"));
        QVERIFY(run({"advise", "masked.foreshard", "--shards", "3"}).errors.find("ranges") != std::string::npos);
        QVERIFY(run({"advise", "plain.foreshard", "--shards", "3"}).errors.find("masked") == std::string::npos);
    }

    void keysMustFit() {
        const auto add = [&](const QStringList& more, const char* project = "masked.foreshard") { return run(QStringList{"profile", project, "--log", "shop-next.csv"} + more); };
        QCOMPARE(add({}).exitCode, 1);
        QCOMPARE(add({"--mask-key", "other.key"}).exitCode, 1);
        QCOMPARE(add({"--mask"}, "plain.foreshard").exitCode, 1);
        QCOMPARE(add({"--mask"}).exitCode, 0);
        QCOMPARE(run({"profile", "--partial", "--mask", "--log", "shop.csv"}).exitCode, 2);
        QCOMPARE(run({"monitor", "masked.foreshard", "--log", "shop-next.csv"}).exitCode, 1);
        QCOMPARE(run({"cluster", "masked.foreshard", "add", "shards", "sqlite:a.db", "sqlite:b.db"}).exitCode, 0);
        QVERIFY(run({"plan", "masked.foreshard", "--to", "best", "--cluster", "shards"}).errors.find("masked") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestMaskVerbs)
#include "test_mask_verbs.moc"
