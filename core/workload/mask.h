// Masking: values are replaced by keyed hashes of their canonical typed form while a log is read, so that equal values stay
// equal and nothing else is left of them. HMAC-SHA256 (RFC 2104), cut to 64 bits; the key never goes into a project.
// A mask is a text that no type of column takes for a value of its own: "~" and 16 hexadecimal digits.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <absl/container/flat_hash_map.h>

#include "core/base/result.h"
#include "core/base/value.h"

namespace foreshard::workload {

// What a workload of masked values is marked with (a diagnostic's reason), and what that means for a reader.
constexpr const char* maskedReason = "values_masked";
constexpr const char* maskedMessage = "Values are masked: advice on ranges, on keys that only grow and on keys made of other columns is not available.";

class MaskKey {
public:
    // A file of 64 hexadecimal digits that nobody else may read: an error of category format or unreadable says what is wrong.
    static Result<std::shared_ptr<const MaskKey>> read(const std::filesystem::path& file);
    // Makes such a file, and its folder, with a fresh random key. An error where it is there already.
    static Result<std::shared_ptr<const MaskKey>> make(const std::filesystem::path& file);
    // Tells this key from others; nothing of it can be found out from that. Never 0.
    uint64_t check() const { return check_; }
    const std::array<unsigned char, 32>& bytes() const { return bytes_; }

private:
    explicit MaskKey(const std::array<unsigned char, 32>& bytes);
    std::array<unsigned char, 32> bytes_;
    uint64_t check_ = 0;
};

// Makes masks; remembers those that it has made. One per thread.
class Masker {
public:
    static constexpr size_t maskBytes = 17;

    explicit Masker(std::shared_ptr<const MaskKey> key);
    ~Masker();
    Masker(Masker&& other) noexcept;
    // The mask of a known value; valid until the next call.
    std::string_view mask(const Value& value);
    uint64_t hash(std::string_view content);

private:
    static constexpr size_t mostRemembered = 65'536;
    std::shared_ptr<const MaskKey> key_;
    void* context_ = nullptr;          // EVP_MAC_CTX
    absl::flat_hash_map<std::string, uint64_t> known_;
    std::string text_;
};

}  // namespace foreshard::workload
