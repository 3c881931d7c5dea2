// Parts of logs: damaged ones are refused, or merge with others, complete and can be written again.
#include <cstdint>

#include "core/base/file.h"
#include "core/ingest/part.h"
#include "tests/fuzz/fuzz_support.h"

using namespace foreshard;
using namespace foreshard::fuzz;

namespace {

std::string part(uint64_t from, uint64_t length) {
    Job job;
    ingest::PartRequest request;
    request.path = std::string(FORESHARD_SOURCE_DIR) + "/tests/ingest/data/all.csv";
    request.offset = from;
    request.length = length;
    ingest::IngestOptions options;
    options.threads = 1;
    const auto read = ingest::readLogPart(request, options, job);
    require(read.ok(), "a log is read");
    return ingest::writeLogPart(*read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string first = part(0, 2'000), second = part(2'000, 3'000), third = part(5'000, 1'000'000);
    const auto script = viewOf(data, size);
    ingest::parseLogPart(script).ok();
    auto read = ingest::parseLogPart(damagedBlob(second, 4, ingest::LogPart::formatVersion, script));
    require(size > 0 || read.ok(), "a sound file is read");
    if (!read.ok()) return 0;
    require(ingest::parseLogPart(ingest::writeLogPart(*read)).ok(), "what is written is read");
    Job job;
    ingest::complete(*read, job).ok();
    auto all = *ingest::parseLogPart(first);
    if (!all.merge(std::move(*read)).ok()) return 0;
    all.merge(*ingest::parseLogPart(third)).ok();
    ingest::complete(std::move(all), job).ok();
    return 0;
}
