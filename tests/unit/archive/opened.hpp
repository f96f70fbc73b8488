// A capture file opened and read, in words.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "archive/capture_file.hpp"
#include "folder.hpp"

namespace sockdesk::archive {

inline std::shared_ptr<capture::SegmentPool> small_pool() {
    return std::make_shared<capture::SegmentPool>(
        capture::SegmentPoolOptions{.ready_segments = 1, .budget_bytes = 0});
}

/// "127.0.0.1:1 > 127.0.0.1:2 hello": local end first, `>` for sent and `<` for received, `!` in front of an event.
inline std::string in_words(const capture::RecordView& record) {
    if (record.kind == capture::RecordKind::event) return "! " + capture::decode_event(record).message;
    const bool sent = record.direction == capture::Direction::sent;
    return record.local.to_string() + (sent ? " > " : " < ") + record.remote.to_string() + " " +
           std::string(as_chars(record.payload));
}

inline std::vector<std::string> words_of(const std::shared_ptr<capture::Log>& log) {
    capture::LogReader reader(log);
    std::vector<std::string> result;
    for (RecordIndex i = 0; i < log->published(); ++i) result.push_back(in_words(reader.record(i)));
    return result;
}

struct Opened {
    explicit Opened(const std::filesystem::path& path, CaptureFileOptions options = {}) {
        auto opened = CaptureFile::open(small_pool(), path, std::move(options));
        if (!opened) {
            ADD_FAILURE() << opened.error().message;
            return;
        }
        file = std::move(*opened);
        if (!options.follow) file->wait();
    }

    std::vector<std::string> words() const { return words_of(file->log()); }
    ReadProgress progress() const { return file->progress(); }
    std::string problem() const {
        const auto problem = file->progress().problem;
        return problem ? problem->message : std::string();
    }

    std::unique_ptr<CaptureFile> file;
};

}  // namespace sockdesk::archive
