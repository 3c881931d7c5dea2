// Holding what `show` says of a profiled sample against the counts that stand beside it (tests/data/recorded/README.md).
#pragma once

#include <QtTest>

#include <cmath>
#include <map>
#include <string>

#include "tests/app/program.h"

namespace foreshard::testapp {

inline nlohmann::json readJson(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? nlohmann::json::parse(file.readAll().toStdString(), nullptr, false) : nlohmann::json();
}

// Sums over the templates by kind of statement: calls, and rows where they are known.
inline std::map<std::string, double> sumsByKind(const nlohmann::json& templates, bool rows) {
    std::map<std::string, double> sums;
    for (const auto& each : templates)
        if (!rows) sums[each["kind"]] += each["calls"].get<double>();
        else if (!each["rows"].is_null()) sums[each["kind"]] += each["rows"].get<double>() * each["calls"].get<double>();
    return sums;
}

// Calls by kind of statement and table ("select orders"), the schema's name left out.
inline std::map<std::string, double> sumsByTable(const nlohmann::json& templates) {
    std::map<std::string, double> sums;
    for (const auto& each : templates)
        for (const auto& table : each["tables"]) {
            const auto name = table.get<std::string>();
            sums[each["kind"].get<std::string>() + " " + name.substr(name.find('.') + 1)] += each["calls"].get<double>();
        }
    return sums;
}

// The counted kinds, and no others.
inline void compareCounts(const nlohmann::json& counted, const std::map<std::string, double>& found) {
    for (const auto& [kind, sum] : found)
        QVERIFY2(counted.contains(kind) || sum == 0, (kind + " were not counted by the server").c_str());
    for (const auto& [kind, sum] : counted.items()) {
        const auto mine = found.find(kind);
        const double shown = mine == found.end() ? 0 : std::round(mine->second);
        QVERIFY2(shown == sum.get<double>(), (kind + ": " + std::to_string(shown) + " instead of " + sum.dump()).c_str());
    }
}

// Profiles the sample in `folder` into `project`, with the arguments that stand beside it.
inline void readSample(const QString& folder, const QString& project, const nlohmann::json& counts) {
    QVERIFY2(counts.is_object() && !counts["recorded"].get<std::string>().empty(), "counts.json says how the sample was recorded");
    QStringList arguments{"profile", project, "--schema", "schema.sql", "--quiet"};
    for (const auto& argument : counts["arguments"]) arguments << QString::fromStdString(argument.get<std::string>());
    const auto made = runProgram(folder, arguments);
    QVERIFY2(made.exitCode == 0, made.errors.c_str());
}

// Profiles and compares; what `show … workload` says goes to `shown`.
inline void profileSample(const QString& folder, const QString& project, nlohmann::json& shown) {
    const auto counts = readJson(folder + "/counts.json");
    readSample(folder, project, counts);
    if (QTest::currentTestFailed()) return;
    shown = runProgram(folder, {"show", project, "workload", "--json"}).json();
    const auto templates = runProgram(folder, {"show", project, "templates", "--json"}).json()["templates"];
    compareCounts(counts["calls"], sumsByKind(templates, false));
    if (counts.contains("rows")) compareCounts(counts["rows"], sumsByKind(templates, true));
    if (counts.contains("tables")) compareCounts(counts["tables"], sumsByTable(templates));
    for (const char* field : {"transactions", "aborted"})
        if (counts.contains(field)) QCOMPARE(shown[field].get<double>(), counts[field].get<double>());
}

}  // namespace foreshard::testapp
