// Settings: typed, written only when they change, versioned with one migration function a step. Lives in the user's own
// configuration folder (or a file given for tests). A file of a newer version is read as far as it is understood and never
// written. GUI thread only.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QSettings>
#include <QString>

#include "ui/theme/ramps.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

struct RecentProject {
    QString path, name;
    QDateTime opened;
    bool operator==(const RecentProject&) const = default;
};

class Settings {
public:
    static constexpr int version = 1;
    static constexpr int recentKept = 12;

    Settings();                                  // of the user
    explicit Settings(const QString& file);

    ThemeMode themeMode() const;
    void setThemeMode(ThemeMode mode);
    Ramp heatRamp() const;
    void setHeatRamp(Ramp ramp);
    double heatBrightness() const;
    void setHeatBrightness(double brightness);
    bool selectionPanel() const;
    void setSelectionPanel(bool visible);
    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray& geometry);
    QList<RecentProject> recent() const;         // newest first; entries whose file is gone are left out
    void addRecent(const QString& path, const QString& name);

    // How the columns of a table of statements were read: by what they are called; empty: never before.
    QString columnMapping(const QString& columns) const;
    void setColumnMapping(const QString& columns, const QString& mapping);

    // Where thumbnails of recent projects lie; made when asked for.
    QString thumbnailPath(const QString& project) const;

private:
    void migrate();
    void put(const QString& key, const QVariant& value);
    QVariant get(const QString& key, const QVariant& fallback) const { return store_.value(key, fallback); }
    QSettings store_;
    bool writable_ = true;
};

}  // namespace foreshard::ui
