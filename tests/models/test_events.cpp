// Marked events: what they did before is measured, taken out of the history, and added to what is foreseen; nothing sees the future.
#include <QtTest>

#include <cmath>

#include "core/models/backtest.h"
#include "core/models/choice.h"
#include "core/models/events.h"
#include "core/models/shared.h"
#include "synthetic.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

constexpr size_t days = 30;
constexpr double factor = 3;
Instant at(size_t hour) { return (synthetic::firstInterval + static_cast<int64_t>(hour)) * microsPerHour; }
// Sales of eight hours on the given days, from 10 o'clock on.
std::vector<CalendarEvent> sales(std::initializer_list<size_t> on) {
    std::vector<CalendarEvent> events;
    for (const size_t day : on)
        if (!addEvent(events, {"sale", at(day * 24 + 10), at(day * 24 + 18), {}}).ok()) qFatal("cannot mark");
    return events;
}
bool inSale(size_t hour, std::initializer_list<size_t> on) {
    return std::any_of(on.begin(), on.end(), [&](size_t day) { return hour >= day * 24 + 10 && hour < day * 24 + 18; });
}
// A daily rhythm; three times the calls in a sale.
std::function<double(size_t)> shop(double level, std::initializer_list<size_t> on, uint64_t seed) {
    const std::vector<size_t> kept(on);
    return [=, plain = synthetic::daily(level, 0.03, seed)](size_t hour) {
        for (const size_t day : kept)
            if (hour >= day * 24 + 10 && hour < day * 24 + 18) return factor * plain(hour);
        return plain(hour);
    };
}
workload::Workload shopLog(std::initializer_list<size_t> on) {
    return synthetic::workloadOf({{"SELECT a", 0, false, shop(800, on, 1)}, {"SELECT b", 0, false, shop(300, on, 2)}}, days * 24);
}
std::vector<double> logsOf(std::initializer_list<size_t> on) {
    std::vector<double> logs;
    const auto calls = shop(800, on, 1);
    for (size_t hour = 0; hour < days * 24; ++hour) logs.push_back(std::log1p(calls(hour)));
    return logs;
}
IntervalSpan span() { return {synthetic::firstInterval, synthetic::firstInterval + static_cast<int64_t>(days * 24)}; }
Forecast foresee(const workload::Workload& log, const std::vector<CalendarEvent>& events, Job& job) {
    TrainOptions options;
    options.events = events;
    options.epochs = 30;
    const auto trained = train(log, options, job);
    if (!trained.ok()) qFatal("%s", trained.error().message.c_str());
    auto made = forecast(*trained, log, 24 * microsPerHour, 1, job, events);
    if (!made.ok()) qFatal("%s", made.error().message.c_str());
    return std::move(*made);
}
uint64_t said(const Job& job, const char* reason) {
    const auto all = job.diagnostics();
    const auto it = all.byReason().find(reason);
    return it == all.byReason().end() ? 0 : it->second;
}

}  // namespace

class TestEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eventsAreKeptInOrderAndOnce() {
        std::vector<CalendarEvent> events;
        QVERIFY(addEvent(events, {"sale", 200, 300, {}}).ok());
        QVERIFY(addEvent(events, {"sale", 100, 150, {}}).ok());
        QVERIFY(addEvent(events, {"big sale", 400, 500, "sale"}).ok());
        QCOMPARE(events.front().begin, Instant(100));
        QCOMPARE(addEvent(events, {"sale", 140, 160, {}}).error().category, ErrorCategory::usage);
        QCOMPARE(addEvent(events, {"", 1, 2, {}}).error().category, ErrorCategory::usage);
        QCOMPARE(addEvent(events, {"x", 2, 2, {}}).error().category, ErrorCategory::usage);
        QCOMPARE(addEvent(events, {"x", 1, 2, "nothing"}).error().category, ErrorCategory::notFound);
        QCOMPARE(addEvent(events, {"sale", 600, 700, "big sale"}).error().category, ErrorCategory::usage);   // like itself, by a way round
        const auto again = readEvents(writeEvents(events));
        QVERIFY(again.ok() && *again == events);
        for (size_t cut = 0; cut < writeEvents(events).size(); ++cut) QVERIFY(!readEvents(writeEvents(events).substr(0, cut)).ok());
        const EventCalendar calendar(events, 100);
        QCOMPARE(calendar.occurrences()[0].kind, calendar.occurrences()[2].kind);
        QVERIFY(fingerprintOf(events) != 0 && fingerprintOf({}) == 0);
        QCOMPARE(*removeEvents(events, "sale", Instant(100)), size_t(1));
        QCOMPARE(*removeEvents(events, "sale", std::nullopt), size_t(1));
        QCOMPARE(removeEvents(events, "sale", std::nullopt).error().category, ErrorCategory::notFound);
    }
    void effectIsMeasuredAndTakenOut() {
        const auto events = sales({12, 20, 30});
        const auto logs = logsOf({12, 20});
        const MarkedSeries marked(logs, span(), microsPerHour, EventCalendar(events, microsPerHour));
        QVERIFY(!marked.effectAt(720, 721).marked);
        const auto known = marked.effectAt(720, 30 * 24 + 12), once = marked.effectAt(15 * 24, 20 * 24 + 12), never = marked.effectAt(12 * 24, 12 * 24 + 12);
        QCOMPARE(known.occurrences, 2u);
        QVERIFY2(std::abs(std::exp(known.mean) - factor) < 0.25, qPrintable(QString::number(std::exp(known.mean))));
        QVERIFY(known.spread < 0.1);
        QCOMPARE(once.occurrences, 1u);
        QVERIFY(std::abs(once.spread - std::abs(once.mean) / 2) < 1e-12);
        QVERIFY(never.marked && never.occurrences == 0 && never.mean == 0);
        const auto quiet = logsOf({});
        for (size_t hour = 0; hour < logs.size(); ++hour)
            if (inSale(hour, {12, 20})) QVERIFY2(std::abs(marked.cleaned()[hour] - quiet[hour]) < 0.25, qPrintable(QString::number(hour)));
            else QCOMPARE(marked.cleaned()[hour], logs[hour]);
    }
    void theFutureChangesNoPastEffect() {
        const auto events = sales({12, 20, 28});
        const auto logs = logsOf({12, 20, 28});
        const EventCalendar calendar(events, microsPerHour);
        const MarkedSeries whole(logs, span(), microsPerHour, calendar);
        for (const size_t origin : {size_t{12 * 24 + 13}, size_t{15 * 24}, size_t{20 * 24 + 11}, size_t{28 * 24 + 17}}) {
            auto shuffled = logs;
            Random random(origin);
            for (size_t i = origin; i < shuffled.size(); ++i) shuffled[i] = 9 * random.uniform();
            const MarkedSeries other(shuffled, span(), microsPerHour, calendar);
            for (size_t i = 0; i < origin; ++i) QCOMPARE(other.cleaned()[i], whole.cleaned()[i]);
            for (size_t target = origin; target < logs.size(); ++target) {
                const auto a = whole.effectAt(origin, target), b = other.effectAt(origin, target);
                QVERIFY(a.occurrences == b.occurrences && a.mean == b.mean && a.spread == b.spread);
            }
        }
    }
    void aMarkedSaleIsForeseen() {
        const auto log = shopLog({9, 16, 23});
        Job job, other;
        const auto marked = foresee(log, sales({9, 16, 23, 30}), job);
        const auto plain = foresee(log, sales({9, 16, 23}), other);
        QCOMPARE(marked.events.size(), size_t(1));
        QCOMPARE(marked.events[0].occurrences, 3u);
        QVERIFY2(std::abs(marked.events[0].factor - factor) < 0.4, qPrintable(QString::number(marked.events[0].factor)));
        QCOMPARE(said(job, "event_used"), uint64_t(1));
        QVERIFY(plain.events.empty());
        const auto calls = shop(1100, {30}, 3);
        for (size_t hour = 10; hour < 18; ++hour) {
            const double ratio = marked.total.p50[hour] / calls(720 + hour);
            QVERIFY2(ratio > 0.75 && ratio < 1.3, qPrintable(QString("%1 %2").arg(hour).arg(ratio)));
            QVERIFY(marked.total.p10[hour] <= marked.total.p50[hour] && marked.total.p50[hour] <= marked.total.p90[hour]);
        }
        QVERIFY(std::abs(marked.total.p50[3] / plain.total.p50[3] - 1) < 0.1);
        QVERIFY(plain.total.p50[12] < 0.6 * marked.total.p50[12]);
    }
    void anUnknownEventWidensTheBandAlone() {
        const auto log = shopLog({});
        Job job, other;
        const auto marked = foresee(log, sales({30}), job), plain = foresee(log, {}, other);
        QCOMPARE(said(job, "event_unknown"), uint64_t(1));
        QCOMPARE(marked.events[0].occurrences, 0u);
        QCOMPARE(marked.events[0].factor, 1.0);
        for (size_t s = 0; s < marked.series.size(); ++s) {
            QVERIFY(std::abs(marked.series[s].p50[12] / plain.series[s].p50[12] - 1) < 0.1);
            QVERIFY(marked.series[s].p90[12] > 1.9 * marked.series[s].p50[12] && marked.series[s].p10[12] < 0.55 * marked.series[s].p50[12]);
            QVERIFY(marked.series[s].p90[3] < 1.5 * marked.series[s].p50[3]);
        }
        QVERIFY(marked.total.p90[12] > 1.5 * marked.total.p50[12]);
    }
    void learnedCandidatesSeeTheMarks() {
        std::vector<double> calls;
        const auto made = shop(800, {9, 16, 23}, 1);
        for (size_t hour = 0; hour < days * 24; ++hour) calls.push_back(made(hour));
        const auto seasons = panelSeasons(microsPerHour, calls.size());
        const Panel marked = panelOf({"a"}, {calls}, span(), microsPerHour, seasons, EventCalendar(sales({9, 16, 23, 30}), microsPerHour)), plain = panelOf({"a"}, {calls}, span(), microsPerHour, seasons);
        QVERIFY(marked.hasMarks() && !plain.hasMarks());
        for (const auto model : {VolumeModel::linear, VolumeModel::trees}) {
            Job job;
            std::map<VolumeModel, std::string> dropped;
            const auto fitted = fitShared(marked, 24, {model}, {}, dropped, job);
            QVERIFY(fitted.ok() && fitted->size() == 1);
            QVERIFY(predictShared(fitted->front(), marked, 24, job).ok());
            QVERIFY(predictShared(fitted->front(), plain, 24, job).ok());   // the marks were removed since: none at any time
        }
    }
};

QTEST_APPLESS_MAIN(TestEvents)
#include "test_events.moc"
