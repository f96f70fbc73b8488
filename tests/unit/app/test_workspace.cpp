#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include "app/workspace.hpp"

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;

class WorkspaceFileTest : public testing::Test {
protected:
    WorkspaceFileTest() {
        std::string folder = fs::temp_directory_path() / "sockdesk-workspace-XXXXXX";
        folder_ = mkdtemp(folder.data());
        path_ = folder_ / "deep" / "workspace.json";
    }
    ~WorkspaceFileTest() override { fs::remove_all(folder_); }

    static std::string read(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write(std::string_view content) const {
        fs::create_directories(path_.parent_path());
        std::ofstream(path_, std::ios::binary) << content;
    }

    fs::path folder_;
    fs::path path_;
};

Workspace full() {
    Workspace workspace;
    workspace.language = Language::chinese;
    workspace.theme = Theme::dark;
    workspace.font_size = 17;
    workspace.window_width = 900;
    workspace.window_height = 700;
    workspace.active_tab = 1;
    TabState server;
    server.session.protocol = engine::Protocol::tcp_server;
    server.session.local_host = "127.0.0.1";
    server.session.local_port = "9000";
    server.session.echo = true;
    server.view.encoding = "gb18030";
    server.view.view = PayloadView::both;
    server.view.log_mode = server.view.wrap = server.view.auto_scroll = false;
    server.view.hide_received = true;
    server.view.save_path = "/tmp/a.pcapng";
    server.send = {"多行\n文本 \\ \"", true, true, true, "0.5"};
    server.send.templates = true;
    server.send.pace = {true, "50k/s", "1000", "8"};
    server.send.trailer = {true, "crc16-modbus,be"};
    server.view.verify = {true, "crc32"};
    server.send.file = {true, "/tmp/固件.bin", FileCut::lines, "99", "2.5"};
    server.replies.on = true;
    server.replies.escapes = false;
    server.replies.per_second = "0";
    using query::MatchKind;
    for (const MatchKind kind : {MatchKind::any, MatchKind::exact, MatchKind::prefix, MatchKind::contains,
                                 MatchKind::hex, MatchKind::regex})
        server.replies.rules.push_back({false, kind, "(", "{{match:1}}", true, "10", true, "lrc"});
    TabState client;
    client.session.protocol = engine::Protocol::tcp_client;
    client.session.remote_host = "::1";
    client.session.remote_port = "99999";  // wrong, and kept as it was typed
    client.session.connect_from = "127.0.0.1:4000";
    client.session.connect_timeout_s = "2.5";
    client.session.reconnect = true;
    client.session.target = "10.0.0.1:80";
    workspace.storage = {1024, false, 2048};
    TabState capture;
    capture.capture = "/tmp/旧的.pcapng";
    capture.view.encoding = "gbk";
    workspace.tabs = {server, client, capture};
    return workspace;
}

TEST(WorkspaceJson, KeepsEverything) {
    const auto back = workspace_from_json(to_json(full()));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, full());
}

TEST(WorkspaceJson, TakesDefaultsForWhatIsMissing) {
    const auto workspace = workspace_from_json(R"({"version":1,"tabs":[{}]})");
    ASSERT_TRUE(workspace) << workspace.error().message;
    Workspace expected;
    expected.tabs.resize(1);
    EXPECT_EQ(*workspace, expected);
}

TEST(WorkspaceJson, ReadsOneTrailerForBothOfOlderFiles) {
    const auto workspace = workspace_from_json(
        R"({"version":1,"tabs":[{"send":{"trailer":{"append":false,"verify":true,"trailer":"lrc"}}}]})");
    ASSERT_TRUE(workspace) << workspace.error().message;
    const TabState& tab = workspace->tabs.at(0);
    EXPECT_EQ(tab.send.trailer, (TrailerSettings{false, "lrc"}));
    EXPECT_EQ(tab.view.verify, (VerifySettings{true, "lrc"}));
}

TEST(WorkspaceJson, RefusesWhatItDoesNotUnderstand) {
    for (const char* broken :
         {"", "{", "[]", "{}", R"({"version":2})", R"({"version":"1"})", R"({"version":1,"tabs":{}})",
          R"({"version":1,"tabs":[1]})", R"({"version":1,"font_size":"big"})",
          R"({"version":1,"tabs":[{"session":{"protocol":"sctp"}}]})",
          R"({"version":1,"tabs":[{"replies":{"rules":{}}}]})",
          R"({"version":1,"tabs":[{"replies":{"rules":[1]}}]})",
          R"({"version":1,"tabs":[{"replies":{"rules":[{"kind":"glob"}]}}]})",
          R"({"version":1,"tabs":[{"view":[]}]})"}) {
        EXPECT_FALSE(workspace_from_json(broken)) << broken;
    }
}

TEST(WorkspaceJson, BoundsWhatLogsMayTake) {
    const auto workspace =
        workspace_from_json(R"({"version":1,"storage":{"memory_mib":-1,"recordings_mib":0}})");
    ASSERT_TRUE(workspace);
    EXPECT_EQ(workspace->storage.memory_mib, StorageSettings::min_memory_mib);
    EXPECT_EQ(workspace->storage.recordings_mib, StorageSettings::min_recordings_mib);
    EXPECT_TRUE(workspace->storage.record_sessions);
}

TEST(WorkspaceJson, BoundsSizes) {
    const auto workspace =
        workspace_from_json(R"({"version":1,"font_size":900,"window":{"width":-5,"height":1000000}})");
    ASSERT_TRUE(workspace);
    EXPECT_EQ(workspace->font_size, Workspace::max_font_size);
    EXPECT_GE(workspace->window_width, 1);
    EXPECT_LE(workspace->window_height, 16'000);
}

TEST(WorkspaceJson, SurvivesBytesThatAreNotUtf8) {
    Workspace workspace;
    workspace.tabs.resize(1);
    workspace.tabs[0].send.text = "\xFF\xFE";
    EXPECT_TRUE(workspace_from_json(to_json(workspace)));
}

TEST_F(WorkspaceFileTest, SavesAndLoads) {
    WorkspaceFile file(path_);
    EXPECT_EQ(file.load().workspace, Workspace());
    ASSERT_TRUE(file.save(full()));
    WorkspaceFile again(path_);
    const auto loaded = again.load();
    EXPECT_EQ(loaded.notice, "");
    EXPECT_EQ(loaded.workspace, full());
    EXPECT_EQ(std::distance(fs::directory_iterator(path_.parent_path()), {}), 1) << "no temporary file stays";
}

TEST_F(WorkspaceFileTest, KeepsABrokenFileAside) {
    for (const char* aside : {"workspace.json.broken", "workspace.json.broken-2"}) {
        write("{ broken");
        WorkspaceFile file(path_);
        const auto loaded = file.load();
        EXPECT_EQ(loaded.workspace, Workspace());
        EXPECT_NE(loaded.notice.find(aside), std::string::npos) << loaded.notice;
        EXPECT_EQ(read(path_.parent_path() / aside), "{ broken");
        EXPECT_FALSE(fs::exists(path_));
        ASSERT_TRUE(file.save(full()));
    }
}

TEST_F(WorkspaceFileTest, FollowsASymbolicLink) {
    const fs::path real = folder_ / "dotfiles.json";
    std::ofstream(real) << to_json(Workspace());
    fs::create_directories(path_.parent_path());
    fs::create_symlink(real, path_);
    WorkspaceFile file(path_);
    file.load();
    ASSERT_TRUE(file.save(full()));
    EXPECT_TRUE(fs::is_symlink(path_));
    EXPECT_EQ(workspace_from_json(read(real)).value(), full());
}

TEST_F(WorkspaceFileTest, SaysWhyItCannotSave) {
    std::ofstream(folder_ / "file") << "in the way";
    WorkspaceFile file(folder_ / "file" / "workspace.json");
    const auto saved = file.save(full());
    ASSERT_FALSE(saved);
    EXPECT_NE(saved.error().message.find("workspace.json"), std::string::npos) << saved.error().message;
}

TEST(WorkspacePath, FollowsTheBaseDirectorySpecification) {
    setenv("HOME", "/home/someone", 1);
    setenv("XDG_CONFIG_HOME", "/config", 1);
    EXPECT_EQ(default_workspace_path(), "/config/sockdesk/workspace.json");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    EXPECT_EQ(default_workspace_path(), "/home/someone/.config/sockdesk/workspace.json");
    unsetenv("XDG_CONFIG_HOME");
    EXPECT_EQ(default_workspace_path(), "/home/someone/.config/sockdesk/workspace.json");
}

}  // namespace
}  // namespace sockdesk::app
