// Which hotspots one statement touches, by the keys that it binds: now (in the last windows of the log) and in the windows that a
// forecast covers. Immutable once made; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/models/hotspots.h"

namespace foreshard::models {

enum class Touch : uint8_t {
    key,         // it binds one of the hotspot's keys
    everyKey,    // it binds no key of that column, so it reads or changes rows of all of them
    newestKey,   // it inserts a row whose key only grows
};
const char* toString(Touch touch);

struct TouchedHotspot {
    Hotspot hotspot;             // column: of the observed workload
    Touch how = Touch::key;
    std::string table;           // of the statement: through it; its key is the hotspot's column or travels together with that
    bool now = false;            // hot in the last windows
    std::optional<bool> next;    // hot in the windows ahead; nothing without a forecast
};

class HotspotIndex {
public:
    HotspotIndex() = default;
    // `forecast` may be null.
    HotspotIndex(const workload::Workload& observed, const workload::Workload* forecast);

    // `statement`: statementWorkload(). Those of the whole log first.
    std::vector<TouchedHotspot> touchedBy(const workload::Workload& statement) const;

private:
    struct Bound;
    std::vector<Bound> boundBy(const workload::Workload& statement) const;
    struct Met { Touch how; const std::string* table; };
    std::optional<Met> touchesAsScan(const Hotspot& hotspot, const std::vector<Bound>& bound) const;
    std::optional<Met> touch(const Hotspot& hotspot, const std::vector<Bound>& bound) const;
    bool overlap(const Hotspot& a, const Hotspot& b) const;

    std::map<std::pair<std::string, std::string>, workload::ColumnId> columns_;   // by table and expression
    std::map<std::string, std::vector<workload::ColumnId>> rootsOf_;              // by table
    std::vector<workload::ColumnId> roots_;
    std::vector<std::string> tables_;                                             // by column
    std::vector<Hotspot> all_, now_, next_;
    bool forecast_ = false;
};

}  // namespace foreshard::models
