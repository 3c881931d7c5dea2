// Actions of one view among several of its kind ("Export chart…"): the action search offers those of visible views only, with
// the view's name. GUI thread only.
#pragma once

#include <QAction>
#include <QVariant>
#include <QWidget>

namespace foreshard::ui {

inline constexpr const char* ofViewProperty = "foreshard.ofView";
// `action` must be the child of the view that it acts on.
inline void markOfView(QAction* action) { action->setProperty(ofViewProperty, true); }
// The view of such an action; null: the action belongs to a page or the window.
inline QWidget* viewOf(const QAction* action) { return action->property(ofViewProperty).toBool() ? qobject_cast<QWidget*>(action->parent()) : nullptr; }

}  // namespace foreshard::ui
