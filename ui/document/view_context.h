// ViewContext: the choices that pages share: which workload, what to compare with, which time range, and what the Simulate page
// sets beside the baseline. Each change is one step on the undo stack. GUI thread only.
#pragma once

#include <QObject>

#include <optional>
#include <string>

#include "core/base/time.h"

class QUndoStack;

namespace foreshard::ui {

enum class WorkloadChoice : uint8_t { observed, forecast };

// A scenario and the designs that stand beside the baseline under it.
struct ComparisonChoice {
    std::optional<std::string> second;     // design id; nothing: the best ranked one
    std::optional<std::string> third;      // nothing: none
    uint32_t shards = 0;                   // 0: as each design has it
    int growth = 0;                        // tenths of a factor of two
    bool operator==(const ComparisonChoice&) const = default;
};

struct ContextValue {
    WorkloadChoice workload = WorkloadChoice::observed;
    std::string compareWith;               // design id; empty: today's layout
    std::optional<TimeRange> time;         // nothing: all of it
    ComparisonChoice comparison;
    bool operator==(const ContextValue&) const = default;
};

// Which of the context bar's choices a page obeys. For one that it does not: why, as a sentence; empty: it obeys.
struct ContextUse {
    QString workload, compareWith, time;
};

class ViewContext : public QObject {
    Q_OBJECT
public:
    explicit ViewContext(QUndoStack& undo, QObject* parent = nullptr) : QObject(parent), undo_(undo) {}
    const ContextValue& value() const { return value_; }
    // Pushes one undo step named `words` ("Compare with warehouse key"); nothing where nothing changes. Steps in a row with
    // the same `joined` words become one: a slider that is dragged.
    void change(ContextValue value, const QString& words, const QString& joined = {});
    // Without an undo step: another project was opened.
    void reset();

Q_SIGNALS:
    void changed();

private:
    class Change;
    void apply(const ContextValue& value);
    QUndoStack& undo_;
    ContextValue value_;
};

}  // namespace foreshard::ui
