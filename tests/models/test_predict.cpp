// What is predicted of one statement, and the rows of a log behind it: which calls teach, that no fold sees what it is judged by, the
// stored form, labels on a copy, expected rows, calls of the next hour and hotspots.
#include <QtTest>

#include <QTemporaryDir>

#include <cmath>
#include <set>

#include <sqlite3.h>

#include "core/models/cardinality/log_queries.h"
#include "core/models/cardinality/train.h"
#include "core/models/predict/predictor.h"
#include "core/models/predict/touched.h"
#include "core/models/predict/words.h"
#include "core/workload/ranges.h"
#include "core/workload/statement.h"
#include "tests/models/rows_log.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

bool near(double a, double b, double tolerance = 1e-6) { return std::abs(a - b) <= tolerance; }

std::vector<const CountedQuery*> listOf(const std::vector<CountedQuery>& queries) {
    std::vector<const CountedQuery*> list;
    for (const auto& query : queries) list.push_back(&query);
    return list;
}

CardinalityTrainOptions quick(uint64_t seed = 1) {
    CardinalityTrainOptions options;
    options.most = 140;
    options.pairs = 200;
    options.portfolio.folds = 2;
    options.portfolio.seed = seed;
    return options;
}

workload::TemplateId templateWith(const workload::Workload& w, const std::string& part) {
    for (workload::TemplateId id = 0; id < w.facts->templates.size(); ++id)
        if (w.facts->templates[id].text.find(part) != std::string::npos) return id;
    qFatal("no template with %s", part.c_str());
}

// Seasonal naive for every template, whose errors are known: a third too few, right, and a third too many calls.
std::shared_ptr<const TrainedModels> simpleModels(const workload::Workload& w, std::string cardinality = {}) {
    auto models = std::make_shared<TrainedModels>();
    for (const auto& t : w.facts->templates) {
        SeriesModel series;
        series.name = t.text;
        series.templates = {t.fingerprint};
        series.shares = {1.0};
        series.season = 24;
        series.residualPath = {-0.3, 0, 0.3, 0, -0.3, 0.3};
        series.residuals = {-0.3, -0.3, 0, 0, 0.3, 0.3};
        series.backtestHorizon = 3;
        models->series.push_back(std::move(series));
    }
    models->interval = w.rates.interval;
    models->workloadFingerprint = w.fingerprint();
    models->cardinality = std::move(cardinality);
    return models;
}

std::shared_ptr<const Predictor> predictorOf(PredictorInputs inputs) {
    Job job;
    auto made = Predictor::make(std::move(inputs), job);
    if (!made) qFatal("%s", made.error().message.c_str());
    return *made;
}

bool says(const Prediction& prediction, const std::string& part) {
    return std::any_of(prediction.notes.begin(), prediction.notes.end(), [&](const auto& note) { return note.find(part) != std::string::npos; });
}

}  // namespace

class TestPredict : public QObject {
    Q_OBJECT
    std::shared_ptr<const workload::Workload> counted_, uncounted_;
    std::optional<TrainedCardinality> trained_;
    std::string bytes_;

private Q_SLOTS:
    void initTestCase() {
        counted_ = rowslog::workload();
        uncounted_ = rowslog::workload({.rows = false});
        std::string why;
        Job job;
        auto trained = trainCardinality(*counted_, nullptr, quick(), why, job);
        QVERIFY2(trained.ok() && *trained, why.c_str());
        trained_ = std::move(**trained);
        bytes_ = trained_->write().value();
    }

    // Calls that aggregate or limit say nothing of FROM and WHERE.
    void whichCallsTeach() {
        const auto log = queriesOfLog(*counted_, 10'000);
        QVERIFY(log.calls == log.counted && log.shaped > 0);
        std::map<uint64_t, size_t> groups;
        for (const auto& query : log.queries) {
            QVERIFY(query.family != 0);
            QVERIFY(++groups[query.group] <= 4);
            if (query.uses.size() == 1 && query.uses[0].table == "b") QCOMPARE(query.rows, 2.0);
        }
        QCOMPARE(queriesOfLog(*uncounted_, 10'000).queries.size(), size_t(0));
        // Evenly over templates: 4 plain SELECTs and one UPDATE.
        std::map<uint64_t, size_t> families;
        for (const auto& query : queriesOfLog(*counted_, 50).queries) ++families[query.family];
        QCOMPARE(families.size(), size_t(5));
        for (const auto& [family, count] : families) QCOMPARE(count, size_t(10));
        QVERIFY(queriesOfLog(*counted_, 50).queries == queriesOfLog(*rowslog::workload(), 50).queries);
    }
    void masksTellNoOrder() {
        const auto& facts = *counted_->facts;
        const auto& own = facts.templates[templateWith(*counted_, "WHERE x <")];
        const auto plain = queryOf(facts, own, {{Value::integer(5)}}), masked = queryOf(facts, own, {{Value::ofText("~0123456789abcdef")}});
        QCOMPARE(plain->conditions[0].values, std::vector<double>({5}));
        QVERIFY(masked->conditions[0].values.empty());
        const auto& equal = facts.templates[templateWith(*counted_, "SELECT y FROM b")];
        QCOMPARE(queryOf(facts, equal, {{Value::ofText("~0123456789abcdef")}})->conditions[0].values.size(), size_t(1));
    }
    void groupsNeverStraddleFolds() {
        const auto queries = queriesOfLog(*counted_, 300).queries;
        CardinalityOptions options{4, 3, 0};
        const auto parts = CardinalityPortfolio::partsOf(listOf(queries), options);
        QCOMPARE(parts.size(), size_t(7));   // four folds, and families that are held out, each once
        for (const auto& part : parts) {
            std::set<uint64_t> groups;
            for (const auto* query : part.training) groups.insert(query->group);
            for (const auto* query : part.judged) QVERIFY(!groups.contains(query->group));
        }
        std::map<uint64_t, std::set<size_t>> judgedIn;
        for (size_t p = 4; p < parts.size(); ++p) {
            std::set<uint64_t> families;
            for (const auto* query : parts[p].training) families.insert(query->family);
            for (const auto* query : parts[p].judged) {
                QVERIFY(!families.contains(query->family));
                judgedIn[query->family].insert(p);
            }
        }
        QCOMPARE(judgedIn.size(), size_t(5));
        for (const auto& [family, in] : judgedIn) QCOMPARE(in.size(), size_t(1));
    }
    // Other rows in the part that judges change nothing that was learned.
    void nobodySeesWhatJudges() {
        auto queries = queriesOfLog(*counted_, 120).queries;
        const auto parts = CardinalityPortfolio::partsOf(listOf(queries), {2, 3, 0});
        Job job;
        const auto before = CardinalityFold::fit(parts[0].training, {}, {.seed = 9}, job);
        const auto logs = before->predict(parts[0].judged);
        std::set<const CountedQuery*> judged(parts[0].judged.begin(), parts[0].judged.end());
        for (auto& query : queries)
            if (judged.contains(&query)) query.rows = 1 + query.rows * 7;
        QVERIFY(CardinalityFold::fit(parts[0].training, {}, {.seed = 9}, job)->predict(parts[0].judged).value() == *logs);
    }
    void choiceByHand() {
        JudgedQueries judged;   // independence is right but for one query of each part, 4 for 1; the others are off by e
        for (uint32_t i = 0; i < 20; ++i) {
            const float truth = i % 10 == 0 ? std::log(4.0f) : 0.0f;
            judged.truth.push_back(truth);
            judged.part.push_back(i / 10);
            judged.family.push_back(1);
            for (uint32_t c = 0; c < cardinalityCandidates; ++c) judged.logs[c].push_back(c == byIndependence ? 0.0f : truth + 1.0f);
        }
        const auto choice = chooseBy(judged);
        QCOMPARE(choice.queries, size_t(20));
        QVERIFY(choice.candidates[networkDirect].q50 > 2.71 && choice.candidates[networkDirect].q50 < 2.72);
        QCOMPARE(choice.candidates[byIndependence].q50, 1.0);
        QVERIFY(near(choice.candidates[byIndependence].mean, (18 + 2 * 4) / 20.0, 1e-5));
        QVERIFY(near(choice.candidates[byIndependence].max, 4, 1e-5));
        QVERIFY(choice.coverage.value() >= 0.9);
        QCOMPARE(choice.families.size(), size_t(1));   // twenty of a family are enough
    }
    // Each family counts as one; the one to come may lie beyond all of them.
    void newFamiliesByHand() {
        CardinalityChoice choice;
        choice.weights[byIndependence] = 1;
        const auto judgedOf = [](size_t families, float step) {
            JudgedQueries judged;
            for (size_t f = 0; f < families; ++f)
                for (size_t i = 0; i < (f == 0 ? 50 : 2); ++i) {   // many queries of one family weigh no more
                    judged.truth.push_back(step * static_cast<float>(f));
                    judged.part.push_back(static_cast<uint32_t>(f % 3));
                    judged.family.push_back(f + 1);
                    for (auto& logs : judged.logs) logs.push_back(0);
                }
            return judged;
        };
        const auto ten = static_cast<float>(std::log(10.0));
        bandNewFamilies(choice, {});
        QVERIFY(!choice.coverage && near(choice.band.low, -ten, 1e-5) && near(choice.band.high, ten, 1e-5));
        bandNewFamilies(choice, judgedOf(4, 2));   // errors 0, 2, 4, 6: too few to leave one out
        QVERIFY(near(choice.band.low, -ten, 1e-5) && near(choice.band.high, 6, 1e-5));
        QVERIFY(choice.coverage.has_value());
        bandNewFamilies(choice, judgedOf(40, 0.1f));   // of 41 the uppermost tenth: the one to come and 3.9, 3.8, 3.7, 3.6
        QVERIFY(near(choice.band.low, -ten / 2, 1e-5) && near(choice.band.high, 3.6, 1e-4));
    }
    // On few queries an average must be surely better, and no worse at its worst.
    void fewQueriesAverageNothing() {
        const auto chosenOf = [](size_t count) {
            JudgedQueries judged;   // two candidates err to opposite sides; of 50 queries one is a tail that independence alone meets
            for (size_t i = 0; i < count; ++i) {
                const bool tail = i % 50 == 7;
                judged.truth.push_back(3);
                judged.part.push_back(static_cast<uint32_t>(i % 4));
                judged.family.push_back(1);
                for (uint32_t c = 0; c < cardinalityCandidates; ++c) judged.logs[c].push_back(c == byIndependence ? 2.8f : tail ? 5.0f : 3.2f);
            }
            return chooseBy(judged);
        };
        QCOMPARE(chosenOf(50).weights[byIndependence], 1.0);
        QVERIFY(chosenOf(400).weights[byIndependence] < 1);
    }
    void learnsFromTheLog() {
        const auto& choice = trained_->portfolio.choice();
        QVERIFY2(choice.chosen.q50 < 1.4, qPrintable(QString::number(choice.chosen.q50)));
        QVERIFY(choice.chosen.q90 <= choice.candidates[byIndependence].q90 + 1e-6);
        QVERIFY(trained_->disorder.value() <= 0.01);
        QVERIFY(choice.coverage.value() > 0.3 && choice.coverage.value() <= 1);   // of two small folds
        QCOMPARE(trained_->templates, uint64_t(5));
    }
    void sameSeedSameModel() {
        std::string why;
        Job job;
        const auto again = trainCardinality(*counted_, nullptr, quick(), why, job).value();
        const auto queries = queriesOfLog(*counted_, 40).queries;
        const auto first = trained_->portfolio.estimate(listOf(queries)).value(), second = again->portfolio.estimate(listOf(queries)).value();
        for (size_t i = 0; i < first.size(); ++i) QVERIFY(first[i].p10 == second[i].p10 && first[i].p50 == second[i].p50 && first[i].p90 == second[i].p90);
        const auto &one = again->portfolio.choice(), &other = trained_->portfolio.choice();
        QVERIFY(one.weights == other.weights && one.chosen == other.chosen && one.band == other.band && one.families == other.families && one.coverage == other.coverage);
    }
    void stored() {
        const auto read = TrainedCardinality::read(bytes_);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        const auto queries = queriesOfLog(*counted_, 40).queries;
        const auto first = trained_->portfolio.estimate(listOf(queries)).value(), second = read->portfolio.estimate(listOf(queries)).value();
        for (size_t i = 0; i < first.size(); ++i) QVERIFY(near(first[i].p50 / second[i].p50, 1, 1e-5) && near(first[i].p90 / second[i].p90, 1, 1e-5));
        QCOMPARE(read->write().value(), bytes_);
        for (size_t cut = 0; cut < bytes_.size(); cut += 1 + bytes_.size() / 300) QVERIFY(!TrainedCardinality::read(std::string_view(bytes_).substr(0, cut)).ok());
        Random random(5);
        for (int i = 0; i < 200; ++i) {   // never a crash
            auto flipped = bytes_;
            flipped[random.below(i < 100 ? 4'000 : flipped.size())] ^= static_cast<char>(1 << random.below(8));
            if (const auto odd = TrainedCardinality::read(flipped); odd.ok()) (void)odd->portfolio.estimate(listOf(queries));
        }
        auto newer = bytes_;
        newer[8] = 9;
        QCOMPARE(TrainedCardinality::read(newer).error().category, ErrorCategory::version);
        // Of other features: it says so, and nothing is made of it.
        auto other = trained_->portfolio.write().value();
        other[9] ^= 0x40;   // behind the magic and the form's version
        QCOMPARE(CardinalityPortfolio::read(other).error().category, ErrorCategory::version);
    }
    void saysWhyThereIsNone() {
        std::string why;
        Job job;
        QVERIFY(!trainCardinality(*uncounted_, nullptr, quick(), why, job).value());
        QVERIFY2(why.find("do not say how many rows") != std::string::npos, why.c_str());
        auto options = quick();
        options.most = 3;
        QVERIFY(!trainCardinality(*counted_, nullptr, options, why, job).value());
        QVERIFY2(why.find("are needed") != std::string::npos, why.c_str());
    }

    // ---- labels on a copy ------------------------------------------------------------------------------------------
    void countsOnACopy() {
        QTemporaryDir folder;
        const auto file = folder.filePath("copy.db").toStdString();
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open(file.c_str(), &db), SQLITE_OK);
        QCOMPARE(sqlite3_exec(db,
                              "CREATE TABLE a(id INTEGER PRIMARY KEY, x INTEGER, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER, y INTEGER);"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO a SELECT i, i % 100, 'x''); DROP TABLE a; --' FROM n;"
                              "INSERT INTO b SELECT id, id, 1 FROM a; INSERT INTO b SELECT id + 1000, id, 2 FROM a;",
                              nullptr, nullptr, nullptr),
                 SQLITE_OK);
        sqlite3_close(db);
        Job job;
        const auto labels = labelCalls(*uncounted_, file, {.most = 120}, job);
        QVERIFY(labels.ok());
        QCOMPARE(labels->asked, labels->queries.size());
        QVERIFY(labels->queries.size() == 120 && !labels->ended);
        for (const auto& query : labels->queries) {   // 5 rows of a for each x
            const double v = query.conditions[0].values[0];
            if (query.uses.size() == 2) QCOMPARE(query.rows, 2 * 5 * v);
            else if (query.conditions[0].op == sql::Operator::less) QCOMPARE(query.rows, 5 * v);
            else if (query.conditions[0].op == sql::Operator::greaterEqual) QCOMPARE(query.rows, 500 - 5 * v);
            else QCOMPARE(query.rows, 2.0);
        }
        QCOMPARE(labels->columns.at("a.x"), (KnownColumn{0, 99, 500, 100}));
        QCOMPARE(labels->columns.at("b.a_id"), (KnownColumn{1, 500, 1000, 500}));
        // What the log counts is not counted again; a limit that is over before it begins counts nothing.
        QCOMPARE(labelCalls(*counted_, file, {}, job)->asked, size_t(0));
        const auto none = labelCalls(*uncounted_, file, {.limitSeconds = 0}, job);
        QVERIFY(none->ended && none->queries.empty());
        QCOMPARE(labelCalls(*uncounted_, folder.filePath("nothing.db").toStdString(), {}, job).error().category, ErrorCategory::io);
        QVERIFY(!QFile::exists(folder.filePath("nothing.db")));
        std::string why;
        auto few = *labels;
        few.queries.resize(60);
        const auto trained = trainCardinality(*uncounted_, &few, quick(), why, job).value();
        QVERIFY(trained && trained->ofCopy == 60 && trained->ofLog == 0);
    }

    // ---- rows of templates -----------------------------------------------------------------------------------------
    void expectedRowsOfTemplates() {
        const auto byLog = expectedRows(*counted_, nullptr).value();
        const auto point = templateWith(*counted_, "SELECT y FROM b");
        QCOMPARE(byLog[point], std::optional(ExpectedRows{2, {2, 2, 2}, RowsFrom::log}));
        QCOMPARE(byLog[templateWith(*counted_, "count(*)")]->from, RowsFrom::shape);
        double sum = 0, calls = 0;
        for (const auto& line : rowslog::lines())
            if (line.statement.starts_with("SELECT id, name FROM a WHERE x <")) sum += static_cast<double>(line.rows), ++calls;
        QVERIFY(near(byLog[templateWith(*counted_, "SELECT id, name")]->mean, sum / calls, 1e-3));
        QVERIFY(!expectedRows(*uncounted_, nullptr).value()[point]);
        const auto byModel = expectedRows(*uncounted_, &trained_->portfolio).value();
        const auto& limited = byModel[templateWith(*uncounted_, "LIMIT")];
        QVERIFY(limited && limited->from == RowsFrom::model && limited->band.p90 <= 10);
        const auto& open = byModel[templateWith(*uncounted_, "SELECT id, name")];
        QVERIFY2(open->mean > sum / calls / 2 && open->mean < sum / calls * 2, qPrintable(QString::number(open->mean)));
    }

    // ---- one statement ---------------------------------------------------------------------------------------------
    void aKnownStatement() {
        Job job;
        const auto models = simpleModels(*counted_, bytes_);
        const auto predictor = predictorOf({counted_, models, nullptr, nullptr});
        const auto prediction = predictor->predict("select y from b where a_id = 50").value();
        QCOMPARE(prediction.known, std::optional(templateWith(*counted_, "SELECT y FROM b")));
        QCOMPARE(prediction.tables, std::vector<std::string>({"public.b"}));
        QVERIFY(near(prediction.callsPerHour->p50, 12, 0.5));   // as at the same hour of the day before
        QVERIFY(prediction.callsPerHour->p10 < 11 && prediction.callsPerHour->p90 > 13);
        QCOMPARE(prediction.nextHour->begin, rowslog::start + rowslog::hours * microsPerHour);
        QVERIFY(prediction.rows->from == RowsFrom::model && prediction.rows->band.p50 > 1.5 && prediction.rows->band.p50 < 2.7);
        QVERIFY(prediction.notes.empty() && prediction.relatives == 0);
        for (const auto& related : prediction.similar) QVERIFY(related.like.id != *prediction.known);
        // The stored forecast says the same; what it says of later hours changes nothing.
        auto forecast = std::make_shared<Forecast>(models::forecast(*models, *counted_, microsPerDay, 1, job).value());
        auto later = std::make_shared<workload::Workload>(*forecast->workload);
        for (auto& series : later->rates.templates)
            for (auto& each : series.points)
                if (each.interval > later->rates.firstInterval()) each.calls *= 50;
        const auto one = predictorOf({counted_, models, forecast, nullptr})->predict("select y from b where a_id = 50").value();
        auto changed = std::make_shared<Forecast>(*forecast);
        changed->workload = later;
        QCOMPARE(predictorOf({counted_, models, changed, nullptr})->predict("select y from b where a_id = 50")->callsPerHour, one.callsPerHour);
        QVERIFY(near(one.callsPerHour->p50, prediction.callsPerHour->p50));
    }
    void hotspotsByKey() {
        const auto predictor = predictorOf({counted_, simpleModels(*counted_), nullptr, nullptr});
        const auto touched = [&](const std::string& sql) { return predictor->predict(sql).value().hotspots; };
        const auto hot = touched("SELECT y FROM b WHERE a_id = 7");
        QCOMPARE(hot.size(), size_t(1));
        QVERIFY(hot[0].how == Touch::key && hot[0].now && hot[0].next.value());
        QVERIFY2(touchWords(hot[0], *counted_).find("hot now and in the next window") != std::string::npos, touchWords(hot[0], *counted_).c_str());
        QVERIFY(touched("SELECT y FROM b WHERE a_id = 50").empty());
        QCOMPARE(touched("SELECT y FROM b WHERE a_id BETWEEN 5 AND 9").size(), size_t(1));
        for (const auto& each : touched("SELECT y FROM b WHERE a_id > 8")) QVERIFY(each.hotspot.low > 7);   // "> 7" is taken for "from 7", as by the router
        QVERIFY(touched("INSERT INTO b (id, a_id, y) VALUES (1, 50, 2)").empty());
        QCOMPARE(touched("INSERT INTO b (id, a_id, y) VALUES (1, 50, 2), (2, 7, 2)").size(), size_t(1));
        const auto scan = touched("SELECT sum(y) FROM b WHERE y = 3");
        QVERIFY(!scan.empty() && scan[0].hotspot.keys == hot[0].hotspot.keys && scan[0].how == Touch::everyKey);
    }
    // Which keys are hot now, not whether any of the column is.
    void hotspotsOfTheirTime() {
        workload::Workload w;
        auto facts = std::make_shared<workload::Facts>();
        facts->schema = *rowslog::shop();
        const auto table = static_cast<uint32_t>(std::find_if(facts->schema.tables.begin(), facts->schema.tables.end(), [](const auto& t) { return t.name == "b"; }) - facts->schema.tables.begin());
        facts->columns.push_back({table, "a_id", "a_id", ValueType::integer});
        constexpr int hours = 14 * 24;
        w.rates.range = {0, hours * microsPerHour};
        auto& rates = w.rates.columns.emplace_back();
        for (int hour = 0; hour < hours; ++hour) {
            workload::ColumnTotal total{hour, 0, 0, 0, 0};
            for (int key = 1; key <= 40; ++key) {
                const bool early = hour < hours / 2;
                const Weight count = (key == (early ? 5 : 21) ? 100 : 10) * weightOne;
                rates.ranges.push_back({hour, workload::dyadicRangeOf(key), count, 0});
                total.reads += count, total.boundReads += count;
            }
            rates.totals.push_back(total);
        }
        w.facts = facts;
        const HotspotIndex index(w, nullptr);
        const auto now = [&](const char* sql) {
            const auto statement = workload::statementWorkload(rowslog::shop(), sql).value();
            const auto touched = index.touchedBy(*statement);
            return touched.size() == 1 ? int{touched[0].now} : -1;
        };
        QCOMPARE(now("SELECT y FROM b WHERE a_id = 5"), 0);
        QCOMPARE(now("SELECT y FROM b WHERE a_id = 21"), 1);
        QCOMPARE(index.touchedBy(*workload::statementWorkload(rowslog::shop(), "SELECT y FROM b WHERE y = 1").value()).size(), size_t(2));
    }
    void aStatementNeverSeen() {
        const auto predictor = predictorOf({counted_, simpleModels(*counted_, bytes_), nullptr, nullptr});
        const auto prediction = predictor->predict("SELECT y, id FROM b WHERE a_id = 50 AND y > 3").value();
        QVERIFY(!prediction.known && says(prediction, "never seen before"));
        QVERIFY(prediction.relatives > 0 && prediction.callsPerHour->p50 > 0);
        QVERIFY(prediction.callsPerHour->p10 <= prediction.callsPerHour->p50 && prediction.callsPerHour->p50 <= prediction.callsPerHour->p90);
        QCOMPARE(prediction.similar.front().fingerprint, counted_->facts->templates[templateWith(*counted_, "SELECT y FROM b")].fingerprint);
        QVERIFY(prediction.rows->band.p50 >= 1 && prediction.rows->band.p90 >= 10 * prediction.rows->band.p50 * 0.8);   // of few families nobody is sure
        QVERIFY(predictor->predict("SELECT id FROM a WHERE x = 3 AND x = 4").value().rows->band == ExpectedBand{});
        const auto open = predictor->predict("SELECT id FROM a WHERE name LIKE 'A%'").value();
        QVERIFY(says(open, "Its rows are not sure") && open.rows->band.p10 == 0);
        QVERIFY(!prediction.tokens.empty() && prediction.hashedFeatures > 0);
        const auto rows = [&](const char* sql) { return predictor->predict(sql).value().rows; };
        QCOMPARE(rows("SELECT id, name, x FROM a WHERE x < 90 LIMIT 3")->band.p50, 3.0);
        QCOMPARE(rows("SELECT name FROM a WHERE id IN (1, 2) AND x > 0")->band.p90 <= 2, true);
        QCOMPARE(rows("SELECT max(x) FROM a WHERE x < 50")->band, (ExpectedBand{1, 1, 1}));
        QCOMPARE(rows("INSERT INTO a (id, x) VALUES (1, 2), (2, 3), (3, 4)")->band, (ExpectedBand{3, 3, 3}));
        QVERIFY(!rows("INSERT INTO a (id, x) SELECT id, y FROM b"));
        QVERIFY(rows("SELECT x, count(*) FROM a WHERE x < 50 GROUP BY x")->upTo);
        QVERIFY(rows("SELECT id FROM a WHERE x < 20")->band.p50 < rows("SELECT id FROM a WHERE x < 80")->band.p50);
    }
    void whatCannotBeAnswered() {
        const auto predictor = predictorOf({uncounted_, nullptr, nullptr, nullptr});
        const auto category = [&](const char* sql) { return predictor->predict(sql).error().category; };
        QCOMPARE(category(""), ErrorCategory::usage);
        QCOMPARE(category("SELECT 1; SELECT 2"), ErrorCategory::usage);
        QCOMPARE(category("SELEC id FRM a"), ErrorCategory::usage);
        QCOMPARE(category("SELECT id FROM nowhere"), ErrorCategory::notFound);
        const auto prediction = predictor->predict("SELECT id, name FROM a WHERE x < 5").value();
        QVERIFY(prediction.known && !prediction.callsPerHour && !prediction.rows);
        QVERIFY(says(prediction, "No models are trained yet"));
        QCOMPARE(predictor->predict("SELECT name FROM a WHERE id = 5")->rows->band, (ExpectedBand{1, 1, 1}));   // its key tells
        auto other = std::make_shared<TrainedModels>(*simpleModels(*uncounted_, "rubbish"));
        other->interval = microsPerDay;
        const auto odd = predictorOf({uncounted_, other, nullptr, nullptr})->predict("SELECT id, name FROM a WHERE x < 5").value();
        QVERIFY(!odd.callsPerHour && says(odd, "trained on intervals of") && says(odd, "cardinality model"));
    }
};

QTEST_APPLESS_MAIN(TestPredict)
#include "test_predict.moc"
