// ViewContext: the three choices that every page obeys: which workload, what to compare with, which time range. Each change
// is one step on the undo stack. GUI thread only.
#pragma once

#include <QObject>

#include <optional>
#include <string>

#include "core/base/time.h"

class QUndoStack;

namespace foreshard::ui {

enum class WorkloadChoice : uint8_t { observed, forecast };

struct ContextValue {
    WorkloadChoice workload = WorkloadChoice::observed;
    std::string compareWith;               // design id; empty: today's layout
    std::optional<TimeRange> time;         // nothing: all of it
    bool operator==(const ContextValue&) const = default;
};

class ViewContext : public QObject {
    Q_OBJECT
public:
    ViewContext(QUndoStack& undo, QObject* parent = nullptr) : QObject(parent), undo_(undo) {}
    const ContextValue& value() const { return value_; }
    // Pushes one undo step named `words` ("Compare with warehouse key"); nothing where nothing changes.
    void change(ContextValue value, const QString& words);
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
