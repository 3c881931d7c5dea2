// Serialised Workloads and Partials: equal after a round trip, refused when cut short, changed, or newer.
#include <QtTest>

#include "core/workload/blob.h"
#include "core/workload/partial_data.h"
#include "tests/workload/small_log.h"

using namespace small;

namespace {

Partial somePartial() {
    std::vector<Line> log;
    for (int i = 0; i < 30; ++i)
        for (const auto& statement : {std::string("BEGIN"), "SELECT name FROM customer c WHERE c.id = " + std::to_string(i), std::string("INSERT INTO visit VALUES ('a', NULL, 3.5)"),
                                      std::string("COMMIT"), std::string("BEGIN")})
            log.push_back({std::to_string(i % 3), statement, start + i * microsPerHour, {}, i % 7 == 0, i, i * 1'000});
    PartialBuilder builder(schemaOf({table("customer", {column("id", ValueType::integer), column("name", ValueType::text)}, {"id"})}));
    return partialOf(builder, log, 3, log.size());
}

template <typename Read>
void damage(const std::string& bytes, Read read) {
    Random random(11);
    for (int i = 0; i < 400; ++i) {
        std::string broken = bytes;
        if (i % 2) broken.resize(random.below(bytes.size()));
        else broken[random.below(broken.size())] ^= static_cast<char>(1 << random.below(8));
        QVERIFY(!read(broken).ok());
    }
    QVERIFY(!read(std::string()).ok() && !read(std::string(1'000, '\xff')).ok());
}

// Damage inside the seal: anything may come out, but nothing may crash or grow without bound.
template <typename Read, typename Use>
void damageInside(const std::string& magic, uint32_t version, const std::string& bytes, Read read, Use use) {
    const auto body = openBlob(magic, version, bytes, "it");
    QVERIFY(body.ok());
    Random random(12);
    for (int i = 0; i < 600; ++i) {
        std::string broken(*body);
        if (i % 3 == 0) broken.resize(random.below(broken.size()));
        else
            for (uint64_t k = 1 + random.below(3); k > 0; --k) broken[random.below(broken.size())] = static_cast<char>(random.next());
        if (auto found = read(sealBlob(magic, version, broken)); found.ok()) use(std::move(found));
    }
}

}  // namespace

class TestWorkloadBytes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void workloadRoundTrip() {
        const auto w = finish(somePartial());
        const auto bytes = writeWorkload(*w);
        const auto again = readWorkload(bytes);
        QVERIFY(again.ok());
        QVERIFY((*again)->rates == w->rates);
        QVERIFY((*again)->facts->templates == w->facts->templates && (*again)->facts->classes == w->facts->classes);
        QVERIFY((*again)->facts->totals == w->facts->totals && (*again)->facts->coverage == w->facts->coverage);
        QCOMPARE((*again)->fingerprint(), w->fingerprint());
        QVERIFY(writeWorkload(**again) == bytes);
    }
    // Counts of a damaged file may be anything; the fingerprint is of the same bits on every machine, without overflow.
    void fingerprintOfAnyCounts() {
        Workload w = *finish(somePartial());
        w.rates.columns.resize(1);
        w.rates.columns.front().totals = {{7, INT64_MIN / 2, INT64_MIN / 2, 0, 0}};
        Workload other = w;
        QCOMPARE(w.fingerprint(), other.fingerprint());
        other.rates.columns.front().totals.front().writes = INT64_MIN / 4;
        QVERIFY(w.fingerprint() != other.fingerprint());
    }
    // Format 1 had neither sketches nor tiers: what it has is read, and these are not known then.
    void olderWorkloadsAreRead() {
        auto w = *finish(somePartial());
        w.rates.recent.clear();
        auto facts = std::make_shared<Facts>(*w.facts);
        facts->keySketches.clear();
        facts->templateSketches.clear();
        w.facts = facts;
        const auto body = [](const Workload& each) { return std::string(*openBlob("FSWL", Workload::formatVersion, writeWorkload(each), "workload")); };
        auto forecast = w;
        forecast.rates.origin = Origin::forecast;
        const auto now = body(w), other = body(forecast);
        // Two empty lists stand before the first byte of the rates, which is their origin, and one behind all.
        const auto rates = static_cast<size_t>(std::mismatch(now.begin(), now.end(), other.begin()).first - now.begin());
        const auto read = readWorkload(sealBlob("FSWL", 1, now.substr(0, rates - 2) + now.substr(rates, now.size() - rates - 1)));
        QVERIFY(read.ok());
        QCOMPARE((*read)->fingerprint(), w.fingerprint());
        QVERIFY((*read)->facts->keySketches.empty() && (*read)->rates == w.rates);
    }
    void newerVersionsAreRefused() {
        const auto bytes = sealBlob("FSWL", Workload::formatVersion + 1, "x");
        QCOMPARE(readWorkload(bytes).error().category, ErrorCategory::version);
        QCOMPARE(readPartial(sealBlob("FSPW", PartialData::formatVersion + 1, "x")).error().category, ErrorCategory::version);
        QCOMPARE(readPartial(writeWorkload(*finish(Partial()))).error().category, ErrorCategory::format);
        QVERIFY(readWorkload(writeWorkload(*finish(Partial()))).ok());
        QVERIFY(readPartial(writePartial(Partial())).ok());
    }
    void damagedBytes() {
        const auto partial = somePartial();
        damage(writePartial(partial), [](const std::string& bytes) { return readPartial(bytes); });
        damage(writeWorkload(*finish(partial)), [](const std::string& bytes) { return readWorkload(bytes); });
    }
    void damagedInside() {
        const auto partial = somePartial();
        damageInside("FSPW", PartialData::formatVersion, writePartial(partial), [](const std::string& bytes) { return readPartial(bytes); },
                     [&](Result<Partial> found) {
                         (void)finish(*found);
                         (void)found->merge(partial).ok();
                     });
        damageInside("FSWL", Workload::formatVersion, writeWorkload(*finish(partial)), [](const std::string& bytes) { return readWorkload(bytes); },
                     [](Result<std::shared_ptr<const Workload>> found) { (void)writeWorkload(slice(**found, (*found)->rates.range)); });
    }
};

QTEST_APPLESS_MAIN(TestWorkloadBytes)
#include "test_workload_bytes.moc"
