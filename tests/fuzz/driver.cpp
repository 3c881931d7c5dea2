// Runs an LLVMFuzzerTestOneInput without libFuzzer: every file of a corpus folder as it is, then mutations of them, the
// same for the same seed, until the time is over. No coverage guides it: it is a net for the coarse holes.
// usage: fuzz_NAME FOLDER-OR-FILE [SECONDS] [SEED]     a crash leaves its input in ./fuzz_NAME-crash
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using foreshard::Random;

// What runs now, for the signal handler.
const char* currentData = nullptr;
std::string crashFile;
size_t currentSize = 0;

extern "C" void keepInput(int signal) {
    const int file = open(crashFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file >= 0 && write(file, currentData, currentSize) >= 0) close(file);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const std::string& input) {
    // Exactly as large as the input, so that a sanitizer sees the first byte beyond.
    const std::vector<uint8_t> exact(input.begin(), input.end());
    currentData = reinterpret_cast<const char*>(exact.data());
    currentSize = exact.size();
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::string piece(const std::vector<std::string>& corpus, Random& random, size_t longest) {
    const std::string& from = corpus[random.below(corpus.size())];
    if (from.empty()) return {};
    return from.substr(random.below(from.size()), 1 + random.below(longest));
}

std::string mutated(const std::vector<std::string>& corpus, Random& random) {
    std::string text = random.below(4) == 0 ? corpus[random.below(corpus.size())] : piece(corpus, random, 600);
    for (uint64_t times = 1 + random.below(6); times > 0; --times) {
        const size_t at = random.below(text.size() + 1);
        switch (random.below(7)) {
            case 0:
                text.insert(at, piece(corpus, random, 40));
                break;
            case 1:
                text.erase(at, 1 + random.below(20));
                break;
            case 2:
                text.resize(at);
                break;
            case 3:
                if (at < text.size()) text[at] = static_cast<char>(random.below(256));
                break;
            case 4:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
                break;
            case 5: {
                const std::string again = text.substr(at, 1 + random.below(16));
                for (uint64_t copies = random.below(8); copies > 0; --copies) text.insert(at, again);
                break;
            }
            default: {
                static const char odd[] = "\0\xff\x7f\x80'\"\\(){}[];,";
                text.insert(text.begin() + static_cast<ptrdiff_t>(at), odd[random.below(sizeof odd - 1)]);
            }
        }
    }
    return text;
}

std::vector<std::string> readCorpus(const std::filesystem::path& where) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    if (std::filesystem::is_directory(where, error)) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(where, error)) {
            if (entry.is_regular_file()) files.push_back(entry.path());
        }
    } else {
        files.push_back(where);
    }
    std::sort(files.begin(), files.end());  // folders have no order of their own
    std::vector<std::string> corpus;
    for (const auto& file : files) {
        if (auto text = foreshard::readFile(file); text.ok()) corpus.push_back(*std::move(text));
    }
    return corpus;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s FOLDER-OR-FILE [SECONDS] [SEED]\n", argv[0]);
        return 2;
    }
    crashFile = std::filesystem::path(argv[0]).filename().string() + "-crash";
    const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
    Random random(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
    const auto corpus = readCorpus(argv[1]);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s holds no file to begin with.\n", argv[1]);
        return 2;
    }
    for (int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, keepInput);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    uint64_t runs = 0;
    run({});
    for (const auto& input : corpus) {
        run(input);
        ++runs;
    }
    for (; std::chrono::steady_clock::now() < end; ++runs) run(mutated(corpus, random));
    std::printf("%llu inputs, no crash\n", static_cast<unsigned long long>(runs));
    return 0;
}
