#include "samples/generator/log_writer.h"

#include <fmt/format.h>

#include <cmath>

namespace foreshard::samplegen {

struct LogWriter::Record {
    Instant time = 0;
    const Session* session = nullptr;
    size_t backend = 0;
    std::string message;
    std::string detail;
    std::string tag;
    bool inTransaction = false;
};

namespace {

std::string clock(Instant t, bool milliseconds) {
    auto text = formatRfc3339(t - t % 1000);
    const auto fraction = static_cast<int>(t % microsPerSecond / 1000);
    text = text.substr(0, 19);
    text[10] = ' ';
    return milliseconds ? fmt::format("{}.{:03} UTC", text, fraction) : text + " UTC";
}

std::string csvField(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? "\"\"" : std::string(1, c));
    return out + "\"";
}

std::string jsonText(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\'), out.push_back(c);
        else if (c == '\n') out += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<int>(c));
        else out.push_back(c);
    }
    return out + "\"";
}

// A statement's later lines start with a tab in the stderr format.
std::string tabbed(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out.push_back(c);
        if (c == '\n') out.push_back('\t');
    }
    return out;
}

const char* commandTag(std::string_view sql) {
    for (const char* tag : {"SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "ROLLBACK"})
        if (sql.starts_with(tag)) return tag;
    return "";
}

std::string parameterDetail(const Statement& statement) {
    std::string out;
    for (size_t i = 0; i < statement.parameters.size(); ++i) {
        out += fmt::format("{}${} = '", i ? ", " : "parameters: ", i + 1);
        for (const char c : statement.parameters[i].text) out.append(c == '\'' ? "''" : std::string(1, c));
        out += "'";
    }
    return out;
}

}  // namespace

LogWriter::LogWriter(LogFormat format, Protocol protocol, uint32_t sessions, std::string user, std::string database, Sink sink)
    : format_(format), protocol_(protocol), user_(std::move(user)), database_(std::move(database)), sink_(std::move(sink)), sessions_(sessions) {}

size_t LogWriter::freeSession(Instant t) {
    size_t best = nextSession_;
    for (size_t i = 0; i < sessions_.size(); ++i) {
        const size_t candidate = (nextSession_ + i) % sessions_.size();
        if (sessions_[candidate].freeAt <= t) { best = candidate; break; }
        if (sessions_[candidate].freeAt < sessions_[best].freeAt) best = candidate;
    }
    nextSession_ = (best + 1) % sessions_.size();
    auto& session = sessions_[best];
    if (session.pid == 0 || t / microsPerDay != session.startedAt / microsPerDay) {
        session.startedAt = t;
        session.pid = nextPid_ += 3;
        session.lines = 0;
    }
    return best;
}

void LogWriter::write(const Transaction& transaction) {
    const size_t index = freeSession(transaction.time);
    auto& session = sessions_[index];
    Instant now = std::max(transaction.time, session.freeAt);
    ++session.localTransaction;
    const auto run = [&](const Statement& statement, bool inTransaction) {
        now += static_cast<Instant>(std::ceil(statement.milliseconds * 1000)) + 1;
        logStatement(index, now, statement, commandTag(statement.sql), inTransaction);
        now += 150;   // the client's turn
    };
    if (transaction.block) run({"BEGIN", {}, 0.02}, true);
    for (const auto& statement : transaction.statements) run(statement, transaction.block);
    if (transaction.block) run({transaction.aborted ? "ROLLBACK" : "COMMIT", {}, 0.4}, false);
    session.freeAt = now;
    releaseUpTo(transaction.time);
}

void LogWriter::logStatement(size_t index, Instant end, const Statement& statement, const char* tag, bool inTransaction) {
    auto& session = sessions_[index];
    ++session.lines;
    Record record{end, &session, index, {}, {}, tag, inTransaction};
    if (protocol_ == Protocol::prepared) {
        record.message = fmt::format("duration: {:.3f} ms  execute <unnamed>: {}", statement.milliseconds, statement.sql);
        record.detail = parameterDetail(statement);
        // The extended protocol commits at Sync, after the line is written.
        record.inTransaction = inTransaction || (record.tag != "COMMIT" && record.tag != "ROLLBACK");
    } else {
        record.message = fmt::format("duration: {:.3f} ms  statement: {}", statement.milliseconds, asLiteralText(statement));
    }
    pending_.push({end, order_++, render(record)});
}

std::string LogWriter::render(const Record& record) const {
    const auto& session = *record.session;
    const auto sessionId = fmt::format("{:x}.{:x}", session.startedAt / microsPerSecond, session.pid);
    const auto virtualId = fmt::format("{}/{}", record.backend + 3, record.inTransaction ? session.localTransaction : 0);
    switch (format_) {
        case LogFormat::csvlog:
            return fmt::format("{},{},{},{},{},{},{},{},{},{},0,LOG,00000,{},{},,,,,,,,{},{},,0\n", clock(record.time, true), csvField(user_),
                               csvField(database_), session.pid, csvField("[local]"), sessionId, session.lines, csvField(record.tag),
                               clock(session.startedAt, false), virtualId, csvField(record.message),
                               record.detail.empty() ? "" : csvField(record.detail), csvField(""), csvField("client backend"));
        case LogFormat::jsonlog:
            return fmt::format(
                R"({{"timestamp":"{}","user":{},"dbname":{},"pid":{},"remote_host":"[local]","session_id":"{}","line_num":{},"ps":{},)"
                R"("session_start":"{}","vxid":"{}","txid":0,"error_severity":"LOG","message":{}{},"backend_type":"client backend","query_id":0}})"
                "\n",
                clock(record.time, true), jsonText(user_), jsonText(database_), session.pid, sessionId, session.lines, jsonText(record.tag),
                clock(session.startedAt, false), virtualId, jsonText(record.message),
                record.detail.empty() ? "" : ",\"detail\":" + jsonText(record.detail));
        case LogFormat::stderrLog: {
            const auto prefix = fmt::format("{} [{}] {} {} {}@{} ", clock(record.time, true), session.pid, sessionId, virtualId, user_, database_);
            auto out = prefix + "LOG:  " + tabbed(record.message) + "\n";
            if (!record.detail.empty()) out += prefix + "DETAIL:  " + tabbed(record.detail) + "\n";
            return out;
        }
    }
    return {};
}

void LogWriter::releaseUpTo(Instant t) {
    while (!pending_.empty() && pending_.top().time <= t) {
        sink_(pending_.top().text);
        pending_.pop();
    }
}

void LogWriter::flush() { releaseUpTo(INT64_MAX); }

}  // namespace foreshard::samplegen
