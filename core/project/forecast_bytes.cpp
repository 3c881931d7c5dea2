#include "core/project/forecast_bytes.h"

#include "core/base/bytes.h"

namespace foreshard::project {

namespace {

constexpr uint64_t magic = 0x5453434652485346;  // "FSHRFCST"

void writeReals(ByteWriter& out, const std::vector<double>& values) {
    out.list(values, [](ByteWriter& w, double value) { w.real(value); });
}
std::vector<double> readReals(ByteReader& in) {
    std::vector<double> out;
    in.list([&](ByteReader& r) { out.push_back(r.real()); });
    return out;
}

void writeSeries(ByteWriter& out, const models::SeriesForecast& series) {
    out.text(series.name);
    out.varint(static_cast<uint64_t>(series.model));
    out.list(series.times, [](ByteWriter& w, Instant time) { w.zigzag(time); });
    for (const auto* values : {&series.p10, &series.p50, &series.p90}) writeReals(out, *values);
    for (const auto* value : {&series.skill, &series.coverage})
        out.maybe(*value, [](ByteWriter& w, double v) { w.real(v); });
}
models::SeriesForecast readSeries(ByteReader& in) {
    models::SeriesForecast out;
    out.name = in.text();
    out.model = in.enumerator(models::lastVolumeModel);
    in.list([&](ByteReader& r) { out.times.push_back(r.zigzag()); });
    for (auto* values : {&out.p10, &out.p50, &out.p90}) {
        *values = readReals(in);
        if (values->size() != out.times.size()) in.fail();
    }
    for (auto* value : {&out.skill, &out.coverage}) *value = in.maybe([](ByteReader& r) { return r.real(); });
    return out;
}

}  // namespace

std::string writeForecast(const models::Forecast& forecast) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(forecastFormatVersion);
    out.list(forecast.series, writeSeries);
    writeSeries(out, forecast.total);
    out.zigzag(forecast.range.begin);
    out.zigzag(forecast.range.end);
    out.text(workload::writeWorkload(*forecast.workload));
    return out.take();
}

Result<models::Forecast> readForecast(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "It is not a forecast.", {}, {}};
    if (in.varint() > forecastFormatVersion)
        return Error{ErrorCategory::version, "It was written by a newer Foreshard.", {}, {}};
    models::Forecast out;
    in.list([&](ByteReader& r) { out.series.push_back(readSeries(r)); });
    out.total = readSeries(in);
    out.range.begin = in.zigzag();
    out.range.end = in.zigzag();
    const std::string_view workload = in.view();
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The forecast is cut short or damaged.", {}, {}};
    FS_ASSIGN(out.workload, workload::readWorkload(workload));
    return out;
}

}  // namespace foreshard::project
