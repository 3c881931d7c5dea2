// A folder that record.py filled, read as a person would read it.
#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <memory>
#include <string>

#include "core/ingest/ingest.h"
#include "core/schema/ddl_reader.h"
#include "core/workload/partial.h"

namespace foreshard::testapps {

struct Recorded {
    std::shared_ptr<const workload::Workload> workload;  // null: `problem` says why
    std::string problem;
};

// `name`: "direct" or "pooled". `interval`: of the workload; 0: as the log suggests.
inline Recorded readRecorded(const QString& folder, const QString& name, Instant interval = 0) {
    Job job;
    QString log = folder + "/" + name + ".csv";
    if (!QFile::exists(log)) log += ".zst";
    const auto schema = schema::readSchemaFiles({(folder + "/schema.sql").toStdString()}, job);
    if (!schema.ok()) return {nullptr, schema.error().message};
    ingest::IngestOptions options;
    options.schema = std::make_shared<const schema::Schema>(*schema);
    if (interval > 0) options.partial.interval = interval;
    options.given.pooled = name == "pooled";
    const auto result = ingest::ingestFiles({log.toStdString()}, options, job);
    if (!result.ok()) return {nullptr, result.error().message};
    return {workload::finish(result->partial), {}};
}

// How often the driver asked for a page of this kind.
inline int asked(const QString& folder, const QString& name, const char* page) {
    QFile file(folder + "/counts.json");
    if (!file.open(QIODevice::ReadOnly)) return -1;
    return QJsonDocument::fromJson(file.readAll()).object()[name].toObject()[page].toInt();
}

// Calls that insert into this table, of transactions that committed.
inline double inserted(const workload::Workload& workload, const std::string& table) {
    double calls = 0;
    for (const auto& transaction : workload.facts->transactions)
        for (const auto& call : transaction.calls) {
            const auto& one = workload.facts->templates[call.templateId];
            if (!transaction.aborted && one.facts.kind == sql::StatementKind::insert && workload.facts->schema.tables[one.accesses.front().table].name == table)
                calls += static_cast<double>(transaction.weight) / static_cast<double>(weightOne);
        }
    return calls;
}

}  // namespace foreshard::testapps
