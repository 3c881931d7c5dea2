// The readers behind LogReader, for makeReader().
#pragma once

#include <memory>
#include <string>

#include "core/ingest/reader.h"

namespace foreshard::ingest {

std::unique_ptr<LogReader> makeCsvReader();
std::unique_ptr<LogReader> makeJsonReader();
std::unique_ptr<LogReader> makeMappedReader(LogFormat format, const std::string& mapping);
// Of a prefix without a time, records have none.
std::unique_ptr<LogReader> makeStderrReader(const std::string& prefix);
std::unique_ptr<LogReader> makeSyslogReader(const std::string& shape);
std::unique_ptr<LogReader> makeMysqlGeneralReader();
std::unique_ptr<LogReader> makeMysqlSlowReader(const std::string& form);       // "iso", "short"
std::unique_ptr<LogReader> makeSqliteTraceReader(const std::string& form);     // "plain", "profile"
std::unique_ptr<LogReader> makeVtgateReader(const std::string& form);          // "text", "json"

// What LogShape::prefix can be for a format with forms of its own; empty: the format has none.
std::vector<std::string> formsOf(LogFormat format);

}  // namespace foreshard::ingest
