// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

/// Runs a libFuzzer target without libFuzzer, as an ordinary test: every seed, then a fixed number
/// of mutations of them. The input of an iteration depends on its number and the seeds only, so a
/// failure comes again. Inputs run in child processes: one that crashes or hangs is found, named
/// and written to a file.
///
///   usage: TARGET ITERATIONS CORPUS...        (files, or folders of files)
///          TARGET FILE                        (one input in this process, for a debugger)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kLongestInput = 1 << 16;
constexpr std::size_t kBatch = 500;
constexpr unsigned kBatchSeconds = 120;  // far more than a batch takes: only a hang is longer

Bytes read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Bytes> read_corpus(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::filesystem::path> files;
    for (const auto& path : paths) {
        if (!std::filesystem::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<Bytes> seeds;
    for (const auto& file : files) {
        seeds.push_back(read_file(file));
    }
    return seeds;
}

/// Small changes to an input, each from the one random sequence.
class Mutator {
public:
    Mutator(std::uint64_t seed, const std::vector<Bytes>& corpus)
        : random_(seed), corpus_(corpus) {}

    Bytes mutate() {
        constexpr std::size_t kMostChanges = 8;
        Bytes bytes = corpus_[below(corpus_.size())];
        for (std::size_t n = 1 + below(kMostChanges); n > 0; --n) {
            change(bytes);
        }
        bytes.resize(std::min(bytes.size(), kLongestInput));
        return bytes;
    }

private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
    std::ptrdiff_t place(const Bytes& bytes) {
        return static_cast<std::ptrdiff_t>(below(bytes.size() + 1));
    }

    void change(Bytes& bytes) {
        enum class Change { flip, set, insert, erase, repeat, splice, truncate, count };
        switch (static_cast<Change>(below(static_cast<std::size_t>(Change::count)))) {
            case Change::flip:
                if (!bytes.empty()) {
                    bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1u << below(8));
                }
                break;
            case Change::set:
                if (!bytes.empty()) {
                    bytes[below(bytes.size())] = telling_octet();
                }
                break;
            case Change::insert:
                bytes.insert(bytes.begin() + place(bytes), 1 + below(4), telling_octet());
                break;
            case Change::erase:
                erase(bytes);
                break;
            case Change::repeat:
                insert_part(bytes, Bytes(bytes), 64);
                break;
            case Change::splice:
                insert_part(bytes, corpus_[below(corpus_.size())], 256);
                break;
            case Change::truncate:
                bytes.resize(below(bytes.size() + 1));
                break;
            case Change::count:
                break;
        }
    }

    /// One that means something to many formats, or any.
    std::uint8_t telling_octet() {
        constexpr std::uint8_t kTelling[] = {0,   1,   0x7f, 0x80, 0xff, ' ', '\n', '\t', '"', '\'',
                                             '0', '9', '-',  ':',  ',',  '[', ']',  '{',  '}', '&',
                                             '*', '!', '#',  '|',  '>',  '%', '/',  '.'};
        const std::size_t choice = below(2 * std::size(kTelling));
        return choice < std::size(kTelling) ? kTelling[choice]
                                            : static_cast<std::uint8_t>(below(256));
    }

    void erase(Bytes& bytes) {
        const auto begin = bytes.begin() + place(bytes);
        const auto left = static_cast<std::size_t>(bytes.end() - begin);
        bytes.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(left, below(32))));
    }

    void insert_part(Bytes& bytes, const Bytes& source, std::size_t longest) {
        const std::size_t begin = below(source.size() + 1);
        const std::size_t length = std::min(source.size() - begin, 1 + below(longest));
        const auto first = source.begin() + static_cast<std::ptrdiff_t>(begin);
        bytes.insert(bytes.begin() + place(bytes), first,
                     first + static_cast<std::ptrdiff_t>(length));
    }

    std::mt19937_64 random_;
    const std::vector<Bytes>& corpus_;
};

/// Input number `i`: first the seeds as they are, then mutations.
Bytes input(const std::vector<Bytes>& corpus, std::size_t i) {
    return i < corpus.size() ? corpus[i] : Mutator(i, corpus).mutate();
}

void run_one(const Bytes& bytes) {
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// Whether inputs begin .. end - 1 pass, in a process of their own.
bool pass(const std::vector<Bytes>& corpus, std::size_t begin, std::size_t end) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(kBatchSeconds);
        for (std::size_t i = begin; i < end; ++i) {
            run_one(input(corpus, i));
        }
        std::_Exit(0);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

void report(const std::vector<Bytes>& corpus, std::size_t i, const std::string& target) {
    const std::string name =
        "crash-" + std::filesystem::path(target).filename().string() + '-' + std::to_string(i);
    const Bytes bytes = input(corpus, i);
    std::ofstream(name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::fprintf(stderr, "input %zu of %zu octets fails; run again with: %s %s\n", i, bytes.size(),
                 target.c_str(), name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2) {
        run_one(read_file(argv[1]));
        return 0;
    }
    if (argc < 3) {
        std::fprintf(stderr, "usage: %s ITERATIONS CORPUS... | FILE\n", argv[0]);
        return 64;
    }
    const std::vector<Bytes> corpus = read_corpus({argv + 2, argv + argc});
    if (corpus.empty()) {
        std::fprintf(stderr, "%s: the corpus is empty\n", argv[0]);
        return 66;
    }
    const std::size_t count = corpus.size() + std::strtoull(argv[1], nullptr, 10);
    for (std::size_t begin = 0; begin < count; begin += kBatch) {
        const std::size_t end = std::min(begin + kBatch, count);
        if (pass(corpus, begin, end)) {
            continue;
        }
        for (std::size_t i = begin; i < end; ++i) {
            if (!pass(corpus, i, i + 1)) {
                report(corpus, i, argv[0]);
                return 1;
            }
        }
        std::fprintf(stderr, "inputs %zu to %zu fail together, but not alone\n", begin, end - 1);
        return 1;
    }
    std::printf("%zu seeds and %zu mutations pass\n", corpus.size(), count - corpus.size());
    return 0;
}
