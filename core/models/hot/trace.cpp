#include "core/models/hot/trace.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "core/base/gzip.h"
#include "core/base/time.h"
#include "core/models/hot/unpack.h"
#include "core/models/portfolio/csv.h"

namespace foreshard::models {

namespace {

constexpr int64_t longestRun = 1 << 16;   // keys that one line of the ARC form may access

class Numbering {
public:
    void access(int64_t key) { push(numbers_.try_emplace(key, static_cast<uint32_t>(numbers_.size())).first->second, key); }
    void access(const std::string& key) { push(words_.try_emplace(key, static_cast<uint32_t>(words_.size())).first->second, 0); }
    size_t size() const { return trace_.accesses.size(); }
    Trace take() {
        trace_.keys = std::max(numbers_.size(), words_.size());
        if (!words_.empty()) trace_.values.clear();
        return std::move(trace_);
    }

private:
    void push(uint32_t number, int64_t key) {
        if (number == trace_.values.size()) trace_.values.push_back(key);
        trace_.accesses.push_back(number);
    }
    std::unordered_map<int64_t, uint32_t> numbers_;
    std::unordered_map<std::string, uint32_t> words_;
    Trace trace_;
};

Error nothingIn(const std::string& name) {
    return {ErrorCategory::format, name + " has no accesses that can be read.", "Give a CSV file with the columns time,key or key, or a trace as the documentation of this verb describes.", {}};
}

Result<Trace> readBinary(std::string_view bytes, size_t most, Job& job) {
    Numbering numbering;
    for (size_t i = 0; i + 4 <= bytes.size() && numbering.size() < most; i += 4) {
        if (i % (1 << 20) == 0) FS_TRY(job.checkpoint());
        uint32_t key = 0;
        for (size_t b = 0; b < 4; ++b) key |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i + b])) << (8 * b);
        numbering.access(int64_t{key});
    }
    return numbering.take();
}

std::optional<int64_t> wholeNumber(std::string_view text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

void sayBroken(Job& job, const std::string& name, size_t broken) {
    if (broken) job.diagnose({Severity::warning, "broken_line", name, 0, 0, std::to_string(broken) + " lines of " + name + " could not be read and were left out."});
}

// The four numbers of a line; false where there are others.
bool fourNumbers(std::string_view line, int64_t (&numbers)[4]) {
    size_t found = 0;
    while (!line.empty()) {
        const size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) break;
        line.remove_prefix(begin);
        const size_t end = std::min(line.size(), line.find_first_of(" \t\r"));
        const auto number = wholeNumber(line.substr(0, end));
        if (!number || found == 4) return false;
        numbers[found++] = *number;
        line.remove_prefix(end);
    }
    return found == 4;
}

Result<Trace> readRuns(std::string_view text, const std::string& name, size_t most, Job& job) {
    Numbering numbering;
    size_t broken = 0;
    for (size_t lines = 0; !text.empty() && numbering.size() < most; ++lines) {
        if (lines % 65536 == 0) FS_TRY(job.checkpoint());
        const size_t end = std::min(text.size(), text.find('\n'));
        int64_t n[4];
        if (fourNumbers(text.substr(0, end), n) && n[1] >= 0 && n[1] <= longestRun) {
            for (int64_t i = 0; i < n[1] && numbering.size() < most; ++i) numbering.access(n[0] + i);
        } else if (end > 0) {
            ++broken;
        }
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    sayBroken(job, name, broken);
    return numbering.take();
}

Result<Trace> readCsv(std::string_view text, const std::string& name, size_t most, Job& job) {
    CsvLines lines(text);
    std::vector<std::string> cells;
    std::optional<size_t> key, time;
    if (lines.next(cells))
        for (size_t i = 0; i < cells.size(); ++i) {
            if (cells[i] == "key") key = i;
            if (cells[i] == "time") time = i;
        }
    if (!key) return nothingIn(name);
    std::vector<std::pair<double, std::string>> accesses;
    size_t broken = 0;
    bool numbers = true;
    while (lines.next(cells)) {
        if (accesses.size() % 65536 == 0) FS_TRY(job.checkpoint());
        if (cells.size() <= std::max(*key, time.value_or(0)) || cells[*key].empty()) {
            ++broken;
            continue;
        }
        std::optional<double> at = static_cast<double>(accesses.size());
        if (time) {
            at = csvNumber(cells[*time]);
            if (const auto instant = at ? std::nullopt : parseTime(cells[*time])) at = static_cast<double>(*instant);
        }
        if (!at || !std::isfinite(*at)) {
            ++broken;
            continue;
        }
        numbers = numbers && wholeNumber(cells[*key]);
        accesses.emplace_back(*at, cells[*key]);
    }
    std::stable_sort(accesses.begin(), accesses.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    if (accesses.size() > most) accesses.resize(most);
    Numbering numbering;
    for (const auto& [at, word] : accesses) {
        if (numbers) numbering.access(*wholeNumber(word));
        else numbering.access(word);
    }
    sayBroken(job, name, broken);
    return numbering.take();
}

}  // namespace

Result<Trace> readTrace(std::string_view bytes, const std::string& name, size_t most, Job& job) {
    if (most == 0) most = static_cast<size_t>(-1);
    std::string unpacked;
    if (isPacked(bytes)) {
        FS_ASSIGN(unpacked, unpackAny(bytes, name));
        bytes = unpacked;
    }
    const std::string_view firstLine = bytes.substr(0, bytes.substr(0, 4096).find('\n'));
    int64_t numbers[4];
    Result<Trace> trace = nothingIn(name);
    if (name.find(".trace") != std::string::npos) trace = readBinary(bytes, most, job);
    else if (fourNumbers(firstLine, numbers)) trace = readRuns(bytes, name, most, job);
    else trace = readCsv(bytes, name, most, job);
    if (trace.ok() && trace->accesses.empty()) return nothingIn(name);
    return trace;
}

}  // namespace foreshard::models
