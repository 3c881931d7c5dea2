// What the targets of logs of other servers than PostgreSQL do, in every form that the format has.
#pragma once

#include "core/ingest/readers.h"
#include "tests/fuzz/fuzz_log.h"

namespace foreshard::fuzz {

inline int tryForeignLog(ingest::LogFormat format, std::string_view bytes) {
    auto forms = ingest::formsOf(format);
    if (forms.empty()) forms.emplace_back();
    for (const auto& form : forms) {
        const ingest::LogShape shape{format, form, false, 1};
        require(ingest::isSound(shape), "each form has a reader");
        for (const bool last : {false, true}) readBothWays(shape, bytes, last, [](const ingest::LogRecord&, std::string_view) {});
        collectCalls(shape, bytes, sharedBuilder());
    }
    ingest::detectShape(bytes, ingest::LogFormat::automatic, {}, "fuzz").ok();
    return 0;
}

}  // namespace foreshard::fuzz
