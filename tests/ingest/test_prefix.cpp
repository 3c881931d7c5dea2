#include <QtTest/QTest>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/ingest/prefix.h"

using namespace foreshard;
using namespace foreshard::ingest;

namespace {

struct Facts {
    std::string user, database, application, host;
    int pid = 0, line = 0;
};

// What the server would print for `prefix` (log_status_format in elog.c); background processes have no session.
std::string printPrefix(const std::string& prefix, const Facts& f, bool background) {
    std::string out;
    for (size_t i = 0; i < prefix.size(); ++i) {
        if (prefix[i] != '%') { out += prefix[i]; continue; }
        int padding = 0, sign = 1;
        if (prefix[++i] == '-') { sign = -1; ++i; }
        while (isdigit(static_cast<unsigned char>(prefix[i]))) padding = padding * 10 + (prefix[i++] - '0');
        std::string value;
        switch (prefix[i]) {
            case '%': out += '%'; continue;
            case 'q': if (background) return out; continue;
            case 'm': value = "2026-11-22 20:32:08.628 CEST"; break;
            case 't': case 's': value = "2026-11-22 20:32:08 CEST"; break;
            case 'n': value = "1795379528.628"; break;
            case 'p': value = std::to_string(f.pid); break;
            case 'l': value = std::to_string(f.line); break;
            case 'c': value = fmt::format("6b035148.{:x}", f.pid); break;
            case 'v': value = background ? "" : fmt::format("3/{}", f.line); break;
            case 'x': value = "0"; break;
            case 'e': value = "00000"; break;
            case 'u': value = background ? "" : f.user; break;
            case 'd': value = background ? "" : f.database; break;
            case 'a': value = background ? "" : f.application; break;
            case 'h': value = background ? "" : f.host; break;
            case 'r': value = background ? "" : f.host == "[local]" ? f.host : f.host + "(51234)"; break;
            case 'i': value = background ? "" : "SELECT"; break;
            case 'b': value = background ? "checkpointer" : "client backend"; break;
            default: break;
        }
        if (padding && static_cast<int>(value.size()) < padding) {
            const std::string fill(static_cast<size_t>(padding) - value.size(), ' ');
            value = sign < 0 ? value + fill : fill + value;
        }
        out += value;
    }
    return out;
}

Facts someFacts(Random& random, int line) {
    static const char* users[] = {"postgres", "app_user", "web"};
    static const char* hosts[] = {"[local]", "10.0.0.17", "192.168.1.4"};
    static const char* applications[] = {"psql", "PostgreSQL JDBC Driver", "pgbench", "[unknown]"};
    return {users[random.below(3)], random.below(2) ? "shop" : "crm", applications[random.below(4)], hosts[random.below(3)],
            static_cast<int>(1'000 + random.below(30'000)), line};
}

std::string sampleOf(const std::string& prefix, Random& random) {
    std::string out;
    for (int i = 1; i <= 60; ++i)
        out += printPrefix(prefix, someFacts(random, i), i % 20 == 0) + (i % 7 == 0 ? "ERROR:  no such\n" : "LOG:  statement: select 'LOG:  x' from t\n\twhere a = 1\n");
    return out;
}

}  // namespace

class TestPrefix : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fields_data() {
        QTest::addColumn<QString>("prefix");
        for (const char* prefix : {"%m [%p] %q%u@%d ", "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "%t:%r:%u@%d:[%p]:",
                                   "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:", "< %m >", "%t-%c-", "%n %-10p %10l|%u|%d|%a| ", "%m %% %p %v %a %e ",
                                   "[%c] %m %i %u "})
            QTest::newRow(prefix) << prefix;
    }
    // What is printed is read back, for sessions and for background processes.
    void fields() {
        QFETCH(QString, prefix);
        const std::string format = prefix.toStdString();
        const auto parsed = LinePrefix::parse(format);
        QVERIFY(parsed.ok());
        Random random(3);
        for (int i = 1; i <= 40; ++i) {
            const Facts facts = someFacts(random, i);
            for (const bool background : {false, true}) {
                const std::string head = printPrefix(format, facts, background);
                const std::string line = head + "LOG:  statement: select 'x ERROR:  y'";
                PrefixFields fields;
                std::string_view severity;
                const auto length = parsed->match(line, fields, severity);
                QVERIFY2(length.has_value(), line.c_str());
                QCOMPARE(*length, head.size());
                QCOMPARE(std::string(severity), std::string("LOG"));
                const auto has = [&](const char* escape) { return format.find(escape) != std::string::npos; };
                if (has("p]") || has("10p")) QCOMPARE(std::string(fields.pid), std::to_string(facts.pid));
                if (background) continue;
                if (has("%u")) QCOMPARE(std::string(fields.user), facts.user);
                if (has("%d")) QCOMPARE(std::string(fields.database), facts.database);
                if (has("%a")) QCOMPARE(std::string(fields.application), facts.application);
                if (has("%v")) QCOMPARE(std::string(fields.virtualTransaction), "3/" + std::to_string(i));
                if (has("%c")) QCOMPARE(std::string(fields.session), fmt::format("6b035148.{:x}", facts.pid));
            }
        }
    }

    void guesses_data() {
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<bool>("exact");
        for (const char* prefix : {"%m [%p] ", "%m [%p] %q%u@%d ", "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "%t:%r:%u@%d:[%p]:", "< %m >", "%t-%c-"})
            QTest::newRow(prefix) << prefix << true;
        // None of the well-known ones: put together from the lines.
        for (const char* prefix : {"%m %p %c %v %u %d ", "%t|%p|%u|%d|%a|%h|", "%m db=%d user=%u host=%h pid=%p ", "%n %p %q%u@%d %c ", "%m [%p] %c v%v %q%u@%d/%a ",
                                   "%m [%p]: user=%u db=%d app=%a client=%r session=%c "})
            QTest::newRow(prefix) << prefix << false;
    }
    void guesses() {
        QFETCH(QString, prefix);
        QFETCH(bool, exact);
        Random random(5);
        const std::string format = prefix.toStdString(), sample = sampleOf(format, random);
        const auto guess = guessPrefix(sample);
        QVERIFY(guess.has_value());
        if (exact) QCOMPARE(guess->prefix, format);
        QVERIFY(guess->matched >= 0.9);
        // Whatever was guessed: time and session must be right, and the message begin where it does.
        const auto truth = LinePrefix::parse(format), guessed = LinePrefix::parse(guess->prefix);
        for (int i = 1; i <= 20; ++i) {
            const std::string line = printPrefix(format, someFacts(random, i), false) + "LOG:  statement: select 1";
            PrefixFields a, b;
            std::string_view severityA, severityB;
            QVERIFY(truth->match(line, a, severityA) && guessed->match(line, b, severityB));
            QVERIFY(severityA.data() == severityB.data());
            QCOMPARE(std::string(b.time), std::string(a.time));
            if (!a.pid.empty()) QCOMPARE(std::string(b.pid), std::string(a.pid));
            if (!a.session.empty()) QCOMPARE(std::string(b.session), std::string(a.session));
            if (!a.virtualTransaction.empty()) QCOMPARE(std::string(b.virtualTransaction), std::string(a.virtualTransaction));
            if (format.find("db=") != std::string::npos) QCOMPARE(std::string(b.database), std::string(a.database));
        }
    }

    // The background processes' short lines came later than the sample.
    void shortLinesAfterTheSample() {
        Random random(9);
        std::string sample;
        for (int i = 1; i < 40; ++i) sample += printPrefix("%m [%p] %q%u@%d %c v%v ", someFacts(random, i), false) + "LOG:  statement: select 1\n";
        const auto prefix = LinePrefix::parse(guessPrefix(sample)->prefix);
        PrefixFields fields;
        std::string_view severity;
        QVERIFY(prefix->match("2026-11-22 20:32:08.628 CEST [77] LOG:  checkpoint starting: time", fields, severity));
        QVERIFY(fields.cutAtQ);
    }

    void unknownEscapeAndNoTime() {
        QVERIFY(!LinePrefix::parse("%m %z ").ok());
        QVERIFY(!guessPrefix("LOG:  statement: select 1\nERROR:  x\n").has_value());
        QVERIFY(!guessPrefix("").has_value());
    }
};

QTEST_APPLESS_MAIN(TestPrefix)
#include "test_prefix.moc"
