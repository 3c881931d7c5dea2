#include <simdjson.h>

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
        if (std::string_view* target = viewOf(key, out)) return !value.get_string().get(*target);
        std::string_view severity;
        if (key == "error_severity") {
            if (value.get_string().get(severity)) return false;
            out.severity = severityOf(severity);
        }
        return true;
    }

    std::string_view* viewOf(std::string_view key, LogRecord& out) {
        if (key == "timestamp") return &time_;
        if (key == "message") return &out.message;
        if (key == "session_id") return &out.session;
        if (key == "vxid") return &out.virtualTransaction;
        if (key == "dbname") return &out.database;
        if (key == "ps") return &out.commandTag;
        if (key == "state_code") return &out.sqlState;
        if (key == "detail") return &out.detail;
        if (key == "context") return &out.context;
        if (key == "statement") return &out.statement;
        return nullptr;
    }

    json::parser parser_;
    LogClock clock_;
    std::string_view time_;
    std::string ascii_;
    simdjson::error_code error_ = simdjson::SUCCESS;
};

}  // namespace

std::unique_ptr<LogReader> makeJsonReader() { return std::make_unique<JsonReader>(); }

}  // namespace foreshard::ingest
