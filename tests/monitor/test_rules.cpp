// The skew and drift rules, interval by interval.
#include <QtTest>

#include <cmath>

#include "core/monitor/rules.h"

using namespace foreshard;
using namespace foreshard::monitor;

class TestRules : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void skewNeedsARowAndEndsBelowTheLowerLimit() {
        const SkewOptions options{1.5, 3, 0.2, 100};
        SkewRule rule;
        int64_t at = 100;
        QCOMPARE(rule.feed(at++, 1.8, 1000, options), Change::none);
        QCOMPARE(rule.feed(at++, 1.8, 1000, options), Change::none);
        QCOMPARE(rule.feed(at++, 1.2, 1000, options), Change::none);   // breaks the row
        QCOMPARE(rule.feed(at++, 1.6, 1000, options), Change::none);   // 103
        QCOMPARE(rule.feed(at++, 1.6, 1000, options), Change::none);
        QCOMPARE(rule.feed(at++, 1.6, 1000, options), Change::began);
        QVERIFY(rule.active());
        QCOMPARE(rule.since(), int64_t(103));
        // Between 1.4 and 1.5 nothing ends.
        for (int i = 0; i < 10; ++i) QCOMPARE(rule.feed(at++, 1.45, 1000, options), Change::none);
        QCOMPARE(rule.feed(at++, 1.3, 1000, options), Change::none);   // 116
        QCOMPARE(rule.feed(at++, 1.3, 1000, options), Change::none);
        QCOMPARE(rule.feed(at++, 1.3, 1000, options), Change::ended);
        QCOMPARE(rule.since(), int64_t(116));
        QVERIFY(!rule.active());
    }
    void quietIntervalsSayNothing() {
        const SkewOptions options{1.5, 2, 0.2, 100};
        SkewRule rule;
        QCOMPARE(rule.feed(1, 4.0, 1000, options), Change::none);
        QCOMPARE(rule.feed(2, 1.0, 99, options), Change::none);   // would break the row if it counted
        QCOMPARE(rule.feed(3, 4.0, 1000, options), Change::began);
    }
    void binomialByHand() {
        QVERIFY(std::abs(binomialTail(3, 0, 0.2) - 1) < 1e-12);
        QVERIFY(std::abs(binomialTail(3, 2, 0.2) - (3 * 0.04 * 0.8 + 0.008)) < 1e-12);
        QVERIFY(std::abs(binomialTail(12, 8, 0.2) - 0.000581) < 1e-6);
        QVERIFY(binomialTail(12, 7, 0.2) > 0.001);
    }
    void driftNeedsMoreThanBadLuck() {
        const DriftOptions options;
        DriftRule rule;
        // Seven of twelve outside happen by luck; the eighth does not.
        int64_t at = 0;
        for (const bool outside : {true, false, true, false, true, false, true, false, true, false, true, true})
            QCOMPARE(rule.feed(at++, !outside, options), Change::none);
        QCOMPARE(rule.outside(), 7u);
        QCOMPARE(rule.feed(at++, false, options), Change::none);   // the first one leaves the window: still seven
        QCOMPARE(rule.feed(at++, false, options), Change::began);
        QCOMPARE(rule.since(), int64_t(2));
        Change last = Change::none;
        int fine = 0;
        while (rule.active() && fine < 20) last = rule.feed(at++, true, options), ++fine;
        QCOMPARE(last, Change::ended);
        QVERIFY2(fine > 2 && fine < 12, qPrintable(QString::number(fine)));
    }
    void sixStraightAreEnough() {
        DriftRule rule;
        for (int i = 0; i < 5; ++i) QCOMPARE(rule.feed(i, false, {}), Change::none);
        QCOMPARE(rule.feed(5, false, {}), Change::began);
    }
    void storedForm() {
        SkewRule skew;
        DriftRule drift;
        for (int i = 0; i < 9; ++i) skew.feed(i, 2, 1000, {}), drift.feed(i, i % 2 == 0, {});
        ByteWriter out;
        skew.write(out);
        drift.write(out);
        ByteReader in(out.bytes());
        QVERIFY(SkewRule::read(in) == skew);
        QVERIFY(DriftRule::read(in) == drift);
        QVERIFY(in.ok() && in.atEnd());
    }
};

QTEST_APPLESS_MAIN(TestRules)
#include "test_rules.moc"
