// Keeps a log in a file as it grows, from a thread of its own, so that a slow disk never delays a socket.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.hpp"
#include "capture/log.hpp"

namespace sockdesk::capture {

enum class SaveMode {
    create,  ///< fails with kind in_use when the file exists and is not empty
    append,  ///< adds a section at the end; fails when the file is not a capture that ends where a block ends
    overwrite,
};

struct SaveOptions {
    std::filesystem::path path;
    SaveMode mode = SaveMode::create;
    /// Records below this are not written (0: the whole log; more: a section that goes on where an earlier
    /// save stopped, with what stands between the record before and this one, such as the handshake of its
    /// connection).
    RecordIndex first_record = 0;
};

/// One log into one file. What was published is handed to the operating system at most 200 ms later, whole
/// blocks only. Made and destroyed by any thread; the destructor writes the rest first.
class Saver {
public:
    /// Opens the file now, so that an unwritable path is refused now. `on_error` is called once, from the
    /// saver's thread, when writing fails later (a full disk); the file then ends with the last block that
    /// was written whole.
    static Result<std::unique_ptr<Saver>> start(std::shared_ptr<Log> log, SaveOptions options,
                                                std::function<void(const Error&)> on_error);
    ~Saver();
    Saver(const Saver&) = delete;
    Saver& operator=(const Saver&) = delete;

    /// Returns when all that was published before the call is in the file, or writing has failed.
    Result<void> flush();

    /// Records below this are in the file.
    RecordIndex saved() const;

private:
    struct State;
    explicit Saver(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::capture
