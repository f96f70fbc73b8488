// Standard input as messages: reads it, cuts it into lines and makes batches for the engine to send, one at a
// time, so that a large file waits on disk and not in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/payload_compiler.hpp"
#include "cli/line_reader.hpp"
#include "engine/command.hpp"

namespace sockdesk::cli {

/// What a line becomes. An empty one is an empty datagram; a stream has no empty messages, so there it is
/// nothing.
struct LineOptions {
    std::optional<app::PayloadCompiler> compiler;  ///< none: its bytes are the message
    bool keep_empty = false;
};

class StdinSender {
public:
    StdinSender(int fd, const LineOptions& options);

    int fd() const { return fd_; }

    /// A person types, as opposed to a file or a program that writes.
    bool interactive() const { return interactive_; }

    /// It is a file, which has an end, and that has not been reached.
    bool reads_on() const { return is_file_ && !ended_; }

    /// Whether to wait for input: none is there, and more may come.
    bool wants_input() const;

    /// Reading a terminal from the background would stop the process (SIGTTIN); asked before each wait.
    bool in_background() const;

    /// Reads once; call when the descriptor is readable. Blocks no longer than that takes.
    void read_input();

    /// What to send next, unless the last batch is still under way or there is nothing. Lines that cannot be
    /// encoded are left out and told to `problem`, each with a sentence.
    template <typename Problem>
    std::optional<std::vector<engine::Outgoing>> next_batch(Problem&& problem) {
        if (in_flight_) return std::nullopt;
        fill_batch();
        for (const std::string& sentence : problems_) problem(sentence);
        problems_.clear();
        if (batch_.empty()) return std::nullopt;
        in_flight_ = true;
        return batch_;
    }

    /// The batch was sent, or is given up.
    void batch_done();
    /// The batch was not sent and is to be offered again.
    void batch_returned() { in_flight_ = false; }

    /// Whether a batch could be made.
    bool has_lines();
    /// Forgets the lines read so far. What a person types to nobody must not go, much later, to whoever comes
    /// first.
    void discard_lines();

    /// The end of input was seen, and all before it was sent.
    bool finished();

private:
    void fill_batch();
    bool peek_line();
    std::optional<engine::Outgoing> compile(std::string_view line);

    int fd_;
    LineOptions options_;
    bool interactive_;
    bool is_file_;
    LineReader lines_;
    std::optional<std::string> line_;  ///< taken from `lines_`, in no batch yet
    std::uint64_t line_number_ = 0;
    std::uint64_t lines_taken_ = 0;  ///< into batches; what `{{counter}}` counts
    std::vector<engine::Outgoing> batch_;
    std::vector<std::string> problems_;
    bool in_flight_ = false;
    bool ended_ = false;
};

}  // namespace sockdesk::cli
