#include "cli/demo.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/demo_peers.hpp"
#include "cli/record_printer.hpp"
#include "cli/wake_up.hpp"
#include "codec/encoding.hpp"
#include "engine/engine.hpp"

namespace sockdesk::cli {

namespace {

using capture::Direction;
using capture::RecordKind;
using capture::RecordView;
using capture::SessionEvent;
using engine::Protocol;

/// Ends the demo; the message says what was waited for.
struct DemoFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One session of the demo, its log printed as it grows.
class DemoSession {
public:
    DemoSession(engine::Engine& engine, const WakeUp& wake_up, Protocol protocol)
        : engine_(engine),
          wake_up_(wake_up),
          protocol_(protocol),
          handle_(engine.create_session(std::string(engine::protocol_name(protocol)))),
          reader_(handle_.log) {
        show_as(app::PayloadView::text, codec::Encoding::utf8());
        engine::SessionConfig config;
        config.protocol = protocol;
        config.local = HostPort{"127.0.0.1", 0};
        engine_.submit(engine::OpenSession{handle_.id, config, {}});
        wait_for("the socket to open", [this](const SessionEvent& event) {
            if (event.kind != SessionEvent::Kind::open || !event.local) return false;
            local_ = *event.local;
            return true;
        });
    }

    const Endpoint& local() const { return local_; }

    void show_as(app::PayloadView view, codec::Encoding encoding) {
        printer_ = make_record_printer(Format::log, handle_.id, protocol_, view, encoding);
    }

    void send(std::string_view text, engine::SendTarget target) {
        const ByteView bytes = as_bytes(text);
        engine_.submit(
            engine::Send{handle_.id, std::move(target), engine::make_payload({bytes.begin(), bytes.end()})});
    }

    void send_in_a_loop(std::string_view text, const Endpoint& to, std::uint64_t rounds,
                        std::chrono::milliseconds period) {
        const ByteView bytes = as_bytes(text);
        engine::CyclePlan plan;
        plan.steps = {engine::make_payload({bytes.begin(), bytes.end()})};
        plan.period = period;
        plan.rounds = rounds;
        plan.target = HostPort{to.address.to_string(), to.port};
        engine_.submit(engine::StartCycle{handle_.id, CycleId{1}, std::move(plan)});
    }

    void close() {
        engine_.submit(engine::CloseSession{handle_.id});
        wait_for("the session to close",
                 [](const SessionEvent& event) { return event.kind == SessionEvent::Kind::close; });
    }

    void wait_for_payloads(std::string_view what, Direction direction, int count = 1) {
        wait(what, [direction, count](const RecordView& record) mutable {
            return record.kind == RecordKind::payload && record.direction == direction && --count == 0;
        });
    }

    void wait_for(std::string_view what, const std::function<bool(const SessionEvent&)>& wanted) {
        wait(what, [&wanted](const RecordView& record) {
            return record.kind == RecordKind::event && wanted(capture::decode_event(record));
        });
    }

    void wait_for(std::string_view what, SessionEvent::Kind kind) {
        wait_for(what, [kind](const SessionEvent& event) { return event.kind == kind; });
    }

private:
    /// Prints records up to and including the one that is wanted.
    void wait(std::string_view what, const std::function<bool(const RecordView&)>& wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{DemoPeer::patience_s};
        for (;;) {
            wake_up_.clear();
            engine_.take_events();
            while (next_ < handle_.log->published()) {
                const RecordView record = reader_.record(next_++);
                print(record);
                if (wanted(record)) return;
            }
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
            if (left.count() <= 0) throw DemoFailure(fmt::format("waited in vain for {}", what));
            pollfd descriptor{wake_up_.fd(), POLLIN, 0};
            poll(&descriptor, 1, static_cast<int>(left.count()));
        }
    }

    void print(const RecordView& record) {
        std::string out;
        std::string diagnostics;
        if (record.kind == RecordKind::payload) {
            printer_->print_payload(record, out);
        } else {
            printer_->print_event(capture::decode_event(record), out, diagnostics);
        }
        std::fwrite(out.data(), 1, out.size(), stdout);
        std::fflush(stdout);
    }

    engine::Engine& engine_;
    const WakeUp& wake_up_;
    Protocol protocol_;
    engine::SessionHandle handle_;
    capture::LogReader reader_;
    std::unique_ptr<RecordPrinter> printer_;
    RecordIndex next_ = 0;
    Endpoint local_;
};

void heading(std::string_view text) {
    static int number = 0;
    fmt::print("{}== {}. {} ==\n", number == 0 ? "" : "\n", number + 1, text);
    ++number;
    std::fflush(stdout);
}

void expect(const DemoPeer& peer, std::string_view expected) {
    const auto received = peer.receive();
    if (!received) throw DemoFailure(fmt::format("the peer waited in vain for \"{}\"", expected));
    if (*received != expected)
        throw DemoFailure(fmt::format("the peer received something else than \"{}\"", expected));
}

engine::SendTarget peer_target(const Endpoint& peer) { return HostPort{peer.address.to_string(), peer.port}; }

void show_udp(engine::Engine& engine, const WakeUp& wake_up) {
    heading("A UDP socket on a port that the system picks; a program writes to it, it answers");
    DemoSession session(engine, wake_up, Protocol::udp);
    const DemoPeer peer = DemoPeer::udp();
    peer.send_to(session.local(), as_bytes("hello"));
    session.wait_for_payloads("a datagram", Direction::received);
    peer.send_to(session.local(), as_bytes("你好，世界"));
    session.wait_for_payloads("a datagram", Direction::received);
    session.send("hello to you, too", peer_target(peer.local()));
    session.wait_for_payloads("the answer to go out", Direction::sent);
    expect(peer, "hello to you, too");

    heading("The same text as a Windows program sends it: GBK (--encoding gbk)");
    const codec::Encoding gbk = codec::Encoding::find("gbk").value();
    session.show_as(app::PayloadView::text, gbk);
    peer.send_to(session.local(), codec::encode(gbk, "你好，世界").value());
    session.wait_for_payloads("a datagram in GBK", Direction::received);

    heading("Binary: as hex, then with its text beside it (--view hex, --view both)");
    using namespace std::string_view_literals;
    const ByteView binary = as_bytes("\x01\x02sensor 7\0\xff\xfe 23.5 C\r\n"sv);
    session.show_as(app::PayloadView::hex, codec::Encoding::utf8());
    peer.send_to(session.local(), binary);
    session.wait_for_payloads("a binary datagram", Direction::received);
    session.show_as(app::PayloadView::both, codec::Encoding::utf8());
    peer.send_to(session.local(), binary);
    session.wait_for_payloads("a binary datagram", Direction::received);

    heading("A loop of sends: five times, every 100 ms (--every 100ms --times 5)");
    session.show_as(app::PayloadView::text, codec::Encoding::utf8());
    session.send_in_a_loop("tick", peer.local(), 5, std::chrono::milliseconds{100});
    session.wait_for_payloads("five datagrams to go out", Direction::sent, 5);
    for (int i = 0; i < 5; ++i) expect(peer, "tick");
    session.close();
}

void show_tcp(engine::Engine& engine, const WakeUp& wake_up) {
    heading("A TCP server; two clients come, write, are answered together, and go, each in its own way");
    DemoSession server(engine, wake_up, Protocol::tcp_server);
    DemoPeer first = DemoPeer::tcp_client(server.local());
    server.wait_for("a client", SessionEvent::Kind::connect);
    DemoPeer second = DemoPeer::tcp_client(server.local());
    server.wait_for("a second client", SessionEvent::Kind::connect);
    first.send(as_bytes("good morning"));
    server.wait_for_payloads("what the client sent", Direction::received);
    second.send(as_bytes("早上好"));
    server.wait_for_payloads("what the client sent", Direction::received);
    server.send("good morning to all", engine::ToAll{});
    server.wait_for_payloads("the answer to go out", Direction::sent, 2);
    expect(first, "good morning to all");
    expect(second, "good morning to all");
    first.close();
    server.wait_for("a client to go", SessionEvent::Kind::disconnect);
    second.reset();
    server.wait_for("the other client to go", SessionEvent::Kind::disconnect);
    server.close();
}

}  // namespace

int run_demo() {
    try {
        const WakeUp wake_up;
        engine::Engine engine;
        engine.on_activity([&wake_up] { wake_up.notify(); });
        show_udp(engine, wake_up);
        show_tcp(engine, wake_up);
        fmt::print("\nThat was all over real sockets. Next: sockdesk --help, or sockdesk for the window.\n");
        return std::fflush(stdout) == 0 ? exit_done : exit_failed;
    } catch (const std::exception& failure) {
        std::fflush(stdout);
        fmt::print(stderr, "sockdesk demo: {}\n", failure.what());
        return exit_failed;
    }
}

}  // namespace sockdesk::cli
