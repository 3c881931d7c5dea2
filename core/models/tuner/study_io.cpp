// The stored form of a study.
#include <cmath>

#include "core/base/real_lists.h"
#include "core/models/tuner/tuner.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x5944555453445346;   // "FSDSTUDY"

double finite(ByteReader& in) {
    const double value = in.real();
    if (!std::isfinite(value)) in.fail();
    return value;
}

void writeParameter(ByteWriter& out, const Parameter& p) {
    out.text(p.name);
    out.varint(static_cast<uint64_t>(p.kind));
    out.real(p.low);
    out.real(p.high);
    out.boolean(p.logarithmic);
    out.list(p.categories, [](ByteWriter& w, const std::string& v) { w.text(v); });
}
Parameter readParameter(ByteReader& in) {
    Parameter p;
    p.name = in.text();
    p.kind = in.enumerator(ParameterKind::category);
    p.low = finite(in);
    p.high = finite(in);
    p.logarithmic = in.boolean();
    in.list([&](ByteReader& r) { p.categories.push_back(r.text()); });
    return p;
}

void writeTrial(ByteWriter& out, const Trial& trial) {
    writeReals(out, trial.setting);
    out.varint(static_cast<uint64_t>(trial.state));
    out.real(trial.loss);
    out.list(trial.rungs, [](ByteWriter& w, const Rung& rung) {
        w.varint(rung.epochs);
        w.real(rung.loss);
    });
    out.real(trial.seconds);
    out.text(trial.why);
}
Trial readTrial(ByteReader& in) {
    Trial trial;
    trial.setting = readReals(in);
    trial.state = in.enumerator(TrialState::failed);
    trial.loss = finite(in);
    in.list([&](ByteReader& r) {
        const auto epochs = static_cast<uint32_t>(r.varint());
        trial.rungs.push_back({epochs, finite(r)});
    });
    trial.seconds = finite(in);
    trial.why = in.text();
    return trial;
}

}  // namespace

std::string writeStudy(const Study& study) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(Study::formatVersion);
    out.text(study.name);
    out.list(study.space.parameters, writeParameter);
    out.fixed64(study.seed);
    out.fixed64(study.data);
    out.list(study.trials, writeTrial);
    return out.take();
}

Result<Study> readStudy(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "These bytes are not a tuning study.", "Tune again.", {}};
    if (in.varint() > Study::formatVersion) return Error{ErrorCategory::version, "The tuning study was written by a newer Foreshard.", "Update Foreshard, or tune again.", {}};
    Study study;
    study.name = in.text();
    in.list([&](ByteReader& r) { study.space.parameters.push_back(readParameter(r)); });
    study.seed = in.fixed64();
    study.data = in.fixed64();
    in.list([&](ByteReader& r) { study.trials.push_back(readTrial(r)); });
    bool sound = in.ok() && in.atEnd() && study.space.check().ok();
    for (const auto& trial : study.trials) sound = sound && study.space.holds(trial.setting);
    if (!sound) return Error{ErrorCategory::format, "The tuning study is cut short or damaged.", "Tune again.", {}};
    return study;
}

}  // namespace foreshard::models
