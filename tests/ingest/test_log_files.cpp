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

    static std::string replaced(std::string text, const std::string& what, const std::string& by) {
        for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
        return text;
    }

    // The recorded log as if it were of another day of November.
    static std::string onDay(const char* day, const std::string& name) { return replaced(testData(name), "2026-11-22", std::string("2026-11-") + day); }

private Q_SLOTS:
    void initTestCase() {
        fs::create_directories(folder_.path() / "log" / "below");
        fs::create_directories(folder_.path() / "none");
        const auto put = [&](const char* name, const std::string& bytes) { QVERIFY(writeFileWhole(folder_.path() / name, bytes).ok()); };
        // A server's two rotated csvlogs; its stderr in one file, and jsonlogs that begin and end elsewhere.
        put("log/pg-1.csv", testData("all.csv"));
        put("log/pg-2.csv", onDay("27", "all.csv"));
        put("log/pg-9.log", testData("all.log") + onDay("27", "all.log"));
        put("log/pg-4.json", onDay("27", "all.json"));
        put("log/pg-6.json", onDay("27", "all.json") + onDay("30", "all.json"));   // the csvlogs end before
        put("log/pg-3.json", onDay("29", "all.json"));
        put("log/pg-3.log", onDay("29", "all.log"));
        put("log/other.log", replaced(testData("all.log"), "6b0358f3.5c", "6b0358f3.6c"));   // the same statements of other processes
        put("log/.hidden.csv", testData("all.csv"));
        put("log/empty.csv", "");
        put("log/notes.txt", "remember the milk\n");
        put("log/below/pg-4.csv", testData("all.csv"));
        put("none/notes.txt", "nothing\n");
    }

    void aFolderIsItsLogs() {
        Job job;
        QCOMPARE(namesOf({"log"}, job), (std::vector<std::string>{"other.log", "pg-1.csv", "pg-2.csv", "pg-3.json"}));
        QCOMPARE(job.diagnostics().byReason(), (std::map<std::string, uint64_t>{{"no_log", 1}, {"log_twice", 3}, {"log_partly_twice", 1}}));
        QVERIFY(job.diagnostics().shown().front().file.ends_with("pg-6.json"));
        QVERIFY(namesOf({"none"}, job)[0].find("holds no logs") != std::string::npos);
    }

    // Files that are cut by size, in the middle of a busy second, each format at other places.
    void formatsRotatedBySize() {
        std::map<std::string, std::string> logs;
        for (int i = 0; i < 40'000; ++i) {
            const int process = 500 + i % 7, other = 900 + i % 7;
            const auto time = fmt::format("2026-11-01 10:00:{:02}.{:03} UTC", i / 5'000, i % 5'000 / 5);
            const auto message = fmt::format("duration: 0.0{} ms  statement: SELECT * FROM t WHERE id = {}", i % 90 + 10, i % 300);
            logs["csv"] += fmt::format("{},\"u\",\"d\",{},\"[local]\",6b0358f3.{:x},{},\"SELECT\",2026-11-01 09:00:00 UTC,3/5,0,LOG,00000,\"{}\",,,,,,,,,\"app\",\"client backend\",,0\n", time, process, process, i, message);
            logs["json"] += fmt::format("{{\"timestamp\":\"{}\",\"pid\":{},\"session_id\":\"6b0358f3.{:x}\",\"error_severity\":\"LOG\",\"message\":\"{}\"}}\n", time, process, process, message);
            logs["log"] += fmt::format("{} UTC [{}] LOG:  {}\n", time.substr(0, 19), process, message);
            logs["of-another-server.log"] += fmt::format("{} [{}] LOG:  {}\n", time, other, message);
        }
        fs::create_directories(folder_.path() / "sized");
        const auto put = [&](const std::string& name, std::string_view bytes) { QVERIFY(writeFileWhole(folder_.path() / "sized" / name, bytes).ok()); };
        for (const auto& [format, pieces] : {std::pair{"csv", 3u}, {"json", 5u}, {"log", 2u}}) {
            const std::string& all = logs[format];
            for (size_t i = 0, at = 0; i < pieces; ++i) {
                const size_t end = i + 1 == pieces ? all.size() : all.find('\n', all.size() * (i + 1) / pieces) + 1;
                put(fmt::format("{}{}.{}", format, i, format), std::string_view(all).substr(at, end - at));
                at = end;
            }
        }
        put("of-another-server.log", logs["of-another-server.log"]);
        Job job;
        QCOMPARE(namesOf({"sized"}, job), (std::vector<std::string>{"csv0.csv", "csv1.csv", "csv2.csv", "of-another-server.log"}));
        QCOMPARE(job.diagnostics().byReason(), (std::map<std::string, uint64_t>{{"log_twice", 7}}));
    }

    void aPatternIsWhatItMatches() {
        Job job;
        QCOMPARE(namesOf({"log/pg-?.log"}, job), (std::vector<std::string>{"pg-3.log", "pg-9.log"}));
        QCOMPARE(namesOf({"-", "log/pg-2.csv", "log/pg-*.json"}, job), (std::vector<std::string>{"-", "pg-2.csv", "pg-3.json", "pg-4.json", "pg-6.json"}));
        QCOMPARE(job.diagnostics().total(), uint64_t(0));   // rotated files of one format
        QCOMPARE(namesOf({"log/pg-*"}, job), (std::vector<std::string>{"pg-1.csv", "pg-2.csv", "pg-3.json"}));
        QCOMPARE(job.diagnostics().total(), uint64_t(4));
        QVERIFY(namesOf({"log/*.xyz"}, job)[0].find("matches no file") != std::string::npos);
        // A missing file is the business of who reads it; one named like a pattern is a file.
        QCOMPARE(namesOf({"missing"}, job), (std::vector<std::string>{"missing"}));
        QVERIFY(writeFileWhole(folder_.path() / "a[1].csv", testData("all.csv")).ok());
        QCOMPARE(namesOf({"a[1].csv"}, job), (std::vector<std::string>{"a[1].csv"}));
    }
};

QTEST_GUILESS_MAIN(TestLogFiles)
#include "test_log_files.moc"
