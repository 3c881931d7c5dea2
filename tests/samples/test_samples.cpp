// The sample's generator: the shipped files are what it makes, and its mixes are what they say.
#include <QtTest>

#include <QProcess>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/file.h"
#include "samples/generator/log_writer.h"
#include "samples/generator/shop.h"
#include "samples/generator/tpcc.h"

using namespace foreshard;
using namespace foreshard::samplegen;

namespace {

QByteArray unpacked(const char* name) {
    QProcess gzip;
    gzip.start("gzip", {"-dc", QString(FORESHARD_SOURCE_DIR "/samples/shop/") + name});
    return gzip.waitForFinished(60'000) ? gzip.readAllStandardOutput() : QByteArray();
}

}  // namespace

class TestSamples : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shippedSampleIsWhatTheGeneratorMakes() {
        TemporaryFolder folder;
        QProcess generator;
        generator.start(FORESHARD_BINARY_DIR "/samples/generator/foreshard-samplegen", {"shop", folder.path().c_str(), "1"});
        QVERIFY(generator.waitForFinished(120'000) && generator.exitCode() == 0);
        for (const char* name : {"shop.csv", "shop-next.csv"}) {
            const auto made = readFile(folder.path() / name);
            QVERIFY(made.ok() && !made->empty());
            const auto shipped = unpacked((std::string(name) + ".gz").c_str());
            QVERIFY2(shipped.size() == static_cast<qsizetype>(made->size()) && std::equal(made->begin(), made->end(), shipped.begin()), name);
        }
        QCOMPARE(readFile(folder.path() / "schema.sql").value(), readFile(FORESHARD_SOURCE_DIR "/samples/shop/schema.sql").value());
    }
    void sampleIsSmall() {
        uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(FORESHARD_SOURCE_DIR "/samples/shop")) bytes += entry.file_size();
        QVERIFY(bytes < 6'000'000);
    }
    void literalsAreQuoted() {
        QCOMPARE(asLiteralText({"UPDATE t SET a = $1 WHERE b = $2 AND c = $10", {text("it's"), number(-3), {}, {}, {}, {}, {}, {}, {}, text("x")}}),
                 std::string("UPDATE t SET a = 'it''s' WHERE b = -3 AND c = 'x'"));
        QCOMPARE(money(1205).text, std::string("12.05"));
    }
    // The mix of TPC-C and its remote shares, to four standard errors.
    void tpccMix() {
        Tpcc mix({.warehouses = 10});
        Random random(5);
        constexpr int n = 20'000;
        int newOrders = 0, payments = 0, remotePayments = 0, rolledBack = 0;
        for (int i = 0; i < n; ++i) {
            const auto t = mix.next(random, i);
            QVERIFY(t.block);
            const auto& first = t.statements.front().sql;
            if (first.starts_with("SELECT c_discount")) {
                ++newOrders;
                rolledBack += t.aborted;
            } else if (first.starts_with("UPDATE warehouse")) {
                ++payments;
                remotePayments += t.statements.back().parameters[1].text != t.statements.back().parameters[4].text;
            }
        }
        const auto near = [](int count, int of, double share) { return std::abs(count - of * share) < 4 * std::sqrt(of * share * (1 - share)); };
        QVERIFY(near(newOrders, n, 0.45) && near(payments, n, 0.43) && near(remotePayments, payments, 0.15) && near(rolledBack, newOrders, 0.01));
    }
    void scramblingRenamesEverythingAndDropsKeys() {
        const Tpcc mix({});
        const NameScrambler scrambler(mix.schemaSql(), 3);
        QVERIFY(scrambler.schema().find("KEY") == std::string::npos && scrambler.schema().find("w_id") == std::string::npos);
        const auto sql = scrambler.apply("SELECT w_tax FROM warehouse WHERE w_id = 'w_id'");
        QCOMPARE(sql, "SELECT " + scrambler.renamed("w_tax") + " FROM " + scrambler.renamed("warehouse") + " WHERE " + scrambler.renamed("w_id") + " = 'w_id'");
    }
    void logLinesComeInOrder() {
        Shop shop;
        std::string log;
        LogWriter writer(LogFormat::stderrLog, Protocol::simple, 4, "app", "shop", [&](std::string_view line) { log += line; });
        Random random(2);
        Arrivals arrivals(shop, {ShopShape::range().begin, ShopShape::range().begin + microsPerHour}, shop.maxRate());
        for (Instant t = 0; arrivals.next(random, t);) writer.write(shop.next(random, t));
        writer.flush();
        std::istringstream in(log);
        std::string line, last;
        int lines = 0;
        for (; std::getline(in, line); ++lines) {
            QVERIFY(line.substr(0, 23) >= last);
            last = line.substr(0, 23);
        }
        QVERIFY(lines > 20);
    }
};

QTEST_APPLESS_MAIN(TestSamples)
#include "test_samples.moc"
