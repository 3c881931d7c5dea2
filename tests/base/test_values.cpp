// Canonical values: equal meanings are equal values with equal hashes, and the hash never changes.
#include <QtTest>

#include "core/base/value.h"

using namespace foreshard;

class TestValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalMeanings() {
        QCOMPARE(canonicalValue("42", true, ValueType::integer), canonicalValue("42", false, ValueType::unknown));
        QCOMPARE(canonicalValue("042", true, ValueType::integer), Value::integer(42));
        QCOMPARE(canonicalValue("042", true, ValueType::unknown), Value::ofText("042"));
        QCOMPARE(canonicalValue("42", true, ValueType::text), Value::ofText("42"));
        QCOMPARE(canonicalValue("1.50", false, ValueType::decimal), canonicalValue("01.5", true, ValueType::decimal));
        QCOMPARE(canonicalValue("2.00", false, ValueType::decimal), Value::integer(2));
        QCOMPARE(canonicalValue("-0.5", false, ValueType::decimal).text, std::string("-0.5"));
        QCOMPARE(canonicalValue("ab  ", true, ValueType::paddedText), Value::ofText("ab"));
        QCOMPARE(canonicalValue("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", true, ValueType::uuid),
                 canonicalValue("{a0eebc999c0b4ef8bb6d6bb9bd380a11}", true, ValueType::uuid));
        QCOMPARE(canonicalValue("2026-11-01 12:00:00+02", true, ValueType::timestamp),
                 canonicalValue("2026-11-01T10:00:00Z", true, ValueType::timestamp));
        QCOMPARE(canonicalValue("t", true, ValueType::boolean), canonicalValue("true", false, ValueType::unknown));
    }
    void nonsenseStaysText() {
        QCOMPARE(canonicalValue("hello", true, ValueType::integer), Value::ofText("hello"));
        QCOMPARE(canonicalValue("99999999999999999999", false, ValueType::integer).kind, ValueKind::real);
        QCOMPARE(canonicalValue("", true, ValueType::timestamp), Value::ofText(""));
    }
    void hashIsFixedForEver() {
        QCOMPARE(hashValue(Value::integer(1)), 16572613472718614229ULL);
        QCOMPARE(hashValue(Value::ofText("a")), hashValue(canonicalValue("a", true, ValueType::text)));
        QVERIFY(hashValue(Value::ofText("1")) != hashValue(Value::integer(1)));
        for (int64_t i = 0; i < 100; ++i) QVERIFY(countingSlot(Value::integer(i)) < countingSlots);
    }
    void survivesWriting() {
        for (const auto& value : {Value(), Value::null(), Value::integer(INT64_MIN), Value::ofText("\0x"), Value::boolean(true),
                                  canonicalValue("1.25", false, ValueType::decimal)}) {
            ByteWriter out;
            writeValue(out, value);
            ByteReader in(out.bytes());
            QCOMPARE(readValue(in), value);
            QVERIFY(in.ok() && in.atEnd());
        }
    }
};

QTEST_APPLESS_MAIN(TestValues)
#include "test_values.moc"
