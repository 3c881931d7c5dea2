// Tables (CSV and its kin) and JSON lines of statements, by a mapping of their columns.
#include <simdjson.h>

#include <cstring>

#include "core/ingest/mapping.h"
#include "core/ingest/readers.h"
#include "core/ingest/table_field.h"

namespace foreshard::ingest {

namespace {

namespace json = simdjson::ondemand;
static_assert(readerPadding >= simdjson::SIMDJSON_PADDING);

class MappedReader : public LogReader {
public:
    explicit MappedReader(ColumnMapping mapping) : mapping_(std::move(mapping)) {}
    const std::string& unknownZone() const override { return noZone_; }
    void useZone(const TimeZone& zone) override { zone_ = zone; }

protected:
    ColumnMapping mapping_;
    MappedRow row_;
    TimeZone zone_;
    std::string buffer_, transaction_;

private:
    std::string noZone_;
};

class TableReader final : public MappedReader {
public:
    explicit TableReader(ColumnMapping mapping) : MappedReader(std::move(mapping)) {
        for (size_t i = 0; i < meanings; ++i)
            if (const auto& column = mapping_.columns[i]; !column.name.empty()) {
                if (meaningOf_.size() <= column.place) meaningOf_.resize(column.place + 1, meanings);
                meaningOf_[column.place] = i;
            }
    }

protected:
    // Where a time stands in its column. One that may be whole further on counts as a start.
    bool startsRecord(std::string_view text) const override {
        size_t at = 0;
        std::string_view field;
        std::string undone;
        for (size_t column = 0;; ++column) {
            const End end = readField(text, at, field, undone);
            if (end == End::cut) return true;
            if (end == End::broken) return false;
            if (column == mapping_.of(Meaning::time).place) return mappedTime(field).has_value();
            if (end == End::line) return false;
        }
    }

    bool beyondDoubt(std::string_view window, size_t at) override {
        LogRecord record;
        return read(window, at, false, record) == ReadStep::record;
    }

    // The line of names, also where files were put one behind the other.
    bool isHeader(std::string_view line) const override {
        size_t at = 0;
        std::string_view field;
        std::string undone;
        for (size_t column = 0;; ++column) {
            const End end = readField(line, at, field, undone);
            if (column < meaningOf_.size() && meaningOf_[column] < meanings && field != mapping_.columns[meaningOf_[column]].name) return false;
            if (end != End::field) return column + 1 >= meaningOf_.size();
        }
    }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        row_ = {};
        size_t place = at;
        for (size_t column = 0;; ++column) {
            const size_t meaning = column < meaningOf_.size() ? meaningOf_[column] : meanings;
            std::string_view field;
            const End end = readField(window, place, field, undone_[meaning]);
            if (end == End::cut && !last) return ReadStep::incomplete;
            if (end == End::broken || (end == End::cut && place < window.size())) return skipLine(window, at, last, end == End::broken ? "broken_table" : "cut_record");
            if (meaning < meanings) row_[meaning] = field;
            if (end == End::field) continue;
            if (column + 1 < meaningOf_.size()) return skipLine(window, at, last, end == End::cut ? "cut_record" : "broken_table");
            break;
        }
        if (!fillRecord(row_, zone_, buffer_, transaction_, out)) return skipLine(window, at, last, "bad_time");
        at = place;
        return ReadStep::record;
    }

private:
    using End = FieldEnd;
    End readField(std::string_view text, size_t& at, std::string_view& out, std::string& undone) const { return readTableField(text, mapping_.separator, at, out, undone); }

    std::vector<size_t> meaningOf_;                // by column; `meanings`: none
    std::array<std::string, meanings + 1> undone_;
};

class JsonLinesReader final : public MappedReader {
public:
    using MappedReader::MappedReader;

protected:
    bool startsRecord(std::string_view text) const override { return text.starts_with('{'); }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        const size_t newline = window.find('\n', at);
        if (newline == std::string_view::npos && !last) return ReadStep::incomplete;
        const size_t end = newline == std::string_view::npos ? window.size() : newline;
        if (!readMembers(window.data() + at, end - at)) return skipLine(window, at, last, newline == std::string_view::npos ? "cut_record" : "broken_json");
        if (!fillRecord(row_, zone_, buffer_, transaction_, out)) return skipLine(window, at, last, "bad_time");
        at = newline == std::string_view::npos ? end : end + 1;
        return ReadStep::record;
    }

private:
    bool readMembers(const char* data, size_t size) {
        row_ = {};
        json::document document;
        json::object object;
        if (parser_.iterate(data, size, size + readerPadding).get(document) || document.get_object().get(object)) return false;
        path_.clear();
        return readObject(object) && !row_[static_cast<size_t>(Meaning::statement)].empty();
    }

    // Members of members are named with dots between: "query.text".
    bool readObject(json::object& object) {
        const size_t above = path_.size();
        for (auto field : object) {
            std::string_view key;
            json::value value;
            if (field.error() || field.unescaped_key().get(key) || field.value().get(value)) return false;
            path_.resize(above);
            path_ += key;
            if (!readMember(value)) return false;
        }
        return true;
    }

    bool readMember(json::value& value) {
        json::json_type type{};
        for (size_t i = 0; i < meanings; ++i) {
            const std::string_view name = mapping_.columns[i].name;
            const bool whole = name == path_, below = name.size() > path_.size() && name.starts_with(path_) && name[path_.size()] == '.';
            if (name.empty() || (!whole && !below)) continue;
            if (value.type().get(type)) return false;
            if (below) {
                json::object inner;
                if (type != json::json_type::object) continue;
                path_ += '.';
                return !value.get_object().get(inner) && readObject(inner);
            }
            if (type == json::json_type::string) return !value.get_string().get(row_[i]);
            if (type == json::json_type::number || type == json::json_type::boolean) {
                row_[i] = value.raw_json_token();
                row_[i] = row_[i].substr(0, row_[i].find_first_of(" \t\r\n"));
            }
            return true;   // one meaning a member
        }
        return true;
    }

    std::string path_;                             // of the member that is looked at
    json::parser parser_;
};

}  // namespace

std::unique_ptr<LogReader> makeMappedReader(LogFormat format, const std::string& mapping) {
    auto read = ColumnMapping::read(mapping);
    assert(read);
    if (format == LogFormat::jsonLines) return std::make_unique<JsonLinesReader>(std::move(*read));
    return std::make_unique<TableReader>(std::move(*read));
}

}  // namespace foreshard::ingest
