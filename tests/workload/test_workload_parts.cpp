// Ranges, intervals, session control, records, bound keys.
#include <QtTest>

#include "core/workload/control.h"
#include "core/workload/heat.h"
#include "core/workload/intervals.h"
#include "core/workload/ranges.h"
#include "core/workload/record.h"
#include "tests/workload/small_log.h"

using namespace small;

class TestWorkloadParts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rangesHoldTheirNumbersInOrder() {
        std::vector<int64_t> numbers = {INT64_MIN, INT64_MIN + 1, -257, -256, -255, -1, 0, 1, 255, 256, 257, 511, 512, INT64_MAX - 1, INT64_MAX};
        Random random(7);
        for (int i = 0; i < 5'000; ++i) numbers.push_back(static_cast<int64_t>(random.next() >> random.below(64)) * (random.below(2) ? 1 : -1));
        std::sort(numbers.begin(), numbers.end());
        uint64_t last = 0;
        for (const int64_t number : numbers) {
            const uint64_t range = dyadicRangeOf(number);
            QVERIFY(range >= last);
            QVERIFY(rangeLow(range) <= number && number <= rangeHigh(range));
            QCOMPARE(dyadicRangeOf(rangeLow(range)), range);
            QCOMPARE(dyadicRangeOf(rangeHigh(range)), range);
            last = range;
        }
        QCOMPARE(rangeHigh(dyadicRangeOf(INT64_MAX)), INT64_MAX);
        QCOMPARE(rangeLow(dyadicRangeOf(INT64_MIN)), INT64_MIN);
        for (int64_t n = -256; n < 256; ++n) QCOMPARE(rangeLow(dyadicRangeOf(n)), rangeHigh(dyadicRangeOf(n)));
        QVERIFY(!dyadicRange(Value::ofText("7")) && dyadicRange(Value::timestamp(7)));
    }
    void neighbouringRangesTouch() {
        for (uint64_t range = dyadicRangeOf(INT64_MIN); range < dyadicRangeOf(INT64_MAX); ++range) QCOMPARE(rangeHigh(range) + 1, rangeLow(range + 1));
    }
    void intervalsByTheCalendar() {
        QCOMPARE(intervalForSpan(0, microsPerHour), calendarIntervals[0]);
        QCOMPARE(intervalForSpan(0, 14 * microsPerDay), microsPerHour);
        QCOMPARE(intervalForSpan(0, 3'000 * microsPerDay), microsPerDay);
        for (size_t i = 1; i < 6; ++i) QCOMPARE(calendarIntervals[i] % calendarIntervals[i - 1], 0);
        std::vector<AccessPoint> points;
        for (const int64_t interval : {3, 5, 4, 3, 9, 1}) pointAt(points, interval).reads += 1;
        QCOMPARE(points.size(), 5u);
        QVERIFY(std::is_sorted(points.begin(), points.end(), ByInterval()));
        QCOMPARE(points[1].reads, 2);
        QCOMPARE(within(points, 3, 5).size(), 2u);
    }
    void controlStatements_data() {
        QTest::addColumn<QString>("statement");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* statement, ControlKind kind, const char* name = "", const char* value = nullptr) {
            QTest::newRow(statement) << QString(statement) << static_cast<int>(kind) << QString(name) << QString(value);
        };
        row("BEGIN", ControlKind::begin);
        row(" /* app */ start transaction read only;", ControlKind::begin);
        row("START_REPLICATION SLOT x", ControlKind::none);
        row("COMMIT;", ControlKind::commit);
        row("end", ControlKind::commit);
        row("COMMIT PREPARED 'x'", ControlKind::other);
        row("PREPARE TRANSACTION 'x'", ControlKind::commit);
        row("PREPARE plan AS SELECT 1", ControlKind::none);
        row("COMMIT AND CHAIN", ControlKind::commitAndChain);
        row("ROLLBACK AND NO CHAIN", ControlKind::rollback);
        row("abort", ControlKind::rollback);
        row("rollback to savepoint Abc", ControlKind::rollbackTo, "abc");
        row("ROLLBACK WORK TO \"Abc\"", ControlKind::rollbackTo, "Abc");
        row("SAVEPOINT s1;", ControlKind::savepoint, "s1");
        row("RELEASE savepoint s1", ControlKind::release, "s1");
        row("SET search_path TO tenant_1, public", ControlKind::set, "search_path", "tenant_1\x1fpublic");
        row("SET SESSION search_path = '\"$user\", a'", ControlKind::set, "search_path", "a");
        row("set local search_path = x", ControlKind::setLocal, "search_path", "x");
        row("SET SCHEMA 'x'", ControlKind::set, "search_path", "x");
        row("SET search_path TO DEFAULT", ControlKind::set, "search_path");
        row("RESET search_path", ControlKind::set, "search_path");
        row("RESET ALL", ControlKind::resetAll);
        row("DISCARD ALL", ControlKind::resetAll);
        row("SET app.tenant = 42", ControlKind::set, "app.tenant", "42");
        row("SET LOCAL App.\"Tenant\" TO 'It''s'", ControlKind::setLocal, "app.tenant", "It's");
        row("SET app.factor = -4.5;", ControlKind::set, "app.factor", "-4.5");
        row("SET app.tenant TO DEFAULT", ControlKind::set, "app.tenant");
        row("RESET app.tenant", ControlKind::set, "app.tenant");
        row("SET app.tenant = E'\\x41'", ControlKind::set, "app.tenant", "\x1e?");
        row("SET ROLE tenant_7", ControlKind::set, "role", "tenant_7");
        row("SET LOCAL ROLE NONE", ControlKind::setLocal, "role");
        row("SET SESSION AUTHORIZATION 'bob'", ControlKind::set, "role", "bob");
        row("RESET SESSION AUTHORIZATION", ControlKind::set, "role");
        row("SET statement_timeout = '5s'", ControlKind::other);
        row("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", ControlKind::other);
        row("DISCARD PLANS", ControlKind::other);
        row("SET timezone = 'UTC'", ControlKind::other);
        row("SELECT 1", ControlKind::none);
        row("", ControlKind::none);
        row("--", ControlKind::none);
    }
    void controlStatements() {
        QFETCH(QString, statement);
        QFETCH(int, kind);
        QFETCH(QString, name);
        const auto control = controlOf(statement.toStdString());
        QCOMPARE(static_cast<int>(control.kind), kind);
        QCOMPARE(control.name, name.toStdString());
        QFETCH(QString, value);
        QCOMPARE(control.value, value.isNull() ? SettingValue() : SettingValue(value.toStdString()));
    }
    void literalsHashAsTheirValues() {
        const std::vector<std::string> texts = {"0", "-0", "7", "-7", "007", "+7", " 7", "7.0", "7.50", "1e3", "999999999999999999", "9223372036854775807",
                                                "92233720368547758070", "", "abc", "abc  ", "t", "2024-01-01", "2024-01-01 10:00:00+00",
                                                "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{}", "\\x00", "NaN", "-"};
        for (const auto& text : texts)
            for (int type = 0; type <= static_cast<int>(ValueType::other); ++type)
                for (const auto form : {LiteralForm::bare, LiteralForm::quoted}) {
                    const LiteralRef literal{0, form, text};
                    const auto value = valueOf(literal, static_cast<ValueType>(type));
                    const auto hash = hashLiteral(literal, static_cast<ValueType>(type));
                    QCOMPARE(hash.hash, hashValue(value));
                    QVERIFY(hash.known && !hash.missing);
                    if (hash.numeric) QCOMPARE(hash.number, value.number);
                    QCOMPARE(hash.numeric, value.kind == ValueKind::integer || value.kind == ValueKind::timestamp);
                }
        QVERIFY(hashLiteral({0, LiteralForm::missing, {}}, ValueType::integer).missing);
        QVERIFY(!hashLiteral({0, LiteralForm::null, {}}, ValueType::integer).known);
    }
    void recordsComeBackAndBrokenOnesDoNotCrash() {
        std::string buffer;
        RecordHead head;
        head.key = 5;
        head.offset = 77;
        appendRecord(buffer, head, std::vector<LiteralRef>{{0, LiteralForm::bare, "1"}, {9, LiteralForm::null, {}}, {300, LiteralForm::quoted, "x'y"}});
        appendRecord(buffer, head, std::vector<LiteralRef>{});
        std::string_view rest = buffer;
        RecordView record;
        std::vector<LiteralRef> literals;
        QVERIFY(takeRecord(rest, record) && decodeLiterals(record.literals, literals));
        QCOMPARE(literals.size(), 3u);
        QCOMPARE(literals[2].slot, 300u);
        QCOMPARE(literals[2].text, std::string_view("x'y"));
        QVERIFY(literals[1].form == LiteralForm::null);
        QVERIFY(takeRecord(rest, record) && rest.empty() && !takeRecord(rest, record));
        // A weight whose sums would overflow is no weight.
        for (const Weight weight : {Weight{-1}, mostCallWeight + 1}) {
            std::string heavy;
            appendRecord(heavy, RecordHead{.weight = weight}, std::vector<LiteralRef>{});
            rest = heavy;
            QVERIFY(!takeRecord(rest, record));
        }
        Random random(3);
        for (int i = 0; i < 2'000; ++i) {
            std::string broken = buffer.substr(0, random.below(buffer.size() + 1));
            if (!broken.empty()) broken[random.below(broken.size())] ^= static_cast<char>(1 << random.below(8));
            rest = broken;
            while (takeRecord(rest, record)) decodeLiterals(record.literals, literals);
        }
    }
    void boundKeysIntersectAndWiden() {
        Facts facts;
        facts.columns = {{0, "a", "a", ValueType::integer}, {0, "t", "t", ValueType::text}};
        TableAccess access;
        SampledCall call;
        call.slots = {{Value::integer(5)}, {Value::integer(9), Value::integer(5), Value::null()}, {Value()}, {Value::ofText("ab%")}, {Value::integer(20)}};
        const auto bind = [&](std::vector<KeyBinding> bindings) {
            access.bindings = std::move(bindings);
            return boundKeys(facts, call, access);
        };
        using sql::Operator;
        auto keys = bind({{0, Operator::in, {1}, Provenance::literal}});
        QCOMPARE(keys.size(), 1u);
        QCOMPARE(keys[0].values.size(), 3u);   // NULL stays: IS NOT DISTINCT FROM finds it
        QCOMPARE(bind({{0, Operator::in, {1}, {}}, {0, Operator::equal, {0}, {}}})[0].values, std::vector<Value>{Value::integer(5)});
        QCOMPARE(bind({{0, Operator::equal, {0}, {}}, {0, Operator::equal, {4}, {}}})[0].values.size(), 0u);
        QVERIFY(bind({{0, Operator::equal, {2}, {}}}).empty());
        QVERIFY(bind({{0, Operator::equal, {99}, {}}}).empty());
        keys = bind({{0, Operator::greater, {0}, {}}, {0, Operator::less, {4}, {}}});
        QCOMPARE(keys.size(), 1u);
        QVERIFY(keys[0].range && keys[0].low == Value::integer(6) && keys[0].high == Value::integer(19));
        keys = bind({{1, Operator::prefix, {3}, {}}});
        QVERIFY(keys[0].range && keys[0].low == Value::ofText("ab") && keys[0].high == Value::ofText("ac"));
        keys = bind({{0, Operator::in, {1}, {}}, {0, Operator::greaterEqual, {0}, {}}, {0, Operator::less, {1}, {}}});
        QCOMPARE(keys.size(), 1u);
        QCOMPARE(keys[0].values.size(), 3u);
        BoundKey inherited;
        inherited.column = 1;
        inherited.values = {Value::ofText("x")};
        inherited.provenance = Provenance::propagated;
        call.propagated = {inherited};
        keys = bind({{0, Operator::equal, {0}, {}}});
        QCOMPARE(keys.size(), 2u);
        QVERIFY(keys[1].provenance == Provenance::propagated);
        access.table = 1;
        QCOMPARE(bind({}).size(), 0u);
    }
};

QTEST_APPLESS_MAIN(TestWorkloadParts)
#include "test_workload_parts.moc"
