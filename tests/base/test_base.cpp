// Time, units, serialised form, files, diagnostics and jobs.
#include <QtTest>

#include <filesystem>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/gzip.h"
#include "core/base/job.h"
#include "core/base/time.h"
#include "core/base/time_ticks.h"
#include "core/base/time_zone.h"
#include "core/base/units.h"
#include "core/base/words.h"

using namespace foreshard;

class TestBase : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void times() {
        QCOMPARE(parseTime("1970-01-01 00:00:01.5 UTC").value(), 1'500'000);
        QCOMPARE(parseTime("2026-11-01 12:00:00.123 CET").value(), parseTime("2026-11-01T11:00:00.123Z").value());
        QCOMPARE(parseTime("2026-07-01 12:00:00 Europe/Berlin").value(), parseTime("2026-07-01T10:00:00Z").value());
        QVERIFY(!parseTime("2026-13-01") && !parseTime("2026-11-01 12:61:00") && !parseTime("now") && !parseTime("2026-11-01 1"));
        QCOMPARE(formatRfc3339(parseTime("2024-02-29 23:59:59.000001Z").value()), std::string("2024-02-29T23:59:59.000001Z"));
        QCOMPARE(intervalIndex(-1, microsPerHour), -1);
        QCOMPARE(parseInterval("15m").value(), 15 * 60 * microsPerSecond);
        QCOMPARE(formatInterval(microsPerHour), std::string("1h"));
        QVERIFY(!parseInterval("0h") && !parseInterval("h") && !parseInterval("9999999999999w"));
    }
    void zones() {
        const auto utc = [](const std::string& text, const char* zone = "") {
            const auto home = TimeZone::named(zone).value_or(TimeZone());
            const auto time = parseTime(text, home);
            return time ? formatRfc3339(*time) : std::string("none");
        };
        // As PostgreSQL reads them where nobody says otherwise.
        for (const auto& [zone, hour] : std::map<std::string, std::string>{{"CST", "18:00"}, {"CDT", "17:00"}, {"BST", "11:00"}, {"IST", "10:00"}, {"HKT", "04:00"}, {"PKT", "07:00"}, {"WIB", "05:00"}, {"SAST", "10:00"},
                 {"EAT", "09:00"}, {"WAT", "11:00"}, {"CAT", "10:00"}, {"AWST", "04:00"}, {"ACDT", "01:30"}, {"HST", "22:00"}, {"AKST", "21:00"}, {"SGT", "04:00"}, {"NST", "15:30"}, {"AST", "16:00"}, {"MSK", "09:00"},
                 {"+0530", "06:30"}, {"+05:30", "06:30"}, {"-03", "15:00"}, {"Z", "12:00"}})
            QCOMPARE(utc("2026-01-10 12:00:00 " + zone), "2026-01-10T" + hour + ":00Z");
        QCOMPARE(utc("2026-01-10 12:00:00 XYZT"), std::string("none"));
        // Where the zone is given, its own meaning comes first, by the date; others keep theirs.
        QCOMPARE(utc("2026-01-10 12:00:00 IST", "Asia/Kolkata"), std::string("2026-01-10T06:30:00Z"));
        QCOMPARE(utc("2026-07-10 12:00:00 IST", "Europe/Dublin"), std::string("2026-07-10T11:00:00Z"));
        QCOMPARE(utc("2026-01-10 12:00:00 CST", "Asia/Shanghai"), std::string("2026-01-10T04:00:00Z"));
        QCOMPARE(utc("2026-01-10 12:00:00 UTC", "Asia/Shanghai"), std::string("2026-01-10T12:00:00Z"));
        QCOMPARE(utc("2026-01-10 12:00:00", "Asia/Shanghai"), std::string("2026-01-10T04:00:00Z"));
        // The hour that comes twice is told apart by its abbreviation.
        QCOMPARE(utc("2026-11-01 01:30:00 CDT", "America/Chicago"), std::string("2026-11-01T06:30:00Z"));
        QCOMPARE(utc("2026-11-01 01:30:00 CST", "America/Chicago"), std::string("2026-11-01T07:30:00Z"));
        QCOMPARE(utc("2026-11-01 00:00:00 CST", "America/Chicago"), std::string("2026-11-01T06:00:00Z"));   // a log's midnight before the change
        QVERIFY(!TimeZone::named("Mars/Olympus") && !TimeZone::named(""));
    }
    void timeAxes() {
        const auto at = [](const char* text) { return parseTime(text).value(); };
        const auto words = [](TimeRange range, size_t wanted, const char* zone) {
            QStringList out;
            for (const auto& tick : timeTicks(range, wanted, zone)) out << QString::fromStdString(tick.text);
            return out.join(", ");
        };
        QCOMPARE(words({at("2026-11-01 05:00:00 UTC"), at("2026-11-03 00:00:00 UTC")}, 4, "UTC"), QString("12:00, Mon 2 Nov, 12:00, Tue 3 Nov"));
        QCOMPARE(words({at("2026-11-01 00:00:00 UTC"), at("2026-11-15 00:00:00 UTC")}, 5, "UTC"), QString("1 Nov, 4 Nov, 7 Nov, 10 Nov, 13 Nov"));
        // Clocks go back on 25 October 2026 in Berlin: the day has 25 hours, ticks stay on midnight.
        const auto berlin = timeTicks({at("2026-10-23 22:00:00 UTC"), at("2026-10-27 00:00:00 UTC")}, 4, "Europe/Berlin");
        QCOMPARE(berlin.size(), 4u);
        QCOMPARE(berlin[2].at - berlin[1].at, 25 * microsPerHour);
        QCOMPARE(berlin[2].text, std::string("Mon 26 Oct"));
        QVERIFY(timeTicks({5, 5}, 3, "UTC").empty());
        QCOMPARE(words({0, microsPerHour}, 2, "Nowhere/Land"), QString("Thu 1 Jan, 00:30, 01:00"));
    }
    void numbersForPeople() {
        QCOMPARE(formatCount(1'234'567), std::string("1.23 M"));
        QCOMPARE(formatCount(0), std::string("0"));
        QCOMPARE(formatBytes(3'400'000), std::string("3.4 MB"));
        QCOMPARE(formatDuration(200), std::string("3 min 20 s"));
        QCOMPARE(formatShare(0.1234), std::string("12.3 %"));
        QCOMPARE(groupThousands(-1'234'567), std::string("-1,234,567"));
        QCOMPARE(counted(1, "row", "rows") + ", " + counted(1'234, "row", "rows"), std::string("1 row, 1,234 rows"));
        QCOMPARE(weightOfSampleRate(0.5), 2 * weightOne);
    }
    void names() {
        QCOMPARE(joined({}), std::string());
        QCOMPARE(joined({"a", "b"}, " and "), std::string("a and b"));
        QCOMPARE(listed({"a", "b", "c"}, 3), std::string("a, b, c"));
        QCOMPARE(listed({"a", "b", "c"}, 2), std::string("a, b and 1 more"));
    }
    void readerStopsAtTheEnd() {
        ByteWriter out;
        out.zigzag(-5);
        out.text("abc");
        out.real(0.25);
        const auto bytes = out.bytes();
        for (size_t cut = 0; cut < bytes.size(); ++cut) {
            ByteReader in(std::string_view(bytes).substr(0, cut));
            in.zigzag(), in.text(), in.real();
            QVERIFY(!in.ok());
        }
        ByteReader in(bytes);
        QCOMPARE(in.zigzag(), -5);
        QCOMPARE(in.text(), std::string("abc"));
        QCOMPARE(in.real(), 0.25);
        QVERIFY(in.ok() && in.atEnd());
    }
    void filesAreWrittenWholeOrNotAtAll() {
        TemporaryFolder folder;
        const auto path = folder.path() / "a.txt";
        QVERIFY(writeFileWhole(path, "one").ok());
        QVERIFY(writeFileWhole(path, "two").ok());
        QCOMPARE(readFile(path).value(), std::string("two"));
        QVERIFY(!writeFileWhole(folder.path() / "missing" / "a.txt", "x").ok());
        std::filesystem::create_symlink(path, folder.path() / "link");
        QVERIFY(writeFileWhole(folder.path() / "link", "three").ok());
        QVERIFY(std::filesystem::is_symlink(folder.path() / "link") && *readFile(path) == "three");
        std::filesystem::remove(folder.path() / "link");
        QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
        QCOMPARE(readFile(folder.path() / "nothing").error().category, ErrorCategory::notFound);
        QCOMPARE(readFile(folder.path()).error().category, ErrorCategory::unreadable);
        const auto full = writeFileWhole("/dev/full", "x");
        QVERIFY(!full.ok() && full.error().category == ErrorCategory::io);
    }
    void gzipIsUnpackedWholeOrNotAtAll() {
        const auto packed = readFile(FORESHARD_SOURCE_DIR "/samples/shop/shop-next.csv.gz");
        QVERIFY(packed.ok());
        const auto text = unpackGzip(*packed, "shop-next.csv.gz");
        QVERIFY(text.ok() && text->starts_with("2026-11-15 ") && text->ends_with("\n"));
        QCOMPARE(unpackGzip(std::string_view(*packed).substr(0, packed->size() / 2), "cut").error().category, ErrorCategory::format);
        QCOMPARE(unpackGzip("no gzip at all", "text").error().category, ErrorCategory::format);
        QCOMPARE(unpackGzip("", "empty").error().category, ErrorCategory::format);
        QCOMPARE(unpackGzip(*packed, "large", 1000).error().category, ErrorCategory::unsupported);
    }
    void diagnosticsMergeInAnyOrder() {
        Diagnostics a(3), b(3);
        for (uint64_t line = 9; line > 0; --line) (line % 2 ? a : b).add({Severity::warning, "broken", "f", line, 0, "x"});
        Diagnostics ab = a, ba = b;
        ab.merge(b);
        ba.merge(a);
        QVERIFY(ab == ba);
        QCOMPARE(ab.total(), 9u);
        QCOMPARE(ab.shown().size(), 3u);
        QCOMPARE(ab.shown()[2].line, 3u);
    }
    // A flood does not push out what there is little of, and warnings stand before notes; in any order of merging.
    void diagnosticsKeepOneOfEachKind() {
        std::vector<Diagnostic> all;
        for (uint64_t line = 1; line <= 40; ++line) all.push_back({line % 3 ? Severity::note : Severity::warning, line % 3 ? "often" : "broken", "f", line, 0, "x"});
        all.push_back({Severity::note, "seldom", "z", 99, 0, "x"});
        all.push_back({Severity::warning, "last", "z", 98, 0, "x"});
        std::vector<std::vector<Diagnostic>> kept;
        for (const size_t parts : {1u, 2u, 3u, 7u}) {
            std::vector<Diagnostics> some(parts, Diagnostics(6));
            for (size_t i = 0; i < all.size(); ++i) some[i % parts].add(all[i]);
            Diagnostics merged(6);
            for (auto part = some.rbegin(); part != some.rend(); ++part) merged.merge(*part);
            kept.push_back(merged.shown());
            QCOMPARE(merged.total(), all.size());
        }
        for (const auto& shown : kept) QVERIFY(shown == kept.front());
        std::string text;
        for (const auto& d : kept.front()) text += d.reason + std::to_string(d.line) + " ";
        QCOMPARE(text, std::string("broken3 broken6 broken9 last98 often1 seldom99 "));
    }
    void jobsStop() {
        Job job;
        QVERIFY(job.checkpoint().ok());
        job.requestStop();
        QCOMPARE(job.checkpoint().error().category, ErrorCategory::cancelled);
    }
};

QTEST_APPLESS_MAIN(TestBase)
#include "test_base.moc"
