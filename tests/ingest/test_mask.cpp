// Masked values: none of them stays, equal ones stay equal, and how a log is cut is no matter.
#include <QtTest/QTest>

#include <sys/stat.h>

#include <filesystem>

#include "core/base/file.h"
#include "core/ingest/ingest.h"
#include "core/ingest/tail.h"
#include "core/schema/ddl_reader.h"
#include "core/workload/mask.h"
#include "core/workload/workload.h"
#include "tests/ingest/collect.h"
#include "tests/ingest/summary.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;
using workload::MaskKey;

class TestMask : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;
    Job job_;
    std::string log_;
    std::shared_ptr<const schema::Schema> schema_;

    std::shared_ptr<const MaskKey> key(const std::string& name) {
        // Fixed keys, so that no mask holds by chance what is looked for.
        const auto file = folder_.path() / name;
        if (!std::filesystem::exists(file)) {
            if (!writeFileWhole(file, std::string(64, name == "key" ? 'a' : 'b') + "\n").ok() || ::chmod(file.c_str(), 0600) != 0) return nullptr;
        }
        const auto found = MaskKey::read(file);
        return found.ok() ? *found : nullptr;
    }

    IngestOptions options(const std::string& keyName, uint64_t rangeBytes = 1 << 20, unsigned threads = 1) {
        IngestOptions options;
        options.schema = schema_;
        options.rangeBytes = rangeBytes;
        options.threads = threads;
        if (!keyName.empty()) options.maskWith(key(keyName));
        return options;
    }

    workload::Partial read(const IngestOptions& options) { return ingestFiles({log_}, options, job_)->partial; }

    // Sessions that hold values in every way there is, distinctive ones.
    std::string statements() {
        std::string bytes;
        int second = 0;
        const auto line = [&](int session, const std::string& message, const std::string& detail = {}) {
            std::string quoted;
            for (const char c : message) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
            bytes += fmt::format("2026-11-01 10:{:02}:{:02}.000 UTC,\"u\",\"d\",1,\"[local]\",a.{},1,\"X\",2026-11-01 09:00:00 UTC,,0,LOG,00000,\"{}\",{},,,,,,,,\"\",\"client backend\",,0\n",
                                 second / 60, second % 60, session, quoted, detail.empty() ? "" : "\"" + detail + "\"");
            ++second;
        };
        for (int i = 0; i < 40; ++i) {
            const int tenant = 770'000 + i % 7, order = 88'100'000 + i;
            line(i % 5, "duration: 1 ms  statement: BEGIN");
            line(i % 5, fmt::format("duration: 1 ms  statement: INSERT INTO orders VALUES ({}, {}, 'anna.{}@secret.example', '2031-05-06 07:08:09')", tenant, order, i));
            line(i % 5, "duration: 1 ms  execute <unnamed>: SELECT * FROM lines WHERE tenant_id = $1 AND order_id = $2", fmt::format("parameters: $1 = '{}', $2 = '{}'", tenant, order));
            line(i % 5, fmt::format("duration: 1 ms  statement: SELECT * FROM lines WHERE order_id = ANY('{{{},{}}}') /* for anna.{}@secret.example */", order, order + 1, i));
            line(i % 5, "duration: 1 ms  statement: COMMIT");
            line(i % 5, fmt::format("duration: 1 ms  statement: SET app.tenant = '{}'", tenant));
            line(i % 5, "duration: 1 ms  statement: SELECT * FROM orders WHERE tenant_id = current_setting('app.tenant')::int");
            line(i % 5, fmt::format("duration: 1 ms  statement: SELECT set_config('app.tenant', '{}', false)", tenant));
            line(i % 5, "duration: 1 ms  statement: SELEC nonsense 'hidden-word' FROM 'hidden-word'");
            line(i % 5, "duration: 1 ms  statement: ALTER TABLE orders ADD COLUMN note text DEFAULT 'hidden-word'");
        }
        return bytes;
    }

    static std::vector<std::string> secrets() { return {"77000", "881000", "secret", "anna", "2031-05", "hidden"}; }

private Q_SLOTS:
    void initTestCase() {
        const auto ddl = folder_.path() / "schema.sql";
        QVERIFY(writeFileWhole(ddl, "CREATE TABLE orders (tenant_id int NOT NULL, id bigint PRIMARY KEY, mail text DEFAULT 'hidden-word', due timestamptz);\n"
                                    "CREATE TABLE lines (tenant_id int, order_id bigint REFERENCES orders (id), n int, CHECK (n <> 881000));\n").ok());
        schema_ = std::make_shared<const schema::Schema>(*schema::readSchemaFiles({ddl}, job_));
        log_ = (folder_.path() / "log.csv").string();
        QVERIFY(writeFileWhole(log_, statements()).ok());
    }

    void noValueStays() {
        const auto plain = read(options(""));
        const auto masked = read(options("key"));
        const auto plainBytes = workload::writePartial(plain) + workload::writeWorkload(*workload::finish(plain));
        const auto maskedBytes = workload::writePartial(masked) + workload::writeWorkload(*workload::finish(masked));
        for (const auto& secret : secrets()) QVERIFY2(maskedBytes.find(secret) == std::string::npos, secret.c_str());
        for (const char* secret : {"77000", "anna", "2031-05"}) QVERIFY2(plainBytes.find(secret) != std::string::npos, secret);
        // Numbers that stand as numbers are found by their places in the order of keys, which a masked workload has none of.
        const auto workload = workload::finish(masked);
        for (const auto& column : workload->rates.columns) QVERIFY(column.ranges.empty());
        for (const auto& transaction : workload->facts->transactions)
            for (const auto& call : transaction.calls)
                for (const auto& slot : call.slots)
                    for (const auto& value : slot) QVERIFY(!value.known() || (value.kind == ValueKind::text && value.text.size() == 17 && value.text[0] == '~'));
        QVERIFY(workload->facts->diagnostics.byReason().contains(workload::maskedReason));
    }

    // What is counted of templates, transactions and agreements is the same; '770001' of a setting is the column's 770001.
    void whatMatchedMatches() {
        const auto plain = workload::finish(read(options(""))), masked = workload::finish(read(options("key")));
        QCOMPARE(QByteArray::fromStdString(summaryOf(*masked)), QByteArray::fromStdString(summaryOf(*plain)));
        QCOMPARE(masked->facts->classes.size(), plain->facts->classes.size());
        for (size_t i = 0; i < plain->facts->classes.size(); ++i) {
            const auto &a = masked->facts->classes[i].agreements, &b = plain->facts->classes[i].agreements;
            QCOMPARE(a.size(), b.size());
            for (size_t j = 0; j < a.size(); ++j) QCOMPARE(a[j].share, b[j].share);
        }
        for (size_t i = 0; i < plain->rates.columns.size(); ++i) {
            Weight a = 0, b = 0;
            for (const auto& count : masked->rates.columns[i].slots) a += count.reads + count.writes;
            for (const auto& count : plain->rates.columns[i].slots) b += count.reads + count.writes;
            QCOMPARE(a, b);
        }
        std::set<std::string> tenants;
        for (const auto& transaction : masked->facts->transactions)
            for (const auto& call : transaction.calls)
                for (const auto& access : masked->facts->templates[call.templateId].accesses)
                    for (const auto& bound : workload::boundKeys(*masked->facts, call, access))
                        if (masked->facts->columns[bound.column].expression == "tenant_id")
                            for (const auto& value : bound.values) tenants.insert(value.text);
        QCOMPARE(tenants.size(), size_t(7));
    }

    void cutsDoNotMatter() {
        const auto whole = workload::writePartial(read(options("key")));
        for (const uint64_t rangeBytes : {300, 1'700, 9'000})
            for (const unsigned threads : {1u, 3u}) QVERIFY(workload::writePartial(read(options("key", rangeBytes, threads))) == whole);
        // Another key, other masks.
        QVERIFY(workload::writePartial(read(options("other"))) != whole);
    }

    void keysAreKeptApart() {
        auto one = read(options("key"));
        QVERIFY(one.merge(read(options("other"))).error().category == ErrorCategory::conflict);
        QVERIFY(one.merge(read(options(""))).error().category == ErrorCategory::conflict);
        struct stat info {};
        const auto made = MaskKey::make(folder_.path() / "below" / "made");
        QVERIFY(made.ok() && ::stat((folder_.path() / "below" / "made").c_str(), &info) == 0 && (info.st_mode & 0777) == 0600);
        QVERIFY((*MaskKey::read(folder_.path() / "below" / "made"))->check() == (*made)->check());
        QVERIFY(!MaskKey::make(folder_.path() / "below" / "made").ok());
        const auto open = folder_.path() / "open", wrong = folder_.path() / "wrong";
        QVERIFY(writeFileWhole(open, std::string(64, 'a') + "\n").ok() && ::chmod(open.c_str(), 0644) == 0);
        QVERIFY(MaskKey::read(open).error().next.find("chmod 600") != std::string::npos);
        QVERIFY(::chmod(open.c_str(), 0600) == 0 && MaskKey::read(open).ok());
        QVERIFY(writeFileWhole(wrong, "secret\n").ok() && ::chmod(wrong.c_str(), 0600) == 0);
        QVERIFY(MaskKey::read(wrong).error().category == ErrorCategory::format);
        QVERIFY(MaskKey::read(folder_.path() / "missing").error().category == ErrorCategory::notFound);
    }

    // Test case 1 of RFC 4231: b0344c61d8db3853…; zeros behind a key are no matter.
    void theHashIsHmac() {
        const auto file = folder_.path() / "known";
        QVERIFY(writeFileWhole(file, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000\n").ok() && ::chmod(file.c_str(), 0600) == 0);
        workload::Masker masker(*MaskKey::read(file));
        QCOMPARE(masker.hash("Hi There"), uint64_t(0x5338dbd8614c34b0));
    }
};

QTEST_GUILESS_MAIN(TestMask)
#include "test_mask.moc"
