#include "core/base/threads.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace foreshard {

namespace {

constexpr size_t stackBytes = 16u << 20;

struct Shared {
    const std::function<void(unsigned)>& work;
    unsigned count;
    std::atomic<unsigned> next{0};
};

void* threadMain(void* argument) {
    auto& shared = *static_cast<Shared*>(argument);
    for (unsigned i = shared.next++; i < shared.count; i = shared.next++) shared.work(i);
    return nullptr;
}

}  // namespace

void runOnThreads(unsigned count, const std::function<void(unsigned)>& work) {
    Shared shared{work, count};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stackBytes);
    std::vector<pthread_t> threads;
    for (unsigned i = 0; i < count; ++i) {
        pthread_t thread{};
        if (pthread_create(&thread, &attributes, threadMain, &shared) == 0) threads.push_back(thread);
    }
    pthread_attr_destroy(&attributes);
    if (threads.empty()) threadMain(&shared);
    for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}

unsigned coreCount() { return std::max(1u, std::thread::hardware_concurrency()); }

void forEachIndex(unsigned threads, size_t count, const std::function<void(size_t)>& work) {
    if (threads == 0) threads = coreCount();
    if (threads == 1 || count < 2) {
        for (size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::atomic<size_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    runOnThreads(static_cast<unsigned>(std::min<size_t>(threads, count)), [&](unsigned) {
        try {
            for (size_t i = next++; i < count; i = next++) work(i);
        } catch (...) {
            next = count;
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
        }
    });
    if (failure) std::rethrow_exception(failure);
}

}  // namespace foreshard
