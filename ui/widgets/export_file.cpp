#include "ui/widgets/export_file.h"

#include <QBuffer>
#include <QFileInfo>

#include "core/base/file.h"

namespace foreshard::ui {

Status writeExport(const QString& path, const QByteArray& bytes) {
    auto written = writeFileWhole(path.toStdString(), {bytes.constData(), static_cast<size_t>(bytes.size())});
    if (written.ok()) return written;
    auto error = written.error();
    if (error.next.empty()) error.next = "Choose a folder that you may write to, and export again.";
    return error;
}

Status writeExport(const QString& path, const QImage& picture) {
    const auto suffix = QFileInfo(path).suffix().toUpper();
    QBuffer bytes;
    bytes.open(QIODevice::WriteOnly);
    if (!picture.save(&bytes, suffix.isEmpty() ? "PNG" : qPrintable(suffix))) {
        return Error{ErrorCategory::unsupported, "Pictures cannot be written as “" + suffix.toStdString() + "”.", "End the name with .png.", {}};
    }
    return writeExport(path, bytes.data());
}

}  // namespace foreshard::ui
