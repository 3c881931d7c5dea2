// The stderr reader with prefixes that the input chooses, the guess of a prefix, and the finding out of formats.
#include <cstdint>

#include "core/ingest/prefix.h"
#include "tests/fuzz/fuzz_log.h"

using namespace foreshard;
using namespace foreshard::fuzz;

namespace {

// A prefix made of escapes and separators, by the bits of a hash.
std::string prefixOf(uint64_t seed) {
    static constexpr std::string_view parts[]{"%m", "[%p]", "%q", "%u@%d", "%c", "v%v", "%t", "%n", "%-10p", "%5l", "app=%a", "%h", "%e", "%x", "%s", "%%", "%i"};
    static constexpr std::string_view between[]{" ", ":", " [", "] ", ","};
    Random random(seed);
    std::string prefix(random.below(3) ? parts[0] : parts[random.below(std::size(parts))]);
    for (uint64_t i = random.below(5); i > 0; --i) {
        prefix += between[random.below(std::size(between))];
        prefix += parts[random.below(std::size(parts))];
    }
    return prefix + " ";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = viewOf(data, size);
    ingest::LinePrefix::parse(std::string(bytes.substr(0, 60))).ok();
    for (const auto& prefix : {std::string("%m [%p] %q%u@%d %c v%v "), prefixOf(hashText(bytes))}) {
        require(ingest::LinePrefix::parse(prefix).ok(), "a prefix of known escapes is one");
        const ingest::LogShape shape{ingest::LogFormat::stderrLog, prefix, true, 1};
        for (const bool last : {false, true}) readBothWays(shape, bytes, last, [](const ingest::LogRecord&, std::string_view) {});
        collectEachWay(shape, bytes);
    }
    const auto guess = ingest::guessPrefix(bytes);
    require(!guess || ingest::LinePrefix::parse(guess->prefix).ok(), "a guess is a prefix");
    for (const auto format : {ingest::LogFormat::automatic, ingest::LogFormat::csvlog, ingest::LogFormat::jsonlog, ingest::LogFormat::stderrLog})
        ingest::detectShape(bytes, format, {}, "fuzz").ok();
    return 0;
}
