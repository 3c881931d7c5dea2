#include "core/models/checkpoints.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/hash.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x54504b4352545346;   // "FSTRCKPT"
constexpr const char* epochsOf = "/epochs";
constexpr size_t headerBytes = 32, frameBytes = 16;
constexpr size_t mostWaste = size_t{64} << 20;   // bytes of replaced records before the file is begun anew

std::string headerOf(uint64_t of) {
    ByteWriter out;
    out.fixed64(magic);
    out.fixed64(Checkpoints::formatVersion);
    out.fixed64(of);
    out.fixed64(hashText(out.bytes()));
    return out.take();
}

std::string recordOf(std::string_view key, std::string_view bytes) {
    ByteWriter payload;
    payload.text(key);
    payload.text(bytes);
    ByteWriter out;
    out.fixed64(payload.bytes().size());
    out.fixed64(hashText(payload.bytes()));
    return out.take() + payload.bytes();
}

class OneFit : public FitCheckpoint {
public:
    OneFit(Checkpoints& all, std::string key) : all_(all), key_(std::move(key)) {}
    std::optional<std::string> last() const override { return all_.find(key_); }
    bool wanted() const override { return std::chrono::steady_clock::now() - saved_ >= all_.pause; }
    void save(std::string_view state) override {
        all_.save(key_, state);
        saved_ = std::chrono::steady_clock::now();
    }

private:
    Checkpoints& all_;
    std::string key_;
    std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<std::unique_ptr<Checkpoints>> Checkpoints::open(const std::filesystem::path& file, uint64_t of) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
    if (descriptor < 0) return systemError("Cannot keep checkpoints in", file, errno);
    std::unique_ptr<Checkpoints> opened(new Checkpoints(file, descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return Error{ErrorCategory::conflict, "Another training of this project is running.", "Wait until it has ended.", file.string()};
    FS_ASSIGN(const std::string bytes, readFile(file));
    opened->load(of, bytes);
    return opened;
}

Checkpoints::~Checkpoints() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Checkpoints::load(uint64_t of, std::string_view bytes) {
    of_ = of;
    const std::string header = headerOf(of);
    if (!bytes.starts_with(header)) {
        found_.ofOther = !bytes.empty();
        begin(of);
        return;
    }
    size_t at = headerBytes;
    while (at + frameBytes <= bytes.size()) {
        ByteReader frame(bytes.substr(at, frameBytes));
        const uint64_t size = frame.fixed64(), hash = frame.fixed64();
        if (size > bytes.size() - at - frameBytes) break;
        const std::string_view payload = bytes.substr(at + frameBytes, size);
        if (hashText(payload) != hash) break;
        ByteReader in(payload);
        std::string key = in.text();
        records_[std::move(key)] = in.text();
        at += frameBytes + size;
    }
    found_.records = records_.size();
    found_.cutShort = at != bytes.size();
    if (found_.cutShort && ::ftruncate(descriptor_, static_cast<off_t>(at)) != 0) problem_ = std::strerror(errno);
    written_ = at;
    for (const auto& [key, value] : records_) alive_ += key.size() + value.size();
}

bool Checkpoints::begin(uint64_t of) {
    written_ = alive_ = 0;
    if (::ftruncate(descriptor_, 0) != 0) {
        problem_ = std::strerror(errno);
        return false;
    }
    return append(headerOf(of));
}

// In one piece; what a full disk cut short is taken back, so that what follows can be read.
bool Checkpoints::append(std::string_view bytes) {
    if (!problem_.empty()) return false;
    const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
    if (done == static_cast<ssize_t>(bytes.size())) {
        written_ += bytes.size();
        return true;
    }
    problem_ = done < 0 ? std::strerror(errno) : "the disk is full";
    if (::ftruncate(descriptor_, static_cast<off_t>(written_)) != 0) problem_ += ", and the last record could not be taken back";
    return false;
}

std::optional<std::string> Checkpoints::find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto it = records_.find(key);
    return it == records_.end() ? std::nullopt : std::optional(it->second);
}

void Checkpoints::save(const std::string& key, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    auto& record = records_[key];
    alive_ += bytes.size() + (record.empty() ? key.size() : 0) - record.size();
    record = bytes;
    if (append(recordOf(key, bytes)) && written_ > alive_ + mostWaste) compact();
}

// Replaced records are left out. A death in between costs what was done, never the outcome.
void Checkpoints::compact() {
    if (!begin(of_)) return;
    for (const auto& [key, value] : records_) {
        alive_ += key.size() + value.size();
        if (!append(recordOf(key, value))) return;
    }
}

void Checkpoints::finished(const std::string& key, std::string_view outcome) {
    save(key, outcome);
    const std::lock_guard lock(mutex_);
    const auto it = records_.find(key + epochsOf);
    if (it == records_.end()) return;
    alive_ -= it->first.size() + it->second.size();
    records_.erase(it);
}

std::unique_ptr<FitCheckpoint> Checkpoints::ofFit(const std::string& key) { return std::make_unique<OneFit>(*this, key + epochsOf); }

std::string Checkpoints::problem() const {
    const std::lock_guard lock(mutex_);
    return problem_;
}

void Checkpoints::finish() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

}  // namespace foreshard::models
