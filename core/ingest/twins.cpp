#include "core/ingest/twins.h"

#include <algorithm>
#include <charconv>

#include "core/base/hash.h"

namespace foreshard::ingest {

namespace {

constexpr size_t probeBytes = 64 << 10;
constexpr size_t blockBytes = 4u << 20;
constexpr size_t mostBlocks = 16;
constexpr size_t mostEvents = 20'000;
constexpr Instant lateness = 100'000;  // µs
constexpr size_t messageBytes = 200;   // of a message count

struct Event {
    int64_t second = 0;
    uint64_t process = 0;              // 0: not known
    uint64_t message = 0;              // hash
    auto operator<=>(const Event&) const = default;
};

// The process id in a session's name: "6745f0a1.3a1" (%c, in hexadecimal), "929" and "929@2026-11-22 20:32:08 UTC" (%p, %s).
uint64_t processOf(std::string_view session) {
    uint64_t process = 0;
    const size_t dot = session.find('.'), at = session.find('@');
    const auto text = dot != std::string_view::npos && at == std::string_view::npos ? session.substr(dot + 1) : session.substr(0, at);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), process, text.data() == session.data() ? 10 : 16);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? process : 0;
}

// Some bytes of a file, as readers want them.
struct Window {
    std::string bytes;
    size_t size = 0;
    bool last = false;
    std::string_view view() const { return {bytes.data(), size}; }
};

bool load(const LogFile& file, uint64_t offset, size_t count, Window& out) {
    out.bytes.assign(std::min<uint64_t>(count, file.size() - std::min(offset, file.size())) + readerPadding, '\0');
    const auto got = file.read(offset, out.bytes.data(), out.bytes.size() - readerPadding);
    if (!got.ok()) return false;
    out.size = *got;
    out.last = offset + out.size >= file.size();
    return true;
}

std::optional<Instant> firstTimeAt(LogReader& reader, const LogFile& file, uint64_t offset) {
    Window window;
    if (!load(file, offset, probeBytes, window)) return std::nullopt;
    LogRecord record;
    reader.windowChanged();
    for (size_t at = reader.findStart(window.view(), 1); at < window.size;) {
        const ReadStep step = reader.next(window.view(), at, window.last, record);
        if (step == ReadStep::record) return record.time;
        if (step != ReadStep::skipped) break;
    }
    return std::nullopt;
}

// A place in front of nearly all records at or behind `from`, and not far from it: each process writes for itself, a little late.
uint64_t placeOf(LogReader& reader, const LogFile& file, Instant from) {
    uint64_t low = 0, high = file.size();
    while (high - low > 2 * probeBytes) {
        const uint64_t middle = low + (high - low) / 2;
        const auto time = firstTimeAt(reader, file, middle);
        (time && *time + lateness < from ? low : high) = middle;
    }
    return low;
}

// Adds what a record says where it is not before `from`.
void note(const LogRecord& record, int64_t from, std::vector<Event>& events) {
    const int64_t second = intervalIndex(record.time, microsPerSecond);
    if (second < from) return;
    const auto line = record.message.substr(0, std::min(record.message.find('\n'), messageBytes));
    events.push_back({second, processOf(record.session), hashText(line)});
}

// Sorted. `to`: up to where all are there.
std::vector<Event> eventsFrom(const LogFile& file, const LogShape& shape, Instant from, int64_t& to) {
    std::vector<Event> events;
    const auto reader = makeReader(shape);
    const int64_t first = intervalIndex(from, microsPerSecond);
    uint64_t place = placeOf(*reader, file, from);
    LogRecord record;
    Window window;
    to = INT64_MIN;
    for (size_t blocks = 0; blocks < mostBlocks && events.size() < mostEvents && load(file, place, blockBytes, window); ++blocks) {
        reader->windowChanged();
        size_t at = blocks == 0 && place > 0 ? reader->findStart(window.view(), 1) : 0;
        while (at < window.size && events.size() < mostEvents) {
            const ReadStep step = reader->next(window.view(), at, window.last, record);
            if (step == ReadStep::skipped) continue;
            if (step != ReadStep::record) break;
            to = std::max(to, intervalIndex(record.time, microsPerSecond));
            note(record, first, events);
        }
        if (window.last || at == 0 || at == LogReader::npos) break;
        place += at;
    }
    std::sort(events.begin(), events.end());
    return events;
}

bool overlap(const IngestedFile& a, const IngestedFile& b) { return a.first && b.first && a.last && b.last && *a.first <= *b.last + microsPerSecond && *b.first <= *a.last + microsPerSecond; }

// Of two servers, messages may be alike at the same second, but not the processes that say them.
bool alike(std::vector<Event> a, std::vector<Event> b, int64_t to) {
    const auto nameless = [](const std::vector<Event>& events) { return std::any_of(events.begin(), events.end(), [](const Event& e) { return e.process == 0; }); };
    const bool byProcess = !nameless(a) && !nameless(b);
    for (auto* events : {&a, &b}) {
        std::erase_if(*events, [&](const Event& e) { return e.second > to; });
        if (byProcess) continue;
        for (auto& event : *events) event.process = 0;
        std::sort(events->begin(), events->end());
    }
    std::vector<Event> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const size_t least = std::min(a.size(), b.size());
    return least > 0 && both.size() * 10 >= least * (byProcess ? 3 : 9);
}

}  // namespace

std::optional<int> worthOf(LogFormat format) {
    switch (format) {
        case LogFormat::csvlog: return 0;
        case LogFormat::jsonlog: return 1;
        case LogFormat::stderrLog: return 2;
        default: return std::nullopt;
    }
}

bool sameEvents(const LogFile& a, const IngestedFile& ofA, const LogFile& b, const IngestedFile& ofB) {
    if (!worthOf(ofA.shape.format) || !worthOf(ofB.shape.format) || ofA.shape.format == ofB.shape.format || !overlap(ofA, ofB)) return false;
    // From the beginning of a second that both have whole, for a format may write no fractions; else from where the later one begins.
    const Instant begun = std::max(*ofA.first, *ofB.first), nextSecond = (intervalIndex(begun, microsPerSecond) + 1) * microsPerSecond;
    const Instant from = nextSecond <= std::min(*ofA.last, *ofB.last) ? nextSecond : begun;
    int64_t toA = 0, toB = 0;
    const auto eventsA = eventsFrom(a, ofA.shape, from, toA), eventsB = eventsFrom(b, ofB.shape, from, toB);
    return alike(eventsA, eventsB, std::min(toA, toB));
}

namespace {

// Which of `files` tells of what file `f` tells of, and says more.
Result<std::optional<size_t>> twinOf(const std::vector<IngestedFile>& files, size_t f, const Job& job) {
    const auto worth = worthOf(files[f].shape.format);
    if (!worth) return std::optional<size_t>();
    std::optional<LogFile> own;
    for (size_t g = 0; g < files.size(); ++g) {
        const auto other = worthOf(files[g].shape.format);
        if (!other || *other >= *worth || !overlap(files[f], files[g])) continue;
        FS_TRY(job.checkpoint());
        if (!own) {
            auto opened = LogFile::open(files[f].path, &job);
            if (!opened.ok()) return std::optional<size_t>();
            own.emplace(std::move(*opened));
        }
        const auto richer = LogFile::open(files[g].path, &job);
        if (richer.ok() && sameEvents(*own, files[f], *richer, files[g])) return std::optional(g);
    }
    return std::optional<size_t>();
}

}  // namespace

Result<std::vector<std::optional<Twin>>> findTwins(const std::vector<IngestedFile>& files, const Job& job) {
    std::vector<std::optional<Twin>> twins(files.size());
    for (size_t f = 0; f < files.size(); ++f) {
        FS_ASSIGN(const auto of, twinOf(files, f, job));
        if (!of) continue;
        Instant first = INT64_MAX, last = INT64_MIN;
        for (const auto& file : files) {
            if (file.shape.format != files[*of].shape.format || !file.first || !file.last) continue;
            first = std::min(first, *file.first);
            last = std::max(last, *file.last);
        }
        twins[f] = Twin{*of, first <= *files[f].first + microsPerSecond && last + microsPerSecond >= *files[f].last};
    }
    return twins;
}

}  // namespace foreshard::ingest
