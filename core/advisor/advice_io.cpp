// The serialised form of an Advice.
#include "core/advisor/advisor.h"
#include "core/base/bytes.h"

namespace foreshard::advisor {

namespace {

constexpr uint64_t magic = 0x4543495644415246;  // "FRADVICE", little endian

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
}

RankedDesign readRanked(ByteReader& in) {
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
    return ranked;
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
    return out.take();
}

Result<Advice> readAdvice(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "These bytes are not advice of Foreshard.", "Advise again.", {}};
    if (in.varint() > Advice::formatVersion) return Error{ErrorCategory::version, "This advice was written by a newer Foreshard.", "Update Foreshard and try again.", {}};
    Advice advice;
    in.list([&](ByteReader& r) { advice.designs.push_back(readRanked(r)); });
    advice.limits = readTexts(in);
    advice.searched = readRange(in);
    advice.heldOut = readRange(in);
    advice.workloadFingerprint = in.fixed64();
    advice.evaluations = in.varint();
    advice.secondsToBest = in.real();
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The advice is damaged or cut short.", "Advise again.", {}};
    return advice;
}

}  // namespace foreshard::advisor
