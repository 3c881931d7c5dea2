// The query log of Vitess's vtgate (--log_queries_to_file, or /debug/querylog), a line for each query, as its published source
// writes it (go/vt/vtgate/logstats): tab-separated text, or JSON with --querylog-format=json. Values of bind variables are put into
// their places; where they were redacted the names stay, and the log has no literals.
// Fields of the text form: method, remote address, user, two callers, start, end, four times in seconds, kind, the query in quotes,
// bind variables, shard queries, rows affected, error in quotes, then others by version, and last session, plan cached, tables, keyspace.
#include <simdjson.h>

#include <array>
#include <map>
#include <vector>

#include "core/ingest/foreign_call.h"
#include "core/ingest/readers.h"
#include "core/sql/dialect.h"
#include "core/sql/lexer.h"

namespace foreshard::ingest {

namespace {

namespace json = simdjson::ondemand;

struct Value {
    std::string type;                  // "INT64", "VARCHAR", "TUPLE"…
    std::string text;
    std::vector<Value> elements;       // of a tuple
};
using Variables = std::map<std::string, Value, std::less<>>;

// "…" of Go, quotes included, from its opening quote; `at` ends behind it.
std::string goText(std::string_view text, size_t& at) {
    if (at >= text.size() || text[at] != '"') return {};
    const size_t begin = ++at;
    for (; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    at = std::min(at, text.size());
    std::string content;   // as an escape string of SQL, whose escapes are Go's and some more
    for (const char c : text.substr(begin, at - begin)) content += c == '\'' ? std::string("''") : std::string(1, c);
    if (at < text.size()) ++at;
    const char* data = content.data();
    return sql::decodeQuoted({data, data + content.size(), data, data + content.size(), sql::Quoting::escapes, false});
}

std::string literalOf(const Value& value) {
    if (value.type == "TUPLE") {
        std::string out;
        for (const auto& each : value.elements) out += (out.empty() ? "" : ", ") + literalOf(each);
        return "(" + (out.empty() ? "NULL" : out) + ")";
    }
    if (value.type == "NULL_TYPE" || value.type == "NULL") return "NULL";
    const bool number = value.type.find("INT") != std::string::npos || value.type.starts_with("FLOAT") || value.type == "DECIMAL" || value.type == "YEAR";
    if (number && !value.text.empty() && value.text.find_first_not_of("+-.0123456789eE") == std::string::npos) return value.text;
    std::string out = "'";
    for (const char c : value.text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

// The query with values in the places of :name and ::name. Quotes are standard SQL's by now.
void substitute(std::string_view query, const Variables& variables, std::string& out) {
    out.clear();
    for (size_t at = 0; at < query.size();) {
        const char c = query[at];
        if (c == '\'' || c == '"') {
            const size_t end = std::min(query.find(c, at + 1), query.size() - 1) + 1;   // a doubled quote begins anew
            out.append(query, at, end - at);
            at = end;
            continue;
        }
        const size_t colons = c != ':' ? 0 : query.substr(at).starts_with("::") ? 2 : 1;
        size_t end = at + colons;
        while (colons > 0 && end < query.size() && sql::isWordByte(static_cast<uint8_t>(query[end]))) ++end;
        if (colons == 0 || end == at + colons) {
            out.append(query, at, std::max<size_t>(colons, 1));
            at += std::max<size_t>(colons, 1);
            continue;
        }
        const auto found = variables.find(query.substr(at + colons, end - at - colons));
        if (found != variables.end()) out += literalOf(found->second);
        else out.append(colons == 2 ? "(:" : ":").append(query, at + colons, end - at - colons).append(colons == 2 ? ")" : "");
        at = end;
    }
}

// map[a:type:INT64 value:"1" b:type:TUPLE values:{type:INT64 value:"1"}], a protocol buffer as text.
class VariableText {
public:
    explicit VariableText(std::string_view text) : text_(text) {}

    Variables read() {
        Variables out;
        if (!text_.starts_with("map[")) return out;
        at_ = 4;
        while (at_ < text_.size() && text_[at_] != ']') {
            skipBlanks();
            const size_t colon = text_.find(":type:", at_);
            if (colon == std::string_view::npos) break;
            const std::string name(text_.substr(at_, colon - at_));
            at_ = colon + 1;
            out[name] = value();
            skipBlanks();
        }
        return out;
    }

private:
    void skipBlanks() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(std::string_view word) {
        skipBlanks();
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    Value value(int depth = 0) {
        Value out;
        if (take("type:"))
            while (at_ < text_.size() && (text_[at_] == '_' || (text_[at_] >= '0' && text_[at_] <= '9') || (text_[at_] >= 'A' && text_[at_] <= 'Z'))) out.type += text_[at_++];
        if (take("value:")) out.text = goText(text_, at_);
        while (depth == 0 && take("values:{")) {
            out.elements.push_back(value(1));
            skipBlanks();
            if (at_ < text_.size() && text_[at_] == '}') ++at_;
        }
        return out;
    }

    std::string_view text_;
    size_t at_ = 0;
};

struct Query {
    std::string_view start, total, session, keyspace;
    std::string sql, error, rows;
    Variables variables;
};

class VtgateReader : public LogReader {
public:
    const std::string& unknownZone() const override { return noZone_; }
    void useZone(const TimeZone& zone) override { zone_ = zone; }

protected:
    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        std::string_view line;
        size_t next = 0;
        const bool whole = wholeLine(window, at, line, next);
        if (!whole && !last) return ReadStep::incomplete;
        Query query;
        if (!readQuery(line, query)) return skipLine(window, at, last, whole ? "broken_record" : "cut_record");
        const auto start = parseTime(query.start, zone_);
        if (!start) return skipLine(window, at, last, "bad_time");
        substitute(sql::translated(query.sql, sql::Dialect::mysql, translation_), query.variables, statement_);
        uint64_t rows = 0;
        session_ = query.session;
        keyspace_ = query.keyspace;
        ForeignCall call{.begin = *start, .duration = secondsText(query.total).value_or(-1), .statement = statement_, .session = session_, .database = keyspace_};
        call.failed = !query.error.empty();
        if (readNumber(query.rows, rows) && rows > 0) call.rows = static_cast<int64_t>(rows);   // of a query that gives rows it is 0
        fillCall(call, message_, out);
        at = next;
        return ReadStep::record;
    }

    virtual bool readQuery(std::string_view line, Query& out) = 0;

private:
    TimeZone zone_;
    std::string noZone_, translation_, statement_, session_, keyspace_, message_;
};

class VtgateTextReader final : public VtgateReader {
protected:
    bool startsRecord(std::string_view text) const override {
        // The start stands in the sixth field.
        size_t at = 0;
        for (int field = 0; field < 5; ++field) {
            at = text.substr(0, 2'048).find_first_of("\t\n", at);
            if (at == std::string_view::npos || text[at] == '\n') return false;
            ++at;
        }
        return text.size() >= at + 26 && text[at + 4] == '-' && text[at + 10] == ' ' && text[at + 13] == ':' && text[at + 19] == '.' && parseTime(text.substr(at, 26)).has_value();
    }

    bool readQuery(std::string_view line, Query& out) override {
        std::vector<std::string_view> fields;
        while (line.ends_with('\t')) line.remove_suffix(1);
        for (size_t at = 0; at <= line.size();) {
            const size_t tab = std::min(line.find('\t', at), line.size());
            fields.push_back(line.substr(at, tab - at));
            at = tab + 1;
        }
        if (fields.size() < 20 || fields[12].size() < 2 || fields[12][0] != '"') return false;
        size_t at = 0;
        out.start = fields[5];
        out.total = fields[7];
        out.sql = goText(fields[12], at);
        out.variables = VariableText(fields[13]).read();
        out.rows = fields[15];
        out.error = goText(fields[16], at = 0);
        const size_t last = fields.size() - 1;
        out.session = unquoted(fields[last - 3]);
        out.keyspace = unquoted(fields[last]);
        return true;
    }

private:
    static std::string_view unquoted(std::string_view text) {
        return text.size() >= 2 && text[0] == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : std::string_view();
    }
};

class VtgateJsonReader final : public VtgateReader {
protected:
    bool startsRecord(std::string_view text) const override { return text.starts_with("{\""); }

    bool readQuery(std::string_view line, Query& out) override {
        padded_.assign(line);
        padded_.append(readerPadding, '\0');
        json::document document;
        json::object object;
        if (parser_.iterate(padded_.data(), line.size(), padded_.size()).get(document) || document.get_object().get(object)) return false;
        bool known = false;
        for (auto field : object) {
            std::string_view key, text;
            json::value value;
            if (field.error() || field.unescaped_key().get(key) || field.value().get(value)) return false;
            known |= key == "StmtType";
            if (key == "BindVars") {
                readVariables(value, out.variables);
                continue;
            }
            json::json_type type{};
            if (value.type().get(type)) return false;
            if (type == json::json_type::string) {
                if (value.get_string().get(text)) return false;
            } else if (type == json::json_type::number) {
                text = value.raw_json_token();
                text = text.substr(0, text.find_first_of(" \t,}"));
            }
            place(key, text, out);
        }
        return known && !out.sql.empty();
    }

private:
    static void place(std::string_view key, std::string_view text, Query& out) {
        if (key == "SQL") out.sql = text;
        else if (key == "Start") out.start = text;
        else if (key == "TotalTime") out.total = text;
        else if (key == "SessionUUID") out.session = text;
        else if (key == "ActiveKeyspace") out.keyspace = text;
        else if (key == "Error") out.error = text;
        else if (key == "RowsAffected" && out.rows.empty()) out.rows = text;
        else if (key == "RowsReturned" && text != "0") out.rows = text;
    }

    static void readVariables(json::value& value, Variables& out) {
        json::object object;
        if (value.get_object().get(object)) return;   // redacted: a text
        for (auto field : object) {
            std::string_view name;
            json::value given;
            if (field.error() || field.unescaped_key().get(name) || field.value().get(given)) return;
            readValue(given, out[std::string(name)], 0);
        }
    }

    static void readValue(json::value& given, Value& out, int depth) {
        json::object object;
        if (given.get_object().get(object)) return;
        for (auto member : object) {
            std::string_view key, text;
            json::value value;
            if (member.error() || member.unescaped_key().get(key) || member.value().get(value)) return;
            json::json_type type{};
            if (value.type().get(type)) return;
            if (key == "type" && !value.get_string().get(text)) {
                out.type = text;
            } else if (key != "value" && key != "values") {
                continue;
            } else if (type == json::json_type::string) {
                if (!value.get_string().get(text)) out.text = text;
            } else if (type == json::json_type::number) {
                text = value.raw_json_token();
                out.text = text.substr(0, text.find_first_of(" \t,}"));
            } else if (type == json::json_type::array && depth == 0) {
                json::array array;
                if (value.get_array().get(array)) return;
                for (auto element : array) {
                    json::value one;
                    if (element.get(one)) return;
                    readValue(one, out.elements.emplace_back(), 1);
                }
            }
        }
    }

    json::parser parser_;
    std::string padded_;
};

}  // namespace

std::unique_ptr<LogReader> makeVtgateReader(const std::string& form) {
    if (form == "json") return std::make_unique<VtgateJsonReader>();
    return std::make_unique<VtgateTextReader>();
}

}  // namespace foreshard::ingest
