// Runs the program as a person would, and reads what it says.
#pragma once

#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <nlohmann/json.hpp>

namespace foreshard::testapp {

struct Run {
    int exitCode = -1;
    std::string output, errors;
    nlohmann::json json() const { return nlohmann::json::parse(output, nullptr, false); }
};

inline Run runProgram(const QString& folder, const QStringList& arguments, const QProcessEnvironment& environment, int milliseconds = 120'000) {
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral(FORESHARD_BINARY_DIR "/foreshard"), arguments);
    Run run;
    if (!process.waitForFinished(milliseconds)) return run;
    run.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    run.output = process.readAllStandardOutput().toStdString();
    run.errors = process.readAllStandardError().toStdString();
    return run;
}

inline Run runProgram(const QString& folder, const QStringList& arguments) { return runProgram(folder, arguments, QProcessEnvironment::systemEnvironment()); }

// Unpacks the sample shop into `folder`.
inline bool unpackSample(const QString& folder) {
    for (const char* name : {"shop.csv", "shop-next.csv", "shop.db"}) {
        QProcess gzip;
        gzip.setStandardOutputFile(folder + "/" + name);
        gzip.start("gzip", {"-dc", QString(FORESHARD_SOURCE_DIR "/samples/shop/") + name + ".gz"});
        if (!gzip.waitForFinished(60'000) || gzip.exitCode() != 0) return false;
    }
    return QFile::copy(FORESHARD_SOURCE_DIR "/samples/shop/schema.sql", folder + "/schema.sql");
}

}  // namespace foreshard::testapp
