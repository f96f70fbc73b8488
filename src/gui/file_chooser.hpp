// A path, typed or picked from a list of the folder that it lies in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sockdesk::gui {

class FileChooser {
public:
    /// What is looked for: captures come first, and other files are told apart from them; or any file.
    enum class For : std::uint8_t { captures, any };
    explicit FileChooser(For what = For::captures) : for_(what) {}

    /// What is offered first: a folder, or a file in it.
    void reset(const std::filesystem::path& path);

    /// True: a file was chosen by Enter or by a double click. `error` is shown below the path.
    bool draw(const std::string& error, int rows = 10);
    /// The path changed since the last call: what was said about it no longer holds.
    bool edited() const { return edited_; }

    std::filesystem::path path() const;

private:
    struct Entry {
        std::string name;   ///< as the system has it
        std::string shown;  ///< safe to draw
        bool is_folder = false;
        bool is_wanted = false;
        std::uint64_t bytes = 0;
    };

    void look_into(const std::filesystem::path& folder);
    void pick(const Entry& entry);

    For for_;
    std::string text_;
    std::filesystem::path folder_;
    std::vector<Entry> entries_;
    std::string trouble_;  ///< why the folder cannot be listed
    bool edited_ = false;
    bool more_ = false;  ///< the folder holds more than is listed
    bool focus_ = false;
};

}  // namespace sockdesk::gui
