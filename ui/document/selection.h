// Selection: the one shared selection that every page shows and may change: a table, a key column, a range of its keys, a
// shard, a time range, a template. Whole values are set at once; changed() comes once for each change. GUI thread only.
#pragma once

#include <QObject>
#include <QString>

#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace foreshard::ui {

struct SelectionValue {
    std::string table;                     // qualified; empty: none
    std::string column;                    // key expression; empty: none
    std::string keys;                      // for people: "4,112 – 4,351"
    std::optional<int> bucket;             // row of the heat map
    std::optional<uint32_t> shard;
    std::optional<TimeRange> time;
    std::optional<uint64_t> templateFingerprint;
    std::string designId;                  // the design being looked at
    std::vector<std::pair<std::string, std::string>> numbers;   // name → value with unit, as the page that set it tells them
    bool operator==(const SelectionValue&) const = default;
    bool empty() const { return *this == SelectionValue{}; }
};

class Selection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    const SelectionValue& value() const { return value_; }
    void set(SelectionValue value);
    void clear() { set({}); }
    // Lines for people, most important first: table, column, keys, shard, time, template.
    QStringList words() const;

Q_SIGNALS:
    void changed();

private:
    SelectionValue value_;
};

}  // namespace foreshard::ui
