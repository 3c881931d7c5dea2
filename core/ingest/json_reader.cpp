#include <simdjson.h>

#include <array>

#include "core/ingest/json_text.h"
#include "core/ingest/log_time.h"
#include "core/ingest/readers.h"

namespace foreshard::ingest {

namespace {

namespace json = simdjson::ondemand;
static_assert(readerPadding >= simdjson::SIMDJSON_PADDING);

class JsonReader final : public LogReader {
public:
    const std::string& unknownZone() const override { return clock_.unknownZone(); }
    void useZone(const TimeZone& zone) override { clock_.useZone(zone); }

protected:
    // jsonlog writes a record as one line, and escapes newlines inside it.
    bool startsRecord(std::string_view text) const override { return text.starts_with("{\""); }

    // A line as the server writes it: one flat object, no blanks between its parts, values that are strings or whole numbers.
    bool readFast(std::string_view window, size_t& at, LogRecord& out) override {
        const char* const begin = window.data() + at;
        if (*begin != '{') return false;
        time_ = {};
        out = LogRecord();
        bool high = false;
        const char* const end = readMembers(begin + 1, window.data() + window.size(), out, high);
        if (!end || !clock_.readWhole(time_, out.time)) return false;
        if (high && !simdjson::validate_utf8(begin, static_cast<size_t>(end - begin))) return false;
        at += static_cast<size_t>(end - begin);
        return true;
    }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        const size_t newline = window.find('\n', at);
        if (newline == std::string_view::npos && !last) return ReadStep::incomplete;
        const size_t size = (newline == std::string_view::npos ? window.size() : newline) - at;
        if (!readObject(window.data() + at, size, out) && !readOtherEncoding(window.substr(at, size), out))
            return skipLine(window, at, last, newline == std::string_view::npos ? "cut_record" : "broken_json");
        const auto time = clock_.read(time_);
        if (!time) return skipLine(window, at, last, "bad_time");
        out.time = *time;
        at += size + (newline == std::string_view::npos ? 0 : 1);
        return ReadStep::record;
    }

private:
    // Reads the members from `p` on; where the next line begins. Null: no whole line of this form ends before `limit`.
    const char* readMembers(const char* p, const char* limit, LogRecord& out, bool& high) {
        for (size_t key = MemberNames::none; p < limit; ++p) {
            key = names_.find(key, p, numberOf);
            if (key == MemberNames::none) return nullptr;
            const auto& name = names_[key];
            p += name.size;
            if (*p == '"') {
                const char* const text = ++p;
                JsonTextKind kind;
                p = jsonStringEnd(text, limit, kind);
                if (!p) return nullptr;
                high |= kind.high;
                if (name.member != none && !takeFast(name.member, {text, static_cast<size_t>(p - text)}, kind.escapes, out)) return nullptr;
                ++p;
            } else {
                const char* const number = p;
                p = jsonNumberEnd(p);
                if (p == number || name.member != none) return nullptr;
            }
            if (*p == '}') return p + 1 < limit && p[1] == '\n' ? p + 2 : nullptr;
            if (*p != ',') return nullptr;
        }
        return nullptr;
    }

    bool takeFast(size_t member, std::string_view value, bool escapes, LogRecord& out) {
        if (member == severityMember) {
            out.severity = severityOf(value);
            return !escapes;
        }
        std::string_view& target = viewOf(member, out);
        target = value;
        return !escapes || unescape(value, buffers_[member], target);
    }

    // False for escapes by number, which the server writes for control characters alone.
    static bool unescape(std::string_view value, std::string& buffer, std::string_view& out) {
        buffer.clear();
        for (size_t from = 0;;) {
            const size_t backslash = value.find('\\', from);
            buffer.append(value, from, backslash - from);
            if (backslash == std::string_view::npos) break;
            switch (value[backslash + 1]) {
                case 'n': buffer += '\n'; break;
                case 't': buffer += '\t'; break;
                case 'r': buffer += '\r'; break;
                case 'b': buffer += '\b'; break;
                case 'f': buffer += '\f'; break;
                case '"':
                case '\\':
                case '/': buffer += value[backslash + 1]; break;
                default: return false;
            }
            from = backslash + 2;
        }
        out = buffer;
        return true;
    }

    // The server writes its databases' encodings as they are; JSON must be UTF-8.
    bool readOtherEncoding(std::string_view line, LogRecord& out) {
        if (error_ != simdjson::UTF8_ERROR) return false;
        ascii_.assign(line);
        for (char& c : ascii_)
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        ascii_.append(readerPadding, '\0');
        out = LogRecord();
        return readObject(ascii_.data(), line.size(), out);
    }

    bool readObject(const char* data, size_t size, LogRecord& out) {
        time_ = {};
        json::document document;
        error_ = parser_.iterate(data, size, size + readerPadding).get(document);
        if (error_) return false;
        json::object object;
        if (document.get_object().get(object)) return false;
        for (auto field : object) {
            std::string_view key;
            if (field.error() || field.unescaped_key().get(key)) return false;
            json::value value;
            if (field.value().get(value)) return false;
            if (!take(key, value, out)) return false;
        }
        const char* behind = nullptr;
        return document.current_location().get(behind) == simdjson::OUT_OF_BOUNDS;
    }

    bool take(std::string_view key, json::value& value, LogRecord& out) {
        if (const size_t member = memberOf(key); member != none) return !value.get_string().get(viewOf(member, out));
        std::string_view severity;
        if (key == "error_severity") {
            if (value.get_string().get(severity)) return false;
            out.severity = severityOf(severity);
        }
        return true;
    }

    // What is wanted of a record; none of its other members.
    static size_t memberOf(std::string_view key) {
        for (size_t i = 0; i < keys.size(); ++i)
            if (key.size() == keys[i].size() && key == keys[i]) return i;
        return none;
    }

    static size_t numberOf(std::string_view key) { return key == "error_severity" ? severityMember : memberOf(key); }

    std::string_view& viewOf(size_t member, LogRecord& out) {
        static constexpr std::string_view LogRecord::*views[]{
            nullptr, &LogRecord::message, &LogRecord::session, &LogRecord::virtualTransaction, &LogRecord::database, &LogRecord::commandTag,
            &LogRecord::sqlState, &LogRecord::detail, &LogRecord::context, &LogRecord::statement};
        return member == 0 ? time_ : out.*views[member];
    }

    static constexpr std::array<std::string_view, 10> keys{"timestamp", "message", "session_id", "vxid", "dbname",
                                                           "ps", "state_code", "detail", "context", "statement"};
    static constexpr size_t none = keys.size(), severityMember = none + 1;

    json::parser parser_;
    LogClock clock_;
    MemberNames names_;
    std::array<std::string, keys.size()> buffers_;   // values whose escapes were undone
    std::string_view time_;
    std::string ascii_;
    simdjson::error_code error_ = simdjson::SUCCESS;
};

}  // namespace

std::unique_ptr<LogReader> makeJsonReader() { return std::make_unique<JsonReader>(); }

}  // namespace foreshard::ingest
