#include <simdjson.h>

#include <array>

#include "core/ingest/json_structure.h"
#include "core/ingest/log_time.h"
#include "core/ingest/readers.h"

namespace foreshard::ingest {

namespace {

namespace json = simdjson::ondemand;
static_assert(readerPadding >= simdjson::SIMDJSON_PADDING);

class JsonReader final : public LogReader {
public:
    const std::string& unknownZone() const override { return clock_.unknownZone(); }

protected:
    // jsonlog writes a record as one line, and escapes newlines inside it.
    bool startsRecord(std::string_view text) const override { return text.starts_with("{\""); }

    // A line as the server writes it: one flat object, no blanks between its parts, values that are strings or whole numbers.
    bool readFast(std::string_view window, size_t& at, LogRecord& out) override {
        const char* const begin = window.data() + at;
        if (window[at] != '{' || !scanJsonLine(begin, window.size() - at, structure_)) return false;
        if (structure_.high && !simdjson::validate_utf8(begin, structure_.length)) return false;
        time_ = {};
        out = LogRecord();
        if (!readMembers(begin, out) || !clock_.readWhole(time_, out.time)) return false;
        at += structure_.length;
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
    bool readMembers(const char* begin, LogRecord& out) {
        const uint32_t* const quotes = structure_.at;
        const uint32_t close = structure_.length - 2;   // where the object has to end
        uint32_t place = 0;
        for (uint32_t i = 0;;) {
            if (i + 2 > structure_.quotes || quotes[i] != place + 1 || begin[quotes[i + 1] + 1] != ':') return false;
            const std::string_view key(begin + quotes[i] + 1, quotes[i + 1] - quotes[i] - 1);
            place = quotes[i + 1] + 2;
            i += 2;
            std::string_view value;
            const bool text = begin[place] == '"';
            if (text) {
                if (i + 2 > structure_.quotes || quotes[i] != place) return false;
                value = {begin + place + 1, quotes[i + 1] - place - 1};
                place = quotes[i + 1] + 1;
                i += 2;
            } else {
                const uint32_t number = place;
                while ((begin[place] >= '0' && begin[place] <= '9') || begin[place] == '-') ++place;
                if (place == number) return false;
            }
            if (!takeFast(key, value, text, out)) return false;
            if (place == close) return begin[place] == '}' && i == structure_.quotes;
            if (begin[place] != ',') return false;
        }
    }

    bool takeFast(std::string_view key, std::string_view value, bool text, LogRecord& out) {
        if (structure_.backslashes && key.find('\\') != std::string_view::npos) return false;
        if (key == "error_severity") {
            out.severity = severityOf(value);
            return text && value.find('\\') == std::string_view::npos;
        }
        const size_t member = memberOf(key);
        if (member == none) return true;
        if (!text) return false;
        std::string_view& target = viewOf(member, out);
        target = value;
        if (!structure_.backslashes || value.find('\\') == std::string_view::npos) return true;
        return unescape(value, buffers_[member], target);
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

    std::string_view& viewOf(size_t member, LogRecord& out) {
        static constexpr std::string_view LogRecord::*views[]{
            nullptr, &LogRecord::message, &LogRecord::session, &LogRecord::virtualTransaction, &LogRecord::database, &LogRecord::commandTag,
            &LogRecord::sqlState, &LogRecord::detail, &LogRecord::context, &LogRecord::statement};
        return member == 0 ? time_ : out.*views[member];
    }

    static constexpr std::array<std::string_view, 10> keys{"timestamp", "message", "session_id", "vxid", "dbname",
                                                           "ps", "state_code", "detail", "context", "statement"};
    static constexpr size_t none = keys.size();

    json::parser parser_;
    LogClock clock_;
    JsonStructure structure_;
    std::array<std::string, keys.size()> buffers_;   // values whose escapes were undone
    std::string_view time_;
    std::string ascii_;
    simdjson::error_code error_ = simdjson::SUCCESS;
};

}  // namespace

std::unique_ptr<LogReader> makeJsonReader() { return std::make_unique<JsonReader>(); }

}  // namespace foreshard::ingest
