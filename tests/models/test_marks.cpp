// Marked events in files: the table of events, what candidates see, and what `evaluate volume` says of them, by hand-computed values.
#include <QtTest>

#include <cmath>

#include "core/base/hash.h"
#include "core/models/portfolio/evaluate.h"
#include "core/models/portfolio/marks.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

constexpr size_t days = 6;
const double level = std::log1p(100.0), raised = std::log1p(302.0), effect = raised - level;
Instant at(size_t hour) { return *parseTime("2026-01-01 00:00") + static_cast<Instant>(hour) * microsPerHour; }
bool inSale(size_t hour) { return (hour / 24 == 3 || hour / 24 == 5) && (hour % 24 == 10 || hour % 24 == 11); }

// A hundred calls an hour, three times as many in two hours of the fourth and of the sixth day.
Panel shop() {
    Panel panel;
    panel.step = microsPerHour;
    panel.seasons = {24};
    PanelSeries series{"shop", intervalIndex(at(0), microsPerHour), {}, {}, nullptr};
    for (size_t hour = 0; hour < days * 24; ++hour) series.logs.push_back(static_cast<float>(inSale(hour) ? raised : level));
    panel.series.push_back(std::move(series));
    return panel;
}
std::vector<CalendarEvent> sales() { return {{"sale", at(82), at(84), {}}, {"sale", at(130), at(132), {}}}; }
bool near(double a, double b) { return std::abs(a - b) <= 1e-5; }

}  // namespace

class TestMarks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsATableOfEvents() {
        const auto events = readEventTable("from,to,name,like\n2026-01-09 10:00,2026-01-09 12:00,big sale,sale\n2026-01-04T10:00:00Z,2026-01-04 12:00,sale,\n", "e.csv");
        QVERIFY2(events.ok(), events.ok() ? "" : events.error().message.c_str());
        QCOMPARE(events->size(), size_t(2));   // like another that stands below it
        QCOMPARE(events->front().name, std::string("sale"));
        QCOMPARE(events->back().like, std::string("sale"));
        QCOMPARE(events->front().begin, *parseTime("2026-01-04 10:00"));
        const auto named = readEventTable("name,from,to\nsale,2026-01-01,2026-01-02\nsale,2026-01-03,2026-01-02\n", "e.csv");
        QCOMPARE(named.error().category, ErrorCategory::usage);
        QVERIFY2(named.error().message.starts_with("e.csv, event 2: "), named.error().message.c_str());
        for (const char* broken : {"", "name,from\nx,1\n", "name,from,to\n", "name,from,to\nsale,soon,later\n"}) QCOMPARE(readEventTable(broken, "e.csv").error().category, ErrorCategory::format);
        Panel numbers = shop();
        numbers.step = 0;
        QCOMPARE(withEvents(numbers, sales()).error().category, ErrorCategory::usage);
    }
    void whatWasKnownIsAdded() {
        const auto seen = withEvents(shop(), sales());
        QVERIFY(seen.ok());
        for (const float value : seen->series[0].logs) QVERIFY(near(value, level));   // the first sale as well: it is measured as it runs
        const std::vector<Question> questions = {{0, 80, 3}, {0, 83, 1}, {0, 130, 1}, {0, 130, 3}};
        std::vector<float> answers(questions.size(), 1);
        addKnownEffects(*seen, questions, answers);
        QCOMPARE(answers[0], 1.0f);                    // none had happened
        QVERIFY(near(answers[1], 1 + effect));         // its first hour had
        QVERIFY(near(answers[2], 1 + effect));
        QCOMPARE(answers[3], 1.0f);                    // after it
        QVERIFY(isMarked(*seen, questions[0]) && !isMarked(*seen, questions[3]));
    }
    void theFutureChangesNoAnswer() {
        const auto whole = withEvents(shop(), sales());
        Panel panel = shop();
        Random random(1);
        for (size_t i = 83; i < panel.series[0].logs.size(); ++i) panel.series[0].logs[i] = static_cast<float>(9 * random.uniform());
        const auto other = withEvents(panel, sales());
        for (size_t i = 0; i < 83; ++i) QCOMPARE(other->series[0].logs[i], whole->series[0].logs[i]);
        const std::vector<Question> questions = {{0, 82, 1}, {0, 83, 1}, {0, 83, 48}};
        std::vector<float> one(questions.size(), 1), two = one;
        addKnownEffects(*whole, questions, one);
        addKnownEffects(*other, questions, two);
        QCOMPARE(one, two);
    }
    // Naive is a sale's rise late at its beginning and at its end, unless it knows of the sale.
    void evaluationSaysWhatEventsBring() {
        VolumeProtocol protocol;
        protocol.horizons = {1};
        protocol.testLast = 24;
        protocol.portfolio.only = {"naive"};
        protocol.events = sales();
        Job job;
        const auto evaluation = evaluateVolume(shop(), protocol, job);
        QVERIFY2(evaluation.ok(), evaluation.ok() ? "" : evaluation.error().message.c_str());
        QCOMPARE(evaluation->rows.size(), size_t(3));
        const auto &naive = evaluation->rows[0], &without = evaluation->rows[1], &chosen = evaluation->rows[2];
        QCOMPARE(without.model, std::string("portfolio without events"));
        QVERIFY(chosen.chosen && !without.chosen && chosen.model == "portfolio");
        for (const auto* row : {&naive, &chosen}) QVERIFY(near(row->logMse, 0) && row->markedLogMse && near(*row->markedLogMse, 0));
        QCOMPARE(without.markedValues, size_t(2));
        QVERIFY(near(without.logMse, 2 * effect * effect / 24) && near(*without.markedLogMse, effect * effect / 2));
        protocol.events.pop_back();
        QVERIFY(evaluateVolume(shop(), protocol, job).ok());
        QCOMPARE(job.diagnostics().byReason().at("events_elsewhere"), uint64_t(1));
        protocol.events.clear();
        const auto plain = evaluateVolume(shop(), protocol, job);
        QCOMPARE(plain->rows.size(), size_t(2));
        QVERIFY(near(plain->rows.back().logMse, without.logMse) && !plain->rows.back().markedLogMse);
    }
};

QTEST_APPLESS_MAIN(TestMarks)
#include "test_marks.moc"
