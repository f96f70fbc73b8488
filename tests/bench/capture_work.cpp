// What the comparison asks of captures where no subcommand does exactly that and no more.
//
//   capture_work make FILE COUNT SIZE        a capture of COUNT received datagrams of SIZE bytes, by the code that sessions use
//   capture_work open FILE                   opens it as the window does, until all is indexed
//   capture_work search FILE TEXT [ROUNDS]   opens it, then looks for the text from the first record to the last, ROUNDS times
//
// Prints one JSON object. Seconds of `search` begin when the search is asked for: what the window's user waits for.
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/capture_file.hpp"
#include "capture/log.hpp"
#include "made_capture.hpp"
#include "query/search.hpp"

namespace {

using namespace sockdesk;

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "capture_work: %s\n", why.c_str());
    std::exit(1);
}

template <typename T>
T checked(Result<T> result) {
    if (!result) fail(result.error().message);
    return std::move(*result);
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail("not a number: " + std::string(text));
    return value;
}

int tell_making(const std::string& path, std::uint64_t count, std::size_t size) {
    const Stopwatch watch;
    const RecordCount records = checked(bench::make_capture(path, count, size));
    std::printf("{\"records\":%llu,\"seconds\":%.3f}\n", static_cast<unsigned long long>(records),
                watch.seconds());
    return 0;
}

/// How long it took until the first records were there, and until all were.
struct Opened {
    std::unique_ptr<archive::CaptureFile> file;
    double first_seconds = 0;
    double all_seconds = 0;
};

Opened open_capture(const std::string& path) {
    Opened opened;
    const Stopwatch watch;
    opened.file = checked(
        archive::CaptureFile::open(bench::make_pool(std::filesystem::absolute(path).parent_path()), path));
    const std::atomic<bool> stop{false};
    if (!opened.file->progress().done) opened.file->log()->wait_for_more(0, stop);
    opened.first_seconds = watch.seconds();
    opened.file->wait();
    opened.all_seconds = watch.seconds();
    if (const auto problem = opened.file->progress().problem) fail(problem->message);
    return opened;
}

int tell_opening(const std::string& path) {
    const Opened opened = open_capture(path);
    std::printf("{\"records\":%llu,\"first_seconds\":%.6f,\"all_seconds\":%.3f}\n",
                static_cast<unsigned long long>(opened.file->log()->published()), opened.first_seconds,
                opened.all_seconds);
    return 0;
}

int tell_search(const std::string& path, std::string_view text, std::uint64_t rounds) {
    const Opened opened = open_capture(path);
    const query::Pattern pattern = checked(query::Pattern::literal(Bytes(text.begin(), text.end())));
    std::uint64_t matches = 0;
    std::string seconds;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const Stopwatch watch;
        const query::Search search(opened.file->log(), pattern);
        search.wait();
        seconds += (round == 0 ? "" : ",") + std::to_string(watch.seconds());
        matches = search.progress().matches;
    }
    std::printf("{\"records\":%llu,\"open_seconds\":%.3f,\"matches\":%llu,\"seconds\":[%s]}\n",
                static_cast<unsigned long long>(opened.file->log()->published()), opened.all_seconds,
                static_cast<unsigned long long>(matches), seconds.c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 4 && words[0] == "make")
        return tell_making(words[1], number(words[2]), number(words[3]));
    if (words.size() == 2 && words[0] == "open") return tell_opening(words[1]);
    if (words.size() == 3 && words[0] == "search") return tell_search(words[1], words[2], 1);
    if (words.size() == 4 && words[0] == "search") return tell_search(words[1], words[2], number(words[3]));
    std::fprintf(stderr,
                 "usage: capture_work make FILE COUNT SIZE | open FILE | search FILE TEXT [ROUNDS]\n");
    return 2;
}
