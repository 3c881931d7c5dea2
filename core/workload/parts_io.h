// Serialised forms of the parts that Partial and Workload share. Readers fail their ByteReader on what makes no sense.
#pragma once

#include "core/base/bytes.h"
#include "core/workload/partial.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

void writeCoverage(ByteWriter& out, const Coverage& coverage);
Coverage readCoverage(ByteReader& in);

void writeOptions(ByteWriter& out, const PartialOptions& options);
PartialOptions readOptions(ByteReader& in);

void writeDiagnostics(ByteWriter& out, const Diagnostics& diagnostics);
Diagnostics readDiagnostics(ByteReader& in);

void writeSchemaEvent(ByteWriter& out, const SchemaEvent& event);
SchemaEvent readSchemaEvent(ByteReader& in);

void writeSeries(ByteWriter& out, const std::vector<SeriesPoint>& points);
std::vector<SeriesPoint> readSeries(ByteReader& in);
void writeSlotCounts(ByteWriter& out, const std::vector<SlotCount>& counts);
std::vector<SlotCount> readSlotCounts(ByteReader& in);
void writeRangeCounts(ByteWriter& out, const std::vector<RangeCount>& counts);
std::vector<RangeCount> readRangeCounts(ByteReader& in);

// A sorted list of any points with a member `interval`: intervals as differences, the rest by fn(out, point).
template <typename Point, typename Fn>
void writePoints(ByteWriter& out, const std::vector<Point>& points, Fn fn) {
    out.varint(points.size());
    int64_t last = 0;
    for (const auto& point : points) {
        out.zigzag(point.interval - last);
        last = point.interval;
        fn(out, point);
    }
}

// fn(in, point) reads the rest; a list out of order fails.
template <typename Point, typename Fn>
std::vector<Point> readPoints(ByteReader& in, bool strict, Fn fn) {
    std::vector<Point> points;
    int64_t last = 0;
    in.list([&](ByteReader& r) {
        const int64_t step = r.zigzag();
        int64_t interval = 0;
        if (__builtin_add_overflow(last, step, &interval) || (!points.empty() && (strict ? step <= 0 : step < 0))) return r.fail();
        last = interval;
        points.emplace_back().interval = interval;
        fn(r, points.back());
    });
    return points;
}

}  // namespace foreshard::workload
