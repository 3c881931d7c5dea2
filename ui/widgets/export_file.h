// Writes an export whole or not at all; the error says what to do. GUI thread only for pictures of widgets.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>

#include "core/base/result.h"

namespace foreshard::ui {

Status writeExport(const QString& path, const QByteArray& bytes);
Status writeExport(const QString& path, const QImage& picture);   // in the format of the suffix; PNG without one

}  // namespace foreshard::ui
