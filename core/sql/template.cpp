#include "core/sql/template.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/sql/shape_cache.h"
#include "core/sql/template_sink.h"

namespace foreshard::sql {

namespace {

// Offsets are 32 bits wide; what lies beyond is not looked at.
std::string_view readable(std::string_view statement) {
    return statement.substr(0, std::min<size_t>(statement.size(), UINT32_MAX - lexPadding));
}

}  // namespace

struct TemplateScanner::Buffers {
    TemplateSink<false> sink;
    ShapeCache shapes;
    std::string copy;
};

TemplateScanner::TemplateScanner() : buffers_(new Buffers) {}
TemplateScanner::~TemplateScanner() { delete buffers_; }
TemplateScanner::TemplateScanner(TemplateScanner&& other) noexcept : buffers_(std::exchange(other.buffers_, nullptr)) {}
TemplateScanner& TemplateScanner::operator=(TemplateScanner&& other) noexcept {
    std::swap(buffers_, other.buffers_);
    return *this;
}

// Where a copy of the statement lies, with lexPadding zero bytes behind it.
const char* TemplateScanner::padded(std::string_view statement) {
    std::string& copy = buffers_->copy;
    // Grown only, so that the bytes of a longer statement are not written twice.
    if (copy.size() < statement.size() + lexPadding) copy.resize(statement.size() + statement.size() / 2 + lexPadding);
    if (!statement.empty()) std::memcpy(copy.data(), statement.data(), statement.size());
    std::memset(copy.data() + statement.size(), 0, lexPadding);
    return copy.data();
}

const Scan* TemplateScanner::known(std::string_view statement) {
    statement = readable(statement);
    Scan& out = buffers_->sink.out;
    return buffers_->shapes.find(padded(statement), statement.data(), statement.size(), out) ? &out : nullptr;
}

const Scan& TemplateScanner::scan(std::string_view statement) {
    statement = readable(statement);
    const char* copy = padded(statement);
    TemplateSink<false>& sink = buffers_->sink;
    if (buffers_->shapes.find(copy, statement.data(), statement.size(), sink.out)) return sink.out;
    sink.begin(statement, copy);
    Lexer<TemplateSink<false>>(copy, copy + statement.size(), sink).run();
    sink.end();
    buffers_->shapes.learn(copy, statement.data(), statement.size(), sink.out);
    return sink.out;
}

Trace traceStatement(std::string_view statement) {
    statement = readable(statement);
    Trace trace;
    trace.text = std::make_unique<std::string>(statement);
    trace.text->append(lexPadding, '\0');
    TemplateSink<true> sink;
    const char* copy = trace.text->data();
    sink.begin(statement, copy);
    Lexer<TemplateSink<true>>(copy, copy + statement.size(), sink).run();
    sink.end();
    trace.tokens = std::move(sink.trace);
    trace.literals = std::move(sink.out.literals);
    trace.slots = sink.out.slots;
    trace.cut = sink.out.cut;
    trace.strayBytes = sink.strayBytes();
    trace.arena = std::make_unique<std::string>(sink.takeArena());
    return trace;
}

bool TraceToken::isWord(std::string_view lower) const {
    if (kind != TraceKind::word || text.size() != lower.size()) return false;
    for (size_t i = 0; i < lower.size(); ++i) {
        if (lowerByte(text[i]) != lower[i]) return false;
    }
    return true;
}

std::string identifierOf(const TraceToken& token) {
    return token.kind == TraceKind::word ? lowered(token.text) : std::string(token.text);
}

}  // namespace foreshard::sql
