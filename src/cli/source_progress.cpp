#include "cli/source_progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/cell_width.hpp"
#include "cli/amounts.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

/// Where a terminal does not tell.
constexpr std::size_t usual_columns = 80;

/// Further ahead nobody can see.
constexpr double longest_estimate_s = 1e8;

constexpr std::string_view erase_line = "\r\x1b[K";

std::size_t columns_of_terminal(int terminal) {
    winsize size{};
    return ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : usual_columns;
}

double per_second(std::uint64_t bytes, std::chrono::nanoseconds took) {
    const double seconds = std::chrono::duration<double>(took).count();
    return seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
}

}  // namespace

std::string progress_line(const UnaskedSends::SourceTotals& totals, double bytes_per_second,
                          std::string_view file, std::size_t columns) {
    const auto sent = static_cast<double>(totals.running_sent_bytes);
    const auto all = static_cast<double>(totals.running_total_bytes);
    std::string line =
        fmt::format("{:.0f} %  {} of {}", all > 0 ? sent * 100 / all : 100, in_bytes(sent), in_bytes(all));
    if (bytes_per_second > 0) {
        line += fmt::format("  {}/s", in_bytes(bytes_per_second));
        const double left = (all - sent) / bytes_per_second;
        if (left < longest_estimate_s) {
            line += fmt::format("  {} left",
                                in_words(std::chrono::nanoseconds(static_cast<std::int64_t>(left * 1e9))));
        }
    }
    if (totals.running > 1) line += fmt::format("  to {} clients", totals.running);
    line += "  ";
    line += codec::escape_controls(file);
    // What a terminal wraps cannot be taken back by a carriage return.
    line.resize(app::offset_at_column(line, static_cast<double>(columns), false));
    return line;
}

std::string source_summary(const UnaskedSends::SourceTotals& totals, std::string_view file) {
    std::string text = fmt::format("{}: ", file);
    if (totals.runs > 1) {
        text += fmt::format("sent {} times, {} of them whole, {} bytes", totals.runs, totals.complete,
                            totals.sent_bytes);
    } else if (totals.complete == totals.runs) {
        text += fmt::format("{} bytes sent", totals.sent_bytes);
    } else {
        text += fmt::format("{} of {} bytes sent", totals.sent_bytes, totals.total_bytes);
    }
    return text + fmt::format(" in {} ({}/s)", in_words(totals.took),
                              in_bytes(per_second(totals.sent_bytes, totals.took)));
}

void ProgressLine::update(const UnaskedSends::SourceTotals& totals, std::string_view file, SteadyTime now) {
    rate_.update(now, totals.sent_bytes);
    if (now < due_) return;
    due_ = now + interval;
    // Until the meter has seen something, the average is the better guess.
    const double rate =
        rate_.bytes_per_second() > 0 ? rate_.bytes_per_second() : per_second(totals.sent_bytes, totals.took);
    const std::string line = fmt::format(
        "{}{}", erase_line, progress_line(totals, rate, file, columns_of_terminal(terminal_) - 1));
    [[maybe_unused]] const ssize_t written = write(terminal_, line.data(), line.size());
    is_shown_ = true;
}

void ProgressLine::erase() {
    if (!is_shown_) return;
    [[maybe_unused]] const ssize_t written = write(terminal_, erase_line.data(), erase_line.size());
    is_shown_ = false;
}

}  // namespace sockdesk::cli
