// The syslog reader, held against one that looks for each message's pieces line by line, and the finding out of its shape.
#include <cstdint>

#include "core/ingest/prefix.h"
#include "core/ingest/syslog.h"
#include "tests/fuzz/fuzz_log.h"

using namespace foreshard;
using namespace foreshard::fuzz;
using ingest::SyslogShape;

namespace {

// The texts of all messages, in the order of their first pieces, without what an escape stands for and without line breaks.
std::vector<std::string> slowMessages(const SyslogShape& shape, std::string_view bytes) {
    struct Mine { std::string_view process; ingest::SyslogPiece piece; size_t at; };
    std::vector<Mine> lines;
    for (size_t at = 0; at < bytes.size();) {
        const size_t end = std::min(bytes.find('\n', at), bytes.size());
        auto text = bytes.substr(at, end - at);
        if (text.ends_with('\r') && end < bytes.size()) text.remove_suffix(1);
        ingest::SyslogLine line;
        Mine mine{{}, {}, at};
        if (ingest::readSyslogLine(text, line) && line.ident == shape.ident && !line.process.empty() && ingest::readSyslogPiece(line.rest, shape.numbers, mine.piece)) {
            mine.process = line.process;
            lines.push_back(mine);
        }
        at = end + 1;
    }
    std::vector<std::string> messages;
    for (size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].piece.piece != 1) continue;
        std::string text(lines[i].piece.text);
        const Mine* before = &lines[i];
        for (size_t j = i + 1; j < lines.size() && shape.numbers != SyslogShape::Numbers::message; ++j) {
            if (lines[j].process != before->process) continue;
            if (lines[j].piece.message != before->piece.message || lines[j].piece.piece != before->piece.piece + 1 || lines[j].at - before->at > (256 << 10)) break;
            text += lines[j].piece.text;
            before = &lines[j];
        }
        messages.push_back(std::move(text));
    }
    return messages;
}

// What a statement of the record says is part of the message's text.
bool within(std::string_view part, std::string_view whole) {
    size_t at = 0;
    for (const char c : part) {
        if (c == '\n') continue;
        at = whole.find(c, at);
        if (at++ == std::string_view::npos) return false;
    }
    return true;
}

void readAs(const SyslogShape& shape, std::string_view bytes) {
    const ingest::LogShape log{ingest::LogFormat::syslog, shape.write(), true, 1};
    require(ingest::isSound(log), "a shape that was written can be read");
    for (const bool last : {false, true}) readBothWays(log, bytes, last, [](const ingest::LogRecord&, std::string_view) {});
    if (!shape.escaped) {
        const auto slow = slowMessages(shape, bytes);
        size_t next = 0;
        readBothWays(log, bytes, true, [&](const ingest::LogRecord& record, std::string_view) {
            while (next < slow.size() && !within(record.message, slow[next])) ++next;
            require(next++ < slow.size(), "a record is one of the messages, in their order");
        });
    }
    collectEachWay(log, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = viewOf(data, size);
    SyslogShape::read(bytes.substr(0, 80));
    bool found = false;
    const auto guess = ingest::guessSyslog(bytes, {}, 1'796'083'200'000'000, found);
    if (guess) readAs(*guess, bytes);
    Random random(hashText(bytes));
    SyslogShape any;
    any.numbers = static_cast<SyslogShape::Numbers>(random.below(4));
    any.escaped = random.below(2) == 0;
    any.first = 1'796'083'200'000'000;
    any.prefix = random.below(2) ? "%q%u@%d " : "%m [%p] %q%u@%d %c v%v ";
    readAs(any, bytes);
    ingest::detectShape(bytes, ingest::LogFormat::syslog, {}, "fuzz").ok();
    return 0;
}
