// The serialised form of an Advice.
#include "core/advisor/advisor.h"
#include "core/base/bytes.h"

namespace foreshard::advisor {

namespace {

constexpr uint64_t magic = 0x4543495644415246;  // "FRADVICE", little endian
constexpr size_t weightsOfVersion4 = 9, weightsOfVersion5 = 13;

void writeReal(ByteWriter& out, double value) { out.real(value); }

void writeScores(ByteWriter& out, const Scores& scores) {
    out.maybe(scores.multiShardShare, writeReal);
    out.maybe(scores.multiShardWriteShare, writeReal);
    out.maybe(scores.loadMaxOverMean, writeReal);
    out.maybe(scores.storageMaxOverMean, writeReal);
}

Scores readScores(ByteReader& in) {
    const auto real = [](ByteReader& r) { return r.real(); };
    Scores scores;
    scores.multiShardShare = in.maybe(real);
    scores.multiShardWriteShare = in.maybe(real);
    scores.loadMaxOverMean = in.maybe(real);
    scores.storageMaxOverMean = in.maybe(real);
    return scores;
}

void writeTexts(ByteWriter& out, const std::vector<std::string>& texts) {
    out.list(texts, [](ByteWriter& w, const std::string& text) { w.text(text); });
}

std::vector<std::string> readTexts(ByteReader& in) {
    std::vector<std::string> texts;
    in.list([&](ByteReader& r) { texts.push_back(r.text()); });
    return texts;
}

void writeRange(ByteWriter& out, const TimeRange& range) {
    out.zigzag(range.begin);
    out.zigzag(range.end);
}

TimeRange readRange(ByteReader& in) {
    TimeRange range;
    range.begin = in.zigzag();
    range.end = in.zigzag();
    return range;
}

void writeCrossing(ByteWriter& out, const Crossing& crossing) {
    writeTexts(out, crossing.statements);
    out.real(crossing.share);
    out.real(crossing.fanOut);
    out.text(crossing.why);
    out.text(crossing.fix);
    out.maybe(crossing.shareAfter, writeReal);
    out.maybe(crossing.fanOutAfter, writeReal);
}

Crossing readCrossing(ByteReader& in) {
    const auto real = [](ByteReader& r) { return r.real(); };
    Crossing crossing;
    crossing.statements = readTexts(in);
    crossing.share = in.real();
    crossing.fanOut = in.real();
    crossing.why = in.text();
    crossing.fix = in.text();
    crossing.shareAfter = in.maybe(real);
    crossing.fanOutAfter = in.maybe(real);
    return crossing;
}

void writeConstraint(ByteWriter& out, const ConstraintFate& fate) {
    out.text(fate.table);
    out.text(fate.name);
    out.text(fate.kind);
    writeTexts(out, fate.columns);
    out.varint(static_cast<uint64_t>(fate.fate));
    out.text(fate.why);
    out.text(fate.ddl);
}

ConstraintFate readConstraint(ByteReader& in) {
    ConstraintFate fate;
    fate.table = in.text();
    fate.name = in.text();
    fate.kind = in.text();
    fate.columns = readTexts(in);
    fate.fate = in.enumerator(Fate::lost);
    fate.why = in.text();
    fate.ddl = in.text();
    return fate;
}

void writeOffer(ByteWriter& out, const Offer& offer) {
    for (const auto* text : {&offer.kind, &offer.table, &offer.from, &offer.key, &offer.parent}) out.text(*text);
    out.text(sharding::writeDesign(offer.design));
    for (const double share : {offer.shareBefore, offer.shareAfter, offer.upkeep, offer.shareWithUpkeep}) out.real(share);
    out.text(offer.why);
    out.text(offer.ddl);
}

Offer readOffer(ByteReader& in) {
    Offer offer;
    for (auto* text : {&offer.kind, &offer.table, &offer.from, &offer.key, &offer.parent}) *text = in.text();
    auto design = sharding::readDesign(in.view());
    if (design) offer.design = std::move(*design);
    else in.fail();
    for (auto* share : {&offer.shareBefore, &offer.shareAfter, &offer.upkeep, &offer.shareWithUpkeep}) *share = in.real();
    offer.why = in.text();
    offer.ddl = in.text();
    return offer;
}

void writeRanked(ByteWriter& out, const RankedDesign& ranked) {
    out.text(sharding::writeDesign(ranked.design));
    out.varint(ranked.rank);
    out.real(ranked.objective);
    writeScores(out, ranked.scores);
    writeScores(out, ranked.heldOut);
    out.list(ranked.why, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        writeTexts(w, entry.second);
    });
    out.text(ranked.reason);
    writeTexts(out, ranked.risks);
    out.list(ranked.crossings, writeCrossing);
    out.list(ranked.constraints, writeConstraint);
    out.text(ranked.beatenBy);
    out.varint(ranked.onFront);
    out.maybe(ranked.regret, writeReal);
    out.list(ranked.offers, writeOffer);
    out.list(ranked.parts, writeReal);
    out.real(ranked.shippedRows);
    out.maybe(ranked.movedShare, writeReal);
}

RankedDesign readRanked(ByteReader& in, uint64_t version) {
    RankedDesign ranked;
    auto design = sharding::readDesign(in.view());
    if (design) ranked.design = std::move(*design);
    else in.fail();
    ranked.rank = static_cast<uint32_t>(in.varint());
    ranked.objective = in.real();
    ranked.scores = readScores(in);
    ranked.heldOut = readScores(in);
    in.list([&](ByteReader& r) {
        auto& why = ranked.why[r.text()];
        why = readTexts(r);
    });
    ranked.reason = in.text();
    ranked.risks = readTexts(in);
    if (version < 2) return ranked;
    in.list([&](ByteReader& r) { ranked.crossings.push_back(readCrossing(r)); });
    in.list([&](ByteReader& r) { ranked.constraints.push_back(readConstraint(r)); });
    if (version >= 3) ranked.beatenBy = in.text();
    if (version < 4) return ranked;
    ranked.onFront = in.varint() != 0;
    ranked.regret = in.maybe([](ByteReader& r) { return r.real(); });
    if (version < 5) return ranked;
    in.list([&](ByteReader& r) { ranked.offers.push_back(readOffer(r)); });
    in.list([&](ByteReader& r) { ranked.parts.push_back(r.real()); });
    ranked.shippedRows = in.real();
    ranked.movedShare = in.maybe([](ByteReader& r) { return r.real(); });
    return ranked;
}

void writeTurningPoint(ByteWriter& out, const TurningPoint& point) {
    out.text(point.change);
    out.text(point.winner);
    out.real(point.loss);
    out.varint(point.likely);
}

TurningPoint readTurningPoint(ByteReader& in) {
    TurningPoint point;
    point.change = in.text();
    point.winner = in.text();
    point.loss = in.real();
    point.likely = in.varint() != 0;
    return point;
}

}  // namespace

std::string writeAdvice(const Advice& advice) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(Advice::formatVersion);
    out.list(advice.designs, writeRanked);
    writeTexts(out, advice.limits);
    writeRange(out, advice.searched);
    writeRange(out, advice.heldOut);
    out.fixed64(advice.workloadFingerprint);
    out.varint(advice.evaluations);
    out.real(advice.secondsToBest);
    for (const auto& weight : namedWeights()) out.real(advice.weights.*weight.value);
    out.list(advice.turningPoints, writeTurningPoint);
    return out.take();
}

Result<Advice> readAdvice(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "These bytes are not advice of Foreshard.", "Advise again.", {}};
    const uint64_t version = in.varint();
    if (version > Advice::formatVersion) return Error{ErrorCategory::version, "This advice was written by a newer Foreshard.", "Update Foreshard and try again.", {}};
    Advice advice;
    in.list([&](ByteReader& r) { advice.designs.push_back(readRanked(r, version)); });
    advice.limits = readTexts(in);
    advice.searched = readRange(in);
    advice.heldOut = readRange(in);
    advice.workloadFingerprint = in.fixed64();
    advice.evaluations = in.varint();
    advice.secondsToBest = in.real();
    if (version >= 4) {
        // Those that came later were not weighed then.
        const size_t weighed = version == 4 ? weightsOfVersion4 : version == 5 ? weightsOfVersion5 : namedWeights().size();
        for (size_t i = 0; i < namedWeights().size(); ++i) advice.weights.*namedWeights()[i].value = i < weighed ? in.real() : 0;
        in.list([&](ByteReader& r) { advice.turningPoints.push_back(readTurningPoint(r)); });
    }
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The advice is damaged or cut short.", "Advise again.", {}};
    return advice;
}

}  // namespace foreshard::advisor
