// How fast bytes become text, and text bytes. Bytes a second are bytes of the encoding, not of the text in
// UTF-8.
#include <benchmark/benchmark.h>

#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/payload_template.hpp"
#include "codec/trailer.hpp"

namespace {

using namespace sockdesk;
using namespace sockdesk::codec;

constexpr std::size_t stream_size = 256 * 1024;

const std::string ascii_sample = "GET /index.html HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n";
const std::string chinese_sample = "网络调试助手可以发送和接收数据，支持多种编码。";
const std::string mixed_sample = "{\"名称\": \"传感器 07\", \"温度\": 21.5, \"状态\": \"正常\"}\r\n";

Bytes sample_stream(Encoding encoding, const std::string& sample) {
    const Bytes piece = encode(encoding, sample).value();
    Bytes stream;
    while (stream.size() < stream_size) stream.insert(stream.end(), piece.begin(), piece.end());
    return stream;
}

/// In reads of `chunk` bytes, by one decoder, as a connection's traffic comes.
void decode_stream(benchmark::State& state, const Bytes& stream, Encoding encoding, std::size_t chunk) {
    StreamDecoder decoder(encoding);
    std::string text;
    for (auto _ : state) {
        for (std::size_t i = 0; i < stream.size(); i += chunk) {
            text.clear();
            decoder.decode(ByteView(stream).subspan(i, std::min(chunk, stream.size() - i)), text);
            benchmark::DoNotOptimize(text.data());
        }
        decoder.finish(text);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}

void decode(benchmark::State& state, const char* name, const std::string& sample) {
    const Encoding encoding = Encoding::find(name).value();
    decode_stream(state, sample_stream(encoding, sample), encoding, static_cast<std::size_t>(state.range(0)));
}

void decode_binary(benchmark::State& state, const char* name) {
    Bytes stream(stream_size);
    std::uint32_t value = 1;
    for (auto& byte : stream) byte = static_cast<std::uint8_t>((value = value * 1664525 + 1013904223) >> 24);
    decode_stream(state, stream, Encoding::find(name).value(), static_cast<std::size_t>(state.range(0)));
}

void decode_new(benchmark::State& state, const char* name, const std::string& sample) {
    const Encoding encoding = Encoding::find(name).value();
    const Bytes bytes = codec::encode(encoding, sample).value();
    for (auto _ : state) benchmark::DoNotOptimize(decode_all(encoding, bytes));
}

void encode_text(benchmark::State& state, const char* name, const std::string& sample) {
    const Encoding encoding = Encoding::find(name).value();
    std::string text;
    while (text.size() < stream_size) text += sample;
    for (auto _ : state) benchmark::DoNotOptimize(codec::encode(encoding, text));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void show(benchmark::State& state, const std::string& sample) {
    std::string text, line;
    while (text.size() < stream_size) text += sample;
    for (auto _ : state) {
        line.clear();
        append_escaped_controls(text, line, Keep::line_breaks);
        benchmark::DoNotOptimize(line.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void hex_of(benchmark::State& state, void (*append)(ByteView, std::string&)) {
    const Bytes stream(stream_size, 0xA5);
    std::string text;
    for (auto _ : state) {
        text.clear();
        append(stream, text);
        benchmark::DoNotOptimize(text.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}

void hex_read(benchmark::State& state) {
    const std::string text = format_hex(Bytes(stream_size, 0xA5));
    for (auto _ : state) benchmark::DoNotOptimize(parse_hex(text));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

/// Behind a payload of so many bytes, in a buffer that is used again.
void append_trailer(benchmark::State& state, const char* text) {
    const Trailer trailer = Trailer::parse(text).value();
    const auto size = static_cast<std::size_t>(state.range(0));
    Bytes payload(size + trailer.size(), 0xA5);
    for (auto _ : state) {
        payload.resize(size);
        trailer.append_to(payload);
        benchmark::DoNotOptimize(payload.data());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// One send of a payload that changes with each, in a buffer that is used again.
void make_template(benchmark::State& state, const char* text) {
    const PayloadTemplate made = PayloadTemplate::compile(text, {}).value();
    std::mt19937_64 random(1);
    TemplateMoment moment;
    moment.random = &random;
    moment.now = Timestamp(std::chrono::seconds(1'795'255'200));
    moment.remote = Endpoint{IpAddress::v4({127, 0, 0, 1}), 54321};
    Bytes out;
    for (auto _ : state) {
        ++moment.counter;
        moment.now += std::chrono::microseconds(10);
        made.make(moment, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

BENCHMARK_CAPTURE(decode, ascii_as_utf8, "utf-8", ascii_sample)->Arg(64)->Arg(1400)->Arg(65536);
BENCHMARK_CAPTURE(decode, ascii_as_gbk, "gbk", ascii_sample)->Arg(64)->Arg(1400)->Arg(65536);
BENCHMARK_CAPTURE(decode, chinese_utf8, "utf-8", chinese_sample)->Arg(64)->Arg(1400)->Arg(65536);
BENCHMARK_CAPTURE(decode, chinese_gbk, "gbk", chinese_sample)->Arg(64)->Arg(1400)->Arg(65536);
BENCHMARK_CAPTURE(decode, chinese_gb18030, "gb18030", chinese_sample)->Arg(1400);
BENCHMARK_CAPTURE(decode, chinese_utf16, "utf-16le", chinese_sample)->Arg(1400);
BENCHMARK_CAPTURE(decode, mixed_utf8, "utf-8", mixed_sample)->Arg(1400);
BENCHMARK_CAPTURE(decode, mixed_gbk, "gbk", mixed_sample)->Arg(1400);
BENCHMARK_CAPTURE(decode, western, "windows-1252", std::string("D\u00E9j\u00E0 vu \u20AC. "))->Arg(1400);
BENCHMARK_CAPTURE(decode_binary, as_utf8, "utf-8")->Arg(1400);
BENCHMARK_CAPTURE(decode_binary, as_gbk, "gbk")->Arg(1400);
BENCHMARK_CAPTURE(decode_binary, as_latin1, "iso-8859-1")->Arg(1400);
BENCHMARK_CAPTURE(decode_new, short_gbk, "gbk", chinese_sample);
BENCHMARK_CAPTURE(decode_new, short_utf8, "utf-8", chinese_sample);
BENCHMARK_CAPTURE(encode_text, utf8, "utf-8", chinese_sample);
BENCHMARK_CAPTURE(encode_text, gbk, "gbk", chinese_sample);
BENCHMARK_CAPTURE(show, ascii, ascii_sample);
BENCHMARK_CAPTURE(show, chinese, chinese_sample);
BENCHMARK_CAPTURE(hex_of, upper, append_hex);
BENCHMARK_CAPTURE(hex_of, lower, append_hex_lower);
BENCHMARK(hex_read);
BENCHMARK_CAPTURE(append_trailer, sum, "sum")->Arg(64)->Arg(1400);
BENCHMARK_CAPTURE(append_trailer, exclusive_or, "xor")->Arg(64)->Arg(1400);
BENCHMARK_CAPTURE(append_trailer, crc16_modbus, "crc16-modbus")->Arg(64)->Arg(1400);
BENCHMARK_CAPTURE(append_trailer, crc16_xmodem, "crc16-xmodem")->Arg(64)->Arg(1400);
BENCHMARK_CAPTURE(append_trailer, crc32, "crc32")->Arg(64)->Arg(1400);
BENCHMARK_CAPTURE(append_trailer, adler32, "adler32")->Arg(64)->Arg(1400);
BENCHMARK_CAPTURE(append_trailer, crc_by_parameters, "crc:width=24,poly=0x864CFB,init=0xB704CE")
    ->Arg(64)
    ->Arg(1400);
BENCHMARK_CAPTURE(make_template, constant_64,
                  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
BENCHMARK_CAPTURE(make_template, packed_64,
                  "{{counter,!I}}{{time:us,!Q}}0123456789abcdef0123456789abcdef0123456789abcdef0123");
BENCHMARK_CAPTURE(make_template, text_64,
                  "{{counter,width=8}} {{time:us}} 0123456789abcdef0123456789abcdef012345");
BENCHMARK_CAPTURE(make_template, iso_time, "{{time}}");
BENCHMARK_CAPTURE(make_template, uuid, "{{uuid}}");
BENCHMARK_CAPTURE(make_template, random_64, "{{random:64}}");
BENCHMARK_CAPTURE(make_template, length_as_text,
                  "Content-Length: {{len:body}}\r\n\r\n{{part:body}}{\"n\":{{counter}}}{{/part}}");

}  // namespace
