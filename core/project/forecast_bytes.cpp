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

void writeShare(ByteWriter& out, const models::ShareForecast& share) {
    out.varint(share.index);
    out.varint(share.series);
    out.real(share.band.low);
    out.real(share.band.high);
    out.maybe(share.band.coverage, [](ByteWriter& w, double v) { w.real(v); });
}
models::ShareForecast readShare(ByteReader& in) {
    models::ShareForecast out;
    out.index = static_cast<uint32_t>(in.varint());
    out.series = static_cast<uint32_t>(in.varint());
    out.band.low = in.real();
    out.band.high = in.real();
    out.band.coverage = in.maybe([](ByteReader& r) { return r.real(); });
    return out;
}

void writeEvent(ByteWriter& out, const models::EventForecast& event) {
    out.text(event.name);
    out.zigzag(event.begin);
    out.zigzag(event.end);
    out.varint(event.occurrences);
    out.real(event.factor);
}
models::EventForecast readEvent(ByteReader& in) {
    models::EventForecast out;
    out.name = in.text();
    out.begin = in.zigzag();
    out.end = in.zigzag();
    out.occurrences = static_cast<uint32_t>(in.varint());
    out.factor = in.real();
    return out;
}

// What does not belong to the workload is damage.
bool sharesFit(const models::Forecast& forecast) {
    const auto within = [&](const std::vector<models::ShareForecast>& shares, size_t indexes) {
        for (const auto& share : shares)
            if (share.index >= indexes || share.series > forecast.series.size()) return false;
        return true;
    };
    const auto& rates = forecast.workload->rates;
    return within(forecast.templates, rates.templates.size()) && within(forecast.classes, rates.classes.size());
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
    out.list(forecast.templates, writeShare);
    out.list(forecast.classes, writeShare);
    out.list(forecast.events, writeEvent);
    out.list(forecast.widening, [](ByteWriter& w, float v) { w.real(static_cast<double>(v)); });
    return out.take();
}

Result<models::Forecast> readForecast(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "It is not a forecast.", {}, {}};
    const uint64_t version = in.varint();
    if (version > forecastFormatVersion)
        return Error{ErrorCategory::version, "It was written by a newer Foreshard.", {}, {}};
    models::Forecast out;
    in.list([&](ByteReader& r) { out.series.push_back(readSeries(r)); });
    out.total = readSeries(in);
    out.range.begin = in.zigzag();
    out.range.end = in.zigzag();
    const std::string_view workload = in.view();
    if (version >= 2) {
        in.list([&](ByteReader& r) { out.templates.push_back(readShare(r)); });
        in.list([&](ByteReader& r) { out.classes.push_back(readShare(r)); });
        in.list([&](ByteReader& r) { out.events.push_back(readEvent(r)); });
        in.list([&](ByteReader& r) { out.widening.push_back(static_cast<float>(r.real())); });
    }
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The forecast is cut short or damaged.", {}, {}};
    FS_ASSIGN(out.workload, workload::readWorkload(workload));
    if (!sharesFit(out)) return Error{ErrorCategory::format, "The forecast is cut short or damaged.", {}, {}};
    return out;
}

}  // namespace foreshard::project
