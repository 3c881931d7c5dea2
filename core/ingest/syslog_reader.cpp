#include <deque>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "core/ingest/readers.h"
#include "core/ingest/syslog.h"

namespace foreshard::ingest {

namespace {

// Between two pieces of one message stand those that other processes wrote meanwhile, no more than this. So a message is over
// where its process begins another, or so far behind its last piece.
constexpr size_t mostBetween = 256 << 10;
// A message that runs on beyond this is too long: so its end is known before LogReader gives it up.
constexpr size_t mostSpan = maxRecordBytes / 2;

// A message begins at its first piece; the others are looked up from there and passed over where they stand. Put together it is a
// record of a stderr log, which the reader of those reads.
class SyslogReader final : public LogReader {
public:
    explicit SyslogReader(SyslogShape shape) : shape_(std::move(shape)), message_(makeStderrReader(shape_.prefix)), prefix_(LinePrefix::parse(shape_.prefix).value()) {}
    const std::string& unknownZone() const override { return timeWithoutZone_.empty() ? message_->unknownZone() : timeWithoutZone_; }
    void windowChanged() override { forget(0); }
    void useZone(const TimeZone& zone) override {
        zone_ = zone;
        message_->useZone(zone);
    }

protected:
    bool startsRecord(std::string_view text) const override {
        SyslogLine line;
        SyslogPiece piece;
        return readMine(lineOf(text), line, piece) && piece.piece == 1;
    }

    // No record from before may have a piece here: each piece that follows belongs to a message that begins here.
    bool beyondDoubt(std::string_view window, size_t at) override {
        if (window.size() - at <= mostBetween) return false;
        absl::flat_hash_set<std::string_view> begun;
        const size_t end = at + mostBetween;
        while (at < end) {
            const auto text = lineOf(window.substr(at));
            SyslogLine line;
            SyslogPiece piece;
            at += text.size() + 1;
            if (readMine(text, line, piece) && begun.insert(line.process).second && piece.piece > 1) return false;
        }
        return true;
    }

    // Lines of other programs, and the further pieces of messages.
    bool isHeader(std::string_view text) const override {
        SyslogLine line;
        SyslogPiece piece;
        return readSyslogLine(text, line) && (line.ident != shape_.ident || line.process.empty() || (readSyslogPiece(line.rest, shape_.numbers, piece) && piece.piece > 1));
    }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        const Piece* const first = pieceAt(window, at, last);
        if (!first) return ReadStep::incomplete;
        const auto time = first->time, process = first->process;
        const size_t next = first->next;
        std::string_view text;
        bool tooLong = false;
        if (!putTogether(window, last, text, tooLong)) return ReadStep::incomplete;
        if (tooLong) return skipLine(window, at, last, "too_long");
        message_->windowChanged();
        size_t place = 0;
        if (message_->next(text, place, true, out) != ReadStep::record) return skipLine(window, at, last, message_->reason());
        if (!prefix_.hasTime()) {
            const auto instant = syslogTime(time, shape_.first, zone_);
            if (!instant) return skipLine(window, at, last, "bad_time");
            out.time = *instant;
            if (isShortTime(time) && !zone_.given()) timeWithoutZone_ = "of syslog's short time stamps";
        }
        if (out.session.empty()) out.session = process;
        at = next;
        return ReadStep::record;
    }

private:
    struct Piece {
        size_t begin = 0, next = 0;    // of its line, and of the line behind it
        SyslogPiece piece;
        std::string_view time, process;
        size_t following = none;       // number of its process's next piece
    };
    static constexpr size_t none = SIZE_MAX;

    static std::string_view lineOf(std::string_view text) {
        auto line = text.substr(0, text.find('\n'));
        if (line.ends_with('\r') && line.size() < text.size()) line.remove_suffix(1);
        return line;
    }

    bool readMine(std::string_view text, SyslogLine& line, SyslogPiece& piece) const {
        return readSyslogLine(text, line) && line.ident == shape_.ident && !line.process.empty() && readSyslogPiece(line.rest, shape_.numbers, piece);
    }

    void forget(size_t from) {
        pieces_.clear();
        latest_.clear();
        forgotten_ = 0;
        lookedTo_ = from;
    }

    // The piece whose line begins at `at`, which then is the first of pieces_. Null: the window ends first.
    const Piece* pieceAt(std::string_view window, size_t at, bool last) {
        if (window.data() != window_) forget(at);
        window_ = window.data();
        while (!pieces_.empty() && pieces_.front().begin < at) {
            pieces_.pop_front();
            ++forgotten_;
        }
        if (pieces_.empty() ? lookedTo_ != at : pieces_.front().begin != at) forget(at);
        while (pieces_.empty())
            if (!lookAhead(window, last)) return nullptr;
        return &pieces_.front();
    }

    // Takes one line more; false: there is no whole one.
    bool lookAhead(std::string_view window, bool last) {
        const size_t newline = lookedTo_ < window.size() ? window.find('\n', lookedTo_) : std::string_view::npos;
        // A line that is too long is seen as far as it goes.
        if (newline == std::string_view::npos && (lookedTo_ >= window.size() || (!last && window.size() - lookedTo_ <= mostSpan))) return false;
        Piece made;
        made.begin = lookedTo_;
        made.next = lookedTo_ = newline == std::string_view::npos ? window.size() : newline + 1;
        SyslogLine line;
        if (!readMine(lineOf(window.substr(made.begin)), line, made.piece)) return true;
        made.time = line.time;
        made.process = line.process;
        const size_t number = forgotten_ + pieces_.size();
        const auto [before, isNew] = latest_.try_emplace(line.process, number);
        if (!isNew) {
            if (before->second >= forgotten_) pieces_[before->second - forgotten_].following = number;
            before->second = number;
        }
        pieces_.push_back(made);
        return true;
    }

    // The piece behind the one with this number, or null where the message is over. False: the window ends before it is known.
    bool following(std::string_view window, bool last, size_t number, const Piece*& out) {
        out = nullptr;
        while (pieces_[number - forgotten_].following == none && lookedTo_ - pieces_[number - forgotten_].begin <= mostBetween)
            if (!lookAhead(window, last)) return last;
        const Piece& now = pieces_[number - forgotten_];
        if (now.following == none) return true;
        const Piece& then = pieces_[now.following - forgotten_];
        if (then.piece.message == now.piece.message && then.piece.piece == now.piece.piece + 1 && then.begin - now.begin <= mostBetween) out = &then;
        return true;
    }

    // The message that begins with the first piece, as stderr would show it. False: the window ends before it is over.
    bool putTogether(std::string_view window, bool last, std::string_view& out, bool& tooLong) {
        out = pieces_.front().piece.text;
        text_.clear();
        bool copied = shape_.escaped && out.find("#0") != std::string_view::npos;
        if (copied) append(out);
        const bool numbered = shape_.numbers == SyslogShape::Numbers::messageAndPiece || shape_.numbers == SyslogShape::Numbers::piece;
        tooLong = pieces_.front().next - pieces_.front().begin > mostSpan;
        for (size_t number = forgotten_; numbered && !tooLong;) {
            const Piece* next = nullptr;
            if (!following(window, last, number, next)) return false;
            tooLong = next && next->next - pieces_.front().begin > mostSpan;
            if (!next || tooLong) break;
            if (!std::exchange(copied, true)) append(out);
            if (beginsLine(next->piece.text)) text_ += '\n';
            append(next->piece.text);
            number = pieces_[number - forgotten_].following;
        }
        if (copied) out = text_;
        return true;
    }

    // A line break stood in front of what begins with the tab that the server puts behind each, or as a line of a log. A statement's own tab
    // at which it was cut is taken for one, too: white space for white space.
    bool beginsLine(std::string_view text) const {
        if (text.starts_with('\t') || (shape_.escaped && text.starts_with("#011"))) return true;
        PrefixFields fields;
        std::string_view word;
        return prefix_.match(text, fields, word).has_value();
    }

    void append(std::string_view text) {
        for (size_t hash = shape_.escaped ? text.find('#') : std::string_view::npos; hash != std::string_view::npos; hash = text.find('#')) {
            text_.append(text, 0, hash);
            text.remove_prefix(hash);
            const auto digit = [&](size_t at) { return text.size() > at && text[at] >= '0' && text[at] <= '7' ? text[at] - '0' : 8; };
            const int code = digit(2) < 8 && digit(3) < 8 && digit(1) == 0 ? digit(2) * 8 + digit(3) : 0;
            text_ += code > 0 && code < 32 ? static_cast<char>(code) : '#';
            text.remove_prefix(code > 0 && code < 32 ? 4 : 1);
        }
        text_.append(text);
    }

    SyslogShape shape_;
    std::unique_ptr<LogReader> message_;
    LinePrefix prefix_;
    TimeZone zone_;
    std::string text_, timeWithoutZone_;
    // Pieces of the window from the record's own on, in their order, each line looked at once. Their number is their place and forgotten_.
    std::deque<Piece> pieces_;
    size_t forgotten_ = 0, lookedTo_ = 0;
    absl::flat_hash_map<std::string_view, size_t> latest_;   // each process's last piece
    const char* window_ = nullptr;
};

}  // namespace

std::unique_ptr<LogReader> makeSyslogReader(const std::string& shape) {
    auto read = SyslogShape::read(shape);
    assert(read);
    return std::make_unique<SyslogReader>(std::move(*read));
}

}  // namespace foreshard::ingest
