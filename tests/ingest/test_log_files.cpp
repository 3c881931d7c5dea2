#include <QtTest/QTest>

#include <filesystem>

#include "core/base/file.h"
#include "core/ingest/log_files.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;
namespace fs = std::filesystem;

class TestLogFiles : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;

    std::vector<std::string> namesOf(const std::vector<std::string>& named, Job& job) {
        std::vector<fs::path> paths;
        for (const auto& name : named) paths.push_back(name == "-" ? fs::path(name) : folder_.path() / name);
        const auto files = logFiles(paths, {}, job);
        if (!files.ok()) return {files.error().message};
        std::vector<std::string> names;
        for (const auto& file : *files) names.push_back(file.filename().string());
        return names;
    }

private Q_SLOTS:
    void initTestCase() {
        fs::create_directories(folder_.path() / "log" / "below");
        fs::create_directories(folder_.path() / "none");
        const auto put = [&](const char* name, const std::string& bytes) { QVERIFY(writeFileWhole(folder_.path() / name, bytes).ok()); };
        put("log/pg-1.csv", testData("all.csv"));
        put("log/pg-1.log", testData("all.log"));
        put("log/pg-2.log", testData("all.log"));
        put("log/pg-3.json", testData("all.json"));
        put("log/pg-3.log", testData("all.log"));
        put("log/.hidden.csv", testData("all.csv"));
        put("log/empty.csv", "");
        put("log/notes.txt", "remember the milk\n");
        put("log/below/pg-4.csv", testData("all.csv"));
        put("none/notes.txt", "nothing\n");
    }

    void aFolderIsItsLogs() {
        Job job;
        QCOMPARE(namesOf({"log"}, job), (std::vector<std::string>{"pg-1.csv", "pg-2.log", "pg-3.json"}));
        QCOMPARE(job.diagnostics().byReason().at("no_log"), uint64_t(1));
        QCOMPARE(job.diagnostics().byReason().at("log_twice"), uint64_t(2));
        QVERIFY(namesOf({"none"}, job)[0].find("holds no logs") != std::string::npos);
    }

    void aPatternIsWhatItMatches() {
        Job job;
        QCOMPARE(namesOf({"log/pg-?.log"}, job), (std::vector<std::string>{"pg-1.log", "pg-2.log", "pg-3.log"}));
        QCOMPARE(namesOf({"-", "log/pg-2.log", "log/pg-*.json"}, job), (std::vector<std::string>{"-", "pg-2.log", "pg-3.json"}));
        QVERIFY(namesOf({"log/*.xyz"}, job)[0].find("matches no file") != std::string::npos);
        // A missing file is the business of who reads it; one named like a pattern is a file.
        QCOMPARE(namesOf({"missing"}, job), (std::vector<std::string>{"missing"}));
        QVERIFY(writeFileWhole(folder_.path() / "a[1].csv", testData("all.csv")).ok());
        QCOMPARE(namesOf({"a[1].csv"}, job), (std::vector<std::string>{"a[1].csv"}));
    }
};

QTEST_GUILESS_MAIN(TestLogFiles)
#include "test_log_files.moc"
