// What a training has done so far, beside the project, so that one which was cut short goes on where it was: finished fits by
// their outcome, a fit on its way by the state after its last epoch. One file that only grows: records with their length and
// hash, each written in one piece, so that one cut short is seen and left out. A record of the same key replaces the older one.
// Where the file cannot be written, training goes on without it, and `problem()` says why.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard::models {

// Of one fit: asked for and saved by the training library after each epoch.
class FitCheckpoint {
public:
    virtual ~FitCheckpoint() = default;
    virtual std::optional<std::string> last() const = 0;
    virtual bool wanted() const = 0;          // false: the last state was saved so shortly before that the next epoch's will do
    virtual void save(std::string_view state) = 0;
};

class Checkpoints {
public:
    static constexpr uint32_t formatVersion = 1;
    struct Found {
        size_t records = 0;                   // of this very training
        bool ofOther = false;                 // there was a file, but of other data, settings or features; it is begun anew
        bool cutShort = false;                // its last record was, and is left out
    };

    // `of`: fingerprint of all that decides the outcome. Errors: conflict (another process is training there), io, unreadable.
    static Result<std::unique_ptr<Checkpoints>> open(const std::filesystem::path& file, uint64_t of);
    ~Checkpoints();
    Checkpoints(const Checkpoints&) = delete;
    Checkpoints& operator=(const Checkpoints&) = delete;

    const Found& found() const { return found_; }
    // Any thread.
    std::optional<std::string> find(const std::string& key) const;
    void save(const std::string& key, std::string_view bytes);
    // Saves the outcome of a fit, and forgets the state after its last epoch.
    void finished(const std::string& key, std::string_view outcome);
    std::unique_ptr<FitCheckpoint> ofFit(const std::string& key);   // "KEY/epochs"; must not outlive this object
    std::string problem() const;
    // The outcome is safe elsewhere: removes the file.
    void finish();

    // Epochs shorter than this are not all saved: a state costs more than they do.
    std::chrono::milliseconds pause{200};

private:
    Checkpoints(std::filesystem::path file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}
    void load(uint64_t of, std::string_view bytes);
    bool begin(uint64_t of);
    bool append(std::string_view bytes);
    void compact();

    std::filesystem::path file_;
    int descriptor_ = -1;
    uint64_t of_ = 0;
    Found found_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> records_;
    size_t written_ = 0, alive_ = 0;          // bytes in the file; of records that count
    std::string problem_;
};

}  // namespace foreshard::models
