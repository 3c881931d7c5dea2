// The stored form of TrainedModels.
#include "core/base/real_lists.h"
#include "core/models/forecast.h"

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
    row.model = in.enumerator(VolumeModel::nlinear);
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
}
SeriesModel readSeries(ByteReader& in) {
    SeriesModel model;
    model.name = in.text();
    in.list([&](ByteReader& r) { model.templates.push_back(r.fixed64()); });
    model.shares = readReals(in);
    model.model = in.enumerator(VolumeModel::nlinear);
    in.list([&](ByteReader& r) { model.backtest.push_back(readRow(r)); });
    model.checkpoint = in.text();
    model.residuals = readReals(in);
    model.residualPath = readReals(in);
    model.backtestHorizon = static_cast<uint32_t>(in.varint());
    model.season = static_cast<uint32_t>(in.varint());
    model.lags = static_cast<uint32_t>(in.varint());
    if (model.shares.size() != model.templates.size()) in.fail();
    return model;
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
    return out.take();
}

Result<TrainedModels> readModels(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic)
        return Error{ErrorCategory::format, "These bytes are not Foreshard's trained models.", "Train the models again.", {}};
    if (in.varint() > TrainedModels::formatVersion)
        return Error{ErrorCategory::version, "The trained models were written by a newer Foreshard.", "Update Foreshard, or train again.", {}};
    TrainedModels models;
    in.list([&](ByteReader& r) { models.series.push_back(readSeries(r)); });
    models.interval = in.zigzag();
    models.trainedOn.begin = in.zigzag();
    models.trainedOn.end = in.zigzag();
    models.workloadFingerprint = in.fixed64();
    models.seed = in.fixed64();
    models.device = in.text();
    models.seconds = in.real();
    models.library = in.text();
    if (!in.ok() || !in.atEnd() || models.interval <= 0)
        return Error{ErrorCategory::format, "The trained models are cut short or damaged.", "Train the models again.", {}};
    return models;
}

}  // namespace foreshard::models
