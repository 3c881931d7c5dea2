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

}  // namespace foreshard::ingest
