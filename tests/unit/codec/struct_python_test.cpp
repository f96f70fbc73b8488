// The same formats and records given to Python's own `struct`: sizes, values, bytes and refusals are to be the same.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include <fmt/format.h>

#include "codec/hex.hpp"
#include "codec/struct_format.hpp"
#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

namespace fs = std::filesystem;

// A line a case: format, record, values, each in hex or as written by `spelled`. The answer: size, values, bytes.
constexpr const char* script = R"python(
import struct, sys

def spelled(value):
    if value is True or value is False:
        return "t%d" % value
    if isinstance(value, int):
        return "i%d" % value
    if isinstance(value, float):
        return "fnan" if value != value else "f" + struct.pack(">d", value).hex()
    return "b" + value.hex()

def value(text):
    kind, rest = text[0], text[1:]
    if kind == "t":
        return rest == "1"
    if kind == "i":
        return int(rest)
    if kind == "f":
        return float("nan") if rest == "nan" else struct.unpack(">d", bytes.fromhex(rest))[0]
    return bytes.fromhex(rest)

def attempt(action):
    try:
        return action()
    except (struct.error, OverflowError, UnicodeError, ValueError, TypeError):
        return "refused"

with open(sys.argv[1]) as cases, open(sys.argv[2], "w") as answers:
    for line in cases:
        form, record, values = line.rstrip("\n").split("|")
        form, record = bytes.fromhex(form), bytes.fromhex(record)
        values = [value(v) for v in values.split(",") if v]
        print(attempt(lambda: str(struct.calcsize(form))),
              attempt(lambda: ",".join(spelled(v) for v in struct.unpack(form, record))),
              attempt(lambda: struct.pack(form, *values).hex()), sep="|", file=answers)
)python";

std::string spelled(const StructValue& value) {
    struct Writer {
        std::string operator()(bool truth) const { return truth ? "t1" : "t0"; }
        std::string operator()(std::int64_t number) const { return fmt::format("i{}", number); }
        std::string operator()(std::uint64_t number) const { return fmt::format("i{}", number); }
        std::string operator()(double number) const {
            if (std::isnan(number)) return "fnan";
            return fmt::format("f{:016x}", std::bit_cast<std::uint64_t>(number));
        }
        std::string operator()(const Bytes& content) const { return "b" + format_hex_lower(content); }
    };
    return std::visit(Writer{}, value);
}

std::string spelled(const std::vector<StructValue>& values) {
    std::string text;
    for (const StructValue& value : values) text += (text.empty() ? "" : ",") + spelled(value);
    return text;
}

struct Case {
    std::string format;
    Bytes record;
    std::vector<StructValue> values;

    std::string line() const {
        return fmt::format("{}|{}|{}", format_hex_lower(as_bytes(format)), format_hex_lower(record),
                           spelled(values));
    }
    /// What `script` writes, by our own code.
    std::string answer() const {
        const auto parsed = StructFormat::parse(format);
        if (!parsed) return "refused|refused|refused";
        std::vector<StructValue> read;
        for (StructField& field : parsed->unpack(record).fields) read.push_back(std::move(field.value));
        const bool fits = parsed->size() == record.size();
        const auto packed = parsed->pack(values);
        return fmt::format("{}|{}|{}", parsed->size(), fits ? spelled(read) : "refused",
                           packed ? format_hex_lower(*packed) : "refused");
    }
};

class CaseMaker {
public:
    explicit CaseMaker(unsigned seed) : streams_(seed), random_(seed) {}

    Case sensible() {
        Case made;
        static constexpr std::string_view orders[] = {"", "@", "=", "<", ">", "!"};
        made.format = orders[streams_.below(6)];
        const bool native = made.format.empty() || made.format == "@";
        const std::string_view codes = native ? "xcbB?hHiIlLqQnNefdspP" : "xcbB?hHiIlLqQefdsp";
        for (std::size_t n = streams_.below(7); n > 0; --n) {
            const char code = codes[streams_.below(codes.size())];
            // Python 3.11's "0p" reads beyond its buffer.
            std::size_t count =
                streams_.below(3) == 0 ? streams_.below(code == 's' || code == 'p' ? 300 : 5) : 1;
            if (code == 'p') count = std::max<std::size_t>(count, 1);
            if (count != 1 || streams_.below(4) == 0) made.format += std::to_string(count);
            made.format += code;
            if (streams_.below(5) == 0) made.format += " \t\n"[streams_.below(3)];
            const std::size_t values = code == 'x' ? 0 : code == 's' || code == 'p' ? 1 : count;
            for (std::size_t i = 0; i < values; ++i) made.values.push_back(value(code));
        }
        if (streams_.below(20) == 0) made.values.emplace_back(std::int64_t{1});
        std::size_t size = StructFormat::parse(made.format).value().size();
        if (streams_.below(20) == 0) ++size;
        made.record = streams_.garbage(size);
        return made;
    }

    Case nonsense() {
        static constexpr std::string_view pool = "@=<>!xcbB?hHiIlLqQnNefdspP0123456789 \t\vzZ.-\xFF";
        Case made;
        for (std::size_t n = streams_.below(8); n > 0; --n) made.format += pool[streams_.below(pool.size())];
        const auto parsed = StructFormat::parse(made.format);
        // Records of many megabytes prove nothing more, nor do those that only our limit refuses.
        const bool small = parsed ? parsed->size() < 10'000 : parsed.error().kind != ErrorKind::too_large;
        if (!small || made.format.find("0p") != std::string::npos) return nonsense();
        if (parsed) made.record = streams_.garbage(parsed->size());
        return made;
    }

private:
    StructValue value(char code) {
        if (streams_.below(40) == 0) code = "Bds"[streams_.below(3)];
        switch (code) {
            case '?':
                return streams_.below(2) == 0;
            case 'c':
                return streams_.garbage(1);
            case 's':
            case 'p':
                return streams_.garbage(streams_.below(300));
            case 'e':
            case 'f':
            case 'd':
                return number(code);
            default:
                return integer();
        }
    }
    // Near the edges of every range, where mistakes are.
    StructValue integer() {
        const std::uint64_t edge = std::uint64_t{1} << streams_.below(64);
        const std::uint64_t near = edge + streams_.below(3) - 1;
        if (streams_.below(3) == 0) return StructValue(near);
        return StructValue(static_cast<std::int64_t>(streams_.below(2) == 0 ? near : ~near + 1));
    }
    StructValue number(char code) {
        static constexpr double edges[] = {0.0,
                                           -0.0,
                                           1.5,
                                           65504,
                                           65519.99,
                                           65520,
                                           6e-8,
                                           3e-8,
                                           2.98e-8,
                                           5e-324,
                                           0.1,
                                           3.4028234663852886e38,
                                           3.4028235677973366e38,
                                           1e39,
                                           -1e39,
                                           1e308,
                                           std::numeric_limits<double>::infinity(),
                                           -std::numeric_limits<double>::infinity()};
        double made = edges[streams_.below(std::size(edges))];
        if (streams_.below(2) == 0) made = std::bit_cast<double>(random_());
        if (streams_.below(3) == 0)
            made = std::ldexp(static_cast<double>(random_()), -static_cast<int>(streams_.below(100)));
        // CPython's native "f" turns what is too large into an infinity without a word; we refuse it there, too.
        if (code == 'f' && !double_to_float(made)) made = 1.0;
        return made;
    }

    RandomStreams streams_;
    std::mt19937_64 random_;
};

class Folder {
public:
    Folder() {
        std::string path = fs::temp_directory_path() / "sockdesk-struct-XXXXXX";
        if (mkdtemp(path.data()) != nullptr) path_ = path;
    }
    ~Folder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    fs::path operator/(const char* name) const { return path_ / name; }

private:
    fs::path path_;
};

TEST(StructPython, agrees_about_thousands_of_formats) {
    std::vector<Case> cases;
    CaseMaker maker(20261121);
    for (int i = 0; i < 8000; ++i) cases.push_back(maker.sensible());
    for (int i = 0; i < 4000; ++i) cases.push_back(maker.nonsense());

    const Folder folder;
    std::ofstream(folder / "script.py") << script;
    {
        std::ofstream file(folder / "cases");
        for (const Case& c : cases) file << c.line() << '\n';
    }
    const std::string command = fmt::format("python3 '{}' '{}' '{}'", (folder / "script.py").string(),
                                            (folder / "cases").string(), (folder / "answers").string());
    ASSERT_EQ(std::system(command.c_str()), 0) << command;

    std::ifstream answers(folder / "answers");
    std::string answer;
    int packed = 0;
    int refused = 0;
    for (const Case& c : cases) {
        ASSERT_TRUE(std::getline(answers, answer)) << "as many answers as cases";
        ASSERT_EQ(c.answer(), answer) << "format \"" << c.format << "\"\ncase " << c.line();
        (answer.ends_with("refused") ? refused : packed) += 1;
    }
    EXPECT_GT(packed, 3000) << "most cases are to be sensible";
    EXPECT_GT(refused, 3000);
}

TEST(StructPython, what_was_read_is_written_back) {
    CaseMaker maker(7);
    for (int i = 0; i < 3000; ++i) {
        const Case made = maker.sensible();
        const auto parsed = StructFormat::parse(made.format).value();
        const auto packed = parsed.pack(made.values);
        if (!packed) continue;
        // Compared as values: of a pascal string above 255 bytes the reader sees the beginning alone.
        const auto read_all = [&](ByteView record) {
            std::vector<StructValue> read;
            for (StructField& field : parsed.unpack(record).fields) read.push_back(std::move(field.value));
            return read;
        };
        const auto read = read_all(*packed);
        ASSERT_EQ(spelled(read_all(parsed.pack(read).value())), spelled(read)) << made.format;
    }
}

}  // namespace
}  // namespace sockdesk::codec
