// Selection: the one thing that is selected, shared by all views: a table, a key range of a column, a shard, a template, a
// time range, a design; any of them may be absent. What a person chooses is one step on the undo stack; walking on at the
// same place within half a second joins the step before. Views follow changed(); GUI thread only.
#pragma once

#include <QElapsedTimer>
#include <QObject>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.h"

class QUndoStack;

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
    explicit Selection(QUndoStack& undo, QObject* parent = nullptr) : QObject(parent), undo_(undo) {}
    const SelectionValue& value() const { return value_; }
    // A person's choice. `place`: where it was made ("templates"); steps of one place join while it is walked through.
    void choose(SelectionValue value, const QString& place);
    // Without an undo step: what a page selects by itself.
    void set(SelectionValue value);
    // Lines for people, most important first: table, column, keys, shard, time.
    QStringList words() const;

Q_SIGNALS:
    void changed();

private:
    class Change;
    QUndoStack& undo_;
    SelectionValue value_;
    QElapsedTimer sinceChoice_;
    bool applying_ = false;
};

}  // namespace foreshard::ui
