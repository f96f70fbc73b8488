// Exports to files: whole, or not at all.
#include "app/export_job.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <gmock/gmock.h>

#include "capture/log_writer.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ExportJobTest : public testing::Test {
protected:
    ExportJobTest() {
        std::string name = (fs::temp_directory_path() / "sockdesk-export-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        folder = name;
    }
    ~ExportJobTest() override { fs::remove_all(folder); }

    void records(int count) {
        for (int i = 0; i < count; ++i) {
            writer.append_datagram(some_time, capture::Direction::received, here, there,
                                   as_bytes("payload\n"));
        }
        writer.publish();
    }

    /// In raw format.
    Result<std::unique_ptr<ExportJob>> start(const fs::path& target) {
        ExportPlan plan;
        plan.format = ExportFormat::raw;
        return ExportJob::start(log, plan, target, [this] {
            const std::lock_guard lock(mutex);
            news = true;
            changed.notify_all();
        });
    }

    Result<void> finish(const ExportJob& job) {
        std::unique_lock lock(mutex);
        while (!job.result()) {
            EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [this] { return news; }));
            news = false;
        }
        return *job.result();
    }

    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
        return names;
    }

    static std::string content(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::shared_ptr<capture::SegmentPool> pool = std::make_shared<capture::SegmentPool>();
    std::shared_ptr<capture::Log> log = capture::Log::make(pool, "udp");
    capture::LogWriter writer{log};
    fs::path folder;
    std::mutex mutex;
    std::condition_variable changed;
    bool news = false;
};

TEST_F(ExportJobTest, the_file_is_there_when_it_is_complete) {
    records(1000);
    const auto job = start(folder / "out.bin");
    ASSERT_TRUE(job) << job.error().message;
    ASSERT_TRUE(finish(**job));
    EXPECT_FALSE((*job)->was_cancelled());
    EXPECT_EQ((*job)->progress().written_records, 1000U);
    EXPECT_EQ(content(folder / "out.bin").size(), 8000U);
    EXPECT_EQ(files(), std::vector<std::string>{"out.bin"});
}

TEST_F(ExportJobTest, what_was_there_is_replaced_and_stays_as_open_as_it_was) {
    std::ofstream(folder / "out.bin") << "old";
    fs::permissions(folder / "out.bin", fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("out.bin", folder / "link");
    records(1);
    const auto job = start(folder / "link");
    ASSERT_TRUE(job);
    ASSERT_TRUE(finish(**job));
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
    EXPECT_EQ(content(folder / "out.bin"), "payload\n");
    EXPECT_EQ(fs::status(folder / "out.bin").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(ExportJobTest, a_cancelled_one_leaves_nothing) {
    std::ofstream(folder / "out.bin") << "old";
    records(300'000);
    const auto job = start(folder / "out.bin");
    ASSERT_TRUE(job);
    (*job)->cancel();
    ASSERT_TRUE(finish(**job));
    if ((*job)->was_cancelled()) {
        EXPECT_EQ(content(folder / "out.bin"), "old");
    } else {
        EXPECT_EQ(content(folder / "out.bin").size(), 2'400'000U);  // it was faster
    }
    EXPECT_EQ(files(), std::vector<std::string>{"out.bin"});
}

TEST_F(ExportJobTest, letting_go_of_it_cancels) {
    records(300'000);
    { const auto job = start(folder / "out.bin"); }
    for (const std::string& name : files()) EXPECT_EQ(name, "out.bin");
}

TEST_F(ExportJobTest, targets_that_cannot_be_written_are_refused_at_once) {
    records(1);
    const auto message = [&](const fs::path& target) {
        const auto job = start(target);
        return job ? std::string("started") : job.error().message;
    };
    EXPECT_THAT(message(folder), HasSubstr("it is a folder; add a file name"));
    EXPECT_THAT(message(folder / "no" / "out.bin"), HasSubstr("the folder does not exist"));
    EXPECT_THAT(message("/dev/null"), HasSubstr("it is not a regular file"));
    EXPECT_THAT(message(folder / std::string(300, 'x')), HasSubstr("the name is too long"));
    fs::create_symlink("circle", folder / "circle");
    EXPECT_THAT(message(folder / "circle"), HasSubstr("circle"));
    EXPECT_THAT(message(""), HasSubstr("add a file name"));
    EXPECT_EQ(files(), std::vector<std::string>{"circle"});
}

TEST_F(ExportJobTest, a_file_that_a_log_is_saved_to_stays) {
    const int saving = open((folder / "live.pcapng").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(flock(saving, LOCK_EX), 0);
    const auto job = start(folder / "live.pcapng");
    ASSERT_FALSE(job);
    EXPECT_EQ(job.error().kind, ErrorKind::in_use);
    close(saving);
}

TEST_F(ExportJobTest, a_full_disk_is_said_and_leaves_nothing) {
    // The largest size of a file stands for the disk: the message differs, the way does not.
    struct Limit {
        Limit() {
            signal(SIGXFSZ, SIG_IGN);
            getrlimit(RLIMIT_FSIZE, &before);
            rlimit small = before;
            small.rlim_cur = 1 << 20;
            setrlimit(RLIMIT_FSIZE, &small);
        }
        ~Limit() { setrlimit(RLIMIT_FSIZE, &before); }
        rlimit before{};
    };
    records(300'000);
    const Limit limit;
    const auto job = start(folder / "out.bin");
    ASSERT_TRUE(job);
    const auto result = finish(**job);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("the file has reached the largest size allowed here"));
    EXPECT_EQ(result.error().code, "EFBIG");
    EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace sockdesk::app
