// The stored form of TrainedModels.
#include <cmath>

#include "core/base/real_lists.h"
#include "core/models/hyper_fields.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x534c444d4c4f5646;   // "FVOLMDLS"

void writeMaybe(ByteWriter& out, const std::optional<double>& value) {
    out.maybe(value, [](ByteWriter& w, double v) { w.real(v); });
}
std::optional<double> readMaybe(ByteReader& in) {
    return in.maybe([](ByteReader& r) { return r.real(); });
}

void writeRow(ByteWriter& out, const BacktestRow& row) {
    out.varint(static_cast<uint64_t>(row.model));
    out.varint(row.season);
    out.boolean(row.chosen);
    out.real(row.logMse);
    writeMaybe(out, row.nd);
    writeMaybe(out, row.mase);
    writeMaybe(out, row.skill);
    writeMaybe(out, row.coverage);
    out.varint(row.origins);
}
BacktestRow readRow(ByteReader& in) {
    BacktestRow row;
    row.model = in.enumerator(lastVolumeModel);
    row.season = static_cast<uint32_t>(in.varint());
    row.chosen = in.boolean();
    row.logMse = in.real();
    row.nd = readMaybe(in);
    row.mase = readMaybe(in);
    row.skill = readMaybe(in);
    row.coverage = readMaybe(in);
    row.origins = static_cast<uint32_t>(in.varint());
    return row;
}

void writeBand(ByteWriter& out, const ShareBand& band) {
    out.real(band.low);
    out.real(band.high);
    writeMaybe(out, band.coverage);
}
ShareBand readBand(ByteReader& in) {
    ShareBand band;
    band.low = in.real();
    band.high = in.real();
    band.coverage = readMaybe(in);
    if (!std::isfinite(band.low) || !std::isfinite(band.high)) in.fail();
    return band;
}

void writeSeries(ByteWriter& out, const SeriesModel& model) {
    out.text(model.name);
    out.list(model.templates, [](ByteWriter& w, uint64_t v) { w.fixed64(v); });
    writeReals(out, model.shares);
    out.varint(static_cast<uint64_t>(model.model));
    out.list(model.backtest, writeRow);
    out.text(model.checkpoint);
    writeReals(out, model.residuals);
    writeReals(out, model.residualPath);
    out.varint(model.backtestHorizon);
    out.varint(model.season);
    out.varint(model.lags);
    out.list(model.parts, [](ByteWriter& w, const ModelPart& part) {
        w.varint(static_cast<uint64_t>(part.model));
        w.real(part.weight);
    });
    out.list(model.bands, writeBand);
}
ModelPart readPart(ByteReader& in) {
    ModelPart part;
    part.model = in.enumerator(VolumeModel::trees);   // no average of averages
    part.weight = in.real();
    if (!(part.weight > 0 && part.weight <= 1)) in.fail();
    return part;
}
SeriesModel readSeries(ByteReader& in, uint64_t version) {
    SeriesModel model;
    model.name = in.text();
    in.list([&](ByteReader& r) { model.templates.push_back(r.fixed64()); });
    model.shares = readReals(in);
    model.model = in.enumerator(lastVolumeModel);
    in.list([&](ByteReader& r) { model.backtest.push_back(readRow(r)); });
    model.checkpoint = in.text();
    model.residuals = readReals(in);
    model.residualPath = readReals(in);
    model.backtestHorizon = static_cast<uint32_t>(in.varint());
    model.season = static_cast<uint32_t>(in.varint());
    model.lags = static_cast<uint32_t>(in.varint());
    if (version >= 2) in.list([&](ByteReader& r) { model.parts.push_back(readPart(r)); });
    if (version >= 3) in.list([&](ByteReader& r) { model.bands.push_back(readBand(r)); });
    if (!model.bands.empty() && model.bands.size() != model.templates.size()) in.fail();
    if (model.shares.size() != model.templates.size() || model.parts.empty() != (model.model != VolumeModel::average)) in.fail();
    return model;
}

void writeHyper(ByteWriter& out, const HyperParameters& hyper) {
    out.list(hyperFields(), [&](ByteWriter& w, const HyperField& field) {
        w.text(field.parameter.name);
        w.real(hyper.*field.value);
    });
}
// By name: what this Foreshard does not know is passed over, what is missing keeps its default.
HyperParameters readHyper(ByteReader& in) {
    HyperParameters hyper;
    in.list([&](ByteReader& r) {
        const std::string_view name = r.view();
        const double value = r.real();
        if (!std::isfinite(value)) r.fail();
        for (const auto& field : hyperFields())
            if (field.parameter.name == name) hyper.*field.value = value;
    });
    return hyper;
}

void readShared(ByteReader& in, TrainedModels& models) {
    in.list([&](ByteReader& r) {
        SharedModel shared;
        shared.model = r.enumerator(VolumeModel::trees);
        if (shared.model == VolumeModel::seasonalNaive || shared.model == VolumeModel::nlinear) r.fail();   // of one series each
        shared.checkpoint = r.text();
        models.shared.push_back(std::move(shared));
    });
    in.list([&](ByteReader& r) {
        models.seasons.push_back(static_cast<uint32_t>(r.varint()));
        if (models.seasons.back() == 0) r.fail();
    });
    models.hyper = readHyper(in);
    models.features = static_cast<uint32_t>(in.varint());
    if (!models.shared.empty() && models.seasons.empty()) in.fail();
}

void writeTotal(ByteWriter& out, const TrainedModels& models) {
    out.maybe(models.total, writeSeries);
    out.boolean(models.reconciliation.used);
    out.real(models.reconciliation.before);
    out.real(models.reconciliation.after);
    writeRow(out, models.totalRow);
    out.list(models.classes, [](ByteWriter& w, const ClassBand& each) {
        w.fixed64(each.fingerprint);
        writeBand(w, each.band);
    });
    out.varint(models.threads);
    out.varint(models.epochs);
    out.real(models.epochSeconds);
}
void readTotal(ByteReader& in, uint64_t version, TrainedModels& models) {
    models.total = in.maybe([&](ByteReader& r) { return readSeries(r, version); });
    models.reconciliation.used = in.boolean();
    models.reconciliation.before = in.real();
    models.reconciliation.after = in.real();
    models.totalRow = readRow(in);
    in.list([&](ByteReader& r) {
        ClassBand each;
        each.fingerprint = r.fixed64();
        each.band = readBand(r);
        models.classes.push_back(each);
    });
    models.threads = static_cast<uint32_t>(in.varint());
    models.epochs = in.varint();
    models.epochSeconds = in.real();
}

}  // namespace

std::string writeModels(const TrainedModels& models) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(TrainedModels::formatVersion);
    out.list(models.series, writeSeries);
    out.zigzag(models.interval);
    out.zigzag(models.trainedOn.begin);
    out.zigzag(models.trainedOn.end);
    out.fixed64(models.workloadFingerprint);
    out.fixed64(models.seed);
    out.text(models.device);
    out.real(models.seconds);
    out.text(models.library);
    out.list(models.shared, [](ByteWriter& w, const SharedModel& shared) {
        w.varint(static_cast<uint64_t>(shared.model));
        w.text(shared.checkpoint);
    });
    out.list(models.seasons, [](ByteWriter& w, uint32_t season) { w.varint(season); });
    writeHyper(out, models.hyper);
    out.varint(models.features);
    writeTotal(out, models);
    return out.take();
}

Result<TrainedModels> readModels(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic)
        return Error{ErrorCategory::format, "These bytes are not Foreshard's trained models.", "Train the models again.", {}};
    const uint64_t version = in.varint();
    if (version > TrainedModels::formatVersion)
        return Error{ErrorCategory::version, "The trained models were written by a newer Foreshard.", "Update Foreshard, or train again.", {}};
    TrainedModels models;
    in.list([&](ByteReader& r) { models.series.push_back(readSeries(r, version)); });
    models.interval = in.zigzag();
    models.trainedOn.begin = in.zigzag();
    models.trainedOn.end = in.zigzag();
    models.workloadFingerprint = in.fixed64();
    models.seed = in.fixed64();
    models.device = in.text();
    models.seconds = in.real();
    models.library = in.text();
    if (version >= 2) readShared(in, models);
    if (version >= 3) readTotal(in, version, models);
    if (!in.ok() || !in.atEnd() || models.interval <= 0)
        return Error{ErrorCategory::format, "The trained models are cut short or damaged.", "Train the models again.", {}};
    return models;
}

}  // namespace foreshard::models
