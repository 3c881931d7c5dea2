#include "core/workload/mask.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/file.h"

namespace foreshard::workload {

namespace {

int digitOf(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

EVP_MAC_CTX* contextOf(void* context) { return static_cast<EVP_MAC_CTX*>(context); }

}  // namespace

MaskKey::MaskKey(const std::array<unsigned char, 32>& bytes) : bytes_(bytes) {
    Masker masker(std::shared_ptr<const MaskKey>(std::shared_ptr<const MaskKey>(), this));   // does not own it
    check_ = masker.hash("\x01the key itself");   // no value begins like this
    if (check_ == 0) check_ = 1;
}

Result<std::shared_ptr<const MaskKey>> MaskKey::read(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return systemError("Cannot read the key", file, errno);
    if (!S_ISREG(info.st_mode)) return Error{ErrorCategory::unreadable, fmt::format("{} is no file with a key.", file.string()), "Name a file of 64 hexadecimal digits.", {}};
    if (info.st_mode & 077)
        return Error{ErrorCategory::unreadable, fmt::format("Others may read the key in {}.", file.string()), fmt::format("Run: chmod 600 {}", file.string()), {}};
    FS_ASSIGN(std::string text, readFile(file));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    std::array<unsigned char, 32> bytes{};
    bool sound = text.size() == 2 * bytes.size();
    for (size_t i = 0; i < bytes.size() && sound; ++i) {
        const int high = digitOf(text[2 * i]), low = digitOf(text[2 * i + 1]);
        sound = high >= 0 && low >= 0;
        bytes[i] = static_cast<unsigned char>(high * 16 + low);
    }
    if (!sound) return Error{ErrorCategory::format, fmt::format("{} holds no key.", file.string()), "Name a file of 64 hexadecimal digits, or one that is not there, to have it made.", {}};
    return std::shared_ptr<const MaskKey>(new MaskKey(bytes));
}

Result<std::shared_ptr<const MaskKey>> MaskKey::make(const std::filesystem::path& file) {
    std::array<unsigned char, 32> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return Error{ErrorCategory::internal, "The system gave no random numbers for a key.", {}, {}};
    std::error_code failed;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failed);
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return systemError("Cannot make the key", file, errno);
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    text += '\n';
    const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
    const int why = errno;
    ::close(descriptor);
    if (!written) {
        ::unlink(file.c_str());
        return systemError("Cannot write the key", file, why);
    }
    return std::shared_ptr<const MaskKey>(new MaskKey(bytes));
}

Masker::Masker(std::shared_ptr<const MaskKey> key) : key_(std::move(key)) {
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    EVP_MAC_CTX* const context = mac ? EVP_MAC_CTX_new(mac) : nullptr;
    EVP_MAC_free(mac);
    char digest[] = "SHA256";
    const OSSL_PARAM settings[]{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    // Without its hash nothing may be read: a value in the clear would be worse.
    if (!context || EVP_MAC_init(context, key_->bytes().data(), key_->bytes().size(), settings) != 1) throw std::bad_alloc();
    context_ = context;
}

Masker::~Masker() { EVP_MAC_CTX_free(contextOf(context_)); }

Masker::Masker(Masker&& other) noexcept
    : key_(std::move(other.key_)), context_(std::exchange(other.context_, nullptr)), known_(std::move(other.known_)), text_(std::move(other.text_)) {}

uint64_t Masker::hash(std::string_view content) {
    unsigned char out[32];
    size_t size = 0;
    auto* const context = contextOf(context_);
    if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 || EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(content.data()), content.size()) != 1 ||
        EVP_MAC_final(context, out, &size, sizeof out) != 1)
        throw std::bad_alloc();
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value |= static_cast<uint64_t>(out[i]) << (8 * i);
    return value;
}

std::string_view Masker::mask(const Value& value) {
    // By content alone: a setting's '7' is the column's 7, though nobody says what type a setting has.
    const bool number = value.kind == ValueKind::boolean || value.kind == ValueKind::integer || value.kind == ValueKind::timestamp;
    std::string content = "v" + (number ? std::to_string(value.number) : value.text);
    auto place = known_.find(content);
    if (place == known_.end()) {
        if (known_.size() >= mostRemembered) known_.clear();
        const uint64_t made = hash(content);
        place = known_.emplace(std::move(content), made).first;
    }
    text_ = fmt::format("~{:016x}", place->second);
    return text_;
}

}  // namespace foreshard::workload
