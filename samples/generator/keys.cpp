#include "samples/generator/keys.h"

#include <algorithm>
#include <cmath>

namespace foreshard::samplegen {

namespace {
constexpr double pi = 3.14159265358979323846;
}

Keys::Keys(int64_t keys, KeyShape shape) : keys_(std::max<int64_t>(1, keys)), shape_(shape) {
    if (shape_.zipf <= 0) return;
    for (int64_t i = 1; i <= keys_; ++i) zeta_ += 1.0 / std::pow(static_cast<double>(i), shape_.zipf);
    const double two = 1.0 + std::pow(0.5, shape_.zipf);
    alpha_ = 1.0 / (1.0 - shape_.zipf);
    eta_ = keys_ > 2 ? (1.0 - std::pow(2.0 / static_cast<double>(keys_), 1.0 - shape_.zipf)) / (1.0 - two / zeta_) : 1.0;
}

// Gray et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994.
int64_t Keys::byZipf(Random& random) const {
    const double u = random.uniform(), uz = u * zeta_;
    if (uz < 1.0 || keys_ < 2) return 1;
    if (uz < 1.0 + std::pow(0.5, shape_.zipf)) return 2;
    const auto rank = 1 + static_cast<int64_t>(static_cast<double>(keys_) * std::pow(eta_ * u - eta_ + 1.0, alpha_));
    return std::min(rank, keys_);
}

int64_t Keys::hotKey(Instant t) const {
    const int64_t step = shape_.hotKeyMoves > 0 ? t / shape_.hotKeyMoves : 0;
    return 1 + static_cast<int64_t>(mixHash(static_cast<uint64_t>(step) + 1) % static_cast<uint64_t>(keys_));
}

int64_t Keys::next(Random& random, Instant t) const {
    if (shape_.hotShare > 0 && random.uniform() < shape_.hotShare) return hotKey(t);
    if (shape_.zipf <= 0) return random.between(1, keys_);
    // Popular keys lie anywhere, not side by side.
    return 1 + static_cast<int64_t>(mixHash(static_cast<uint64_t>(byZipf(random))) % static_cast<uint64_t>(keys_));
}

int64_t Keys::other(Random& random, Instant t, int64_t taken) const {
    if (keys_ < 2) return taken;
    int64_t key = next(random, t);
    while (key == taken) key = random.between(1, keys_);
    return key;
}

double dailyRhythm(Instant t) {
    const double hour = static_cast<double>(t % microsPerDay) / microsPerHour;
    return 1.0 - 0.6 * std::cos((hour - 3.0) / 24.0 * 2.0 * pi);
}

}  // namespace foreshard::samplegen
