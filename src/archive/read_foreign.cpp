#include <optional>
#include <utility>

#include "archive/byte_source.hpp"
#include "archive/packet_converter.hpp"
#include "archive/packet_reader.hpp"
#include "archive/reading.hpp"
#include "capture/log_writer.hpp"

namespace sockdesk::archive {

namespace {

/// Between two looks at the clock.
constexpr std::uint32_t steps_between_looks = 256;

constexpr std::chrono::milliseconds memory_interval{5};

class ForeignReader {
public:
    ForeignReader(Reading& reading, PacketReader& packets)
        : reading_(reading),
          packets_(packets),
          source_(*reading.file),
          writer_(reading.log),
          converter_(writer_) {}

    /// Why reading ended early, if it did.
    std::optional<Error> run();

private:
    /// False when reading is to stop or has come to its end.
    bool take(const Step& step);
    bool wait_for_memory();
    bool get_more(std::size_t wanted);
    void publish() {
        writer_.publish();
        reading_.report(source_.offset(), converter_.left_out().total());
    }

    Reading& reading_;
    PacketReader& packets_;
    ByteSource source_;
    capture::LogWriter writer_;
    PacketConverter converter_;
    std::optional<Error> problem_;
};

bool ForeignReader::get_more(std::size_t wanted) {
    while (true) {
        const auto more = source_.fill(wanted);
        if (!more) {
            problem_ = more.error();
            return false;
        }
        if (*more) return true;
        if (!reading_.options.follow) {
            if (!source_.available().empty()) problem_ = cut_short(reading_, source_.offset(), "packet");
            return false;
        }
        publish();
        if (reading_.progress().file_bytes < source_.offset()) {
            problem_ =
                problem_at(reading_, reading_.progress().file_bytes, "the file has become shorter; it ends");
            return false;
        }
        if (!reading_.pause(follow_interval)) return false;
    }
}

/// False: not to be waited for any longer.
bool ForeignReader::wait_for_memory() {
    while (!writer_.ready()) {
        publish();
        if (!reading_.pause(memory_interval)) return false;
    }
    return true;
}

bool ForeignReader::take(const Step& step) {
    switch (step.kind) {
        case Step::Kind::incomplete:
            return get_more(step.size);
        case Step::Kind::broken:
            problem_ = problem_at(reading_, source_.offset(), step.why);
            return false;
        case Step::Kind::packet:
            if (!wait_for_memory()) return false;
            converter_.take(step.packet);
            break;
        case Step::Kind::event:
            if (!wait_for_memory()) return false;
            converter_.take_event(step.event_body);
            break;
        case Step::Kind::unusable:
            converter_.take_unusable();
            break;
        case Step::Kind::other:
            break;
    }
    source_.consume(step.size);
    return true;
}

std::optional<Error> ForeignReader::run() {
    for (std::uint32_t steps = 1; take(packets_.next(source_.available())); ++steps) {
        if (steps % steps_between_looks != 0) continue;
        if (reading_.stop.load()) break;
        if (reading_.time_to_report()) publish();
    }
    converter_.append_summary();
    publish();
    return std::move(problem_);
}

}  // namespace

void read_foreign(Reading& reading, PacketReader& packets) {
    std::optional<Error> problem = ForeignReader(reading, packets).run();
    reading.end(std::move(problem));
}

}  // namespace sockdesk::archive
