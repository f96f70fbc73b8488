// 附加位设置: which bytes follow each payload, and whether what arrives has to end with them, too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/trailer_fields.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

/// Names of kinds as people look for them: "Sum (正校验)", "CRC-16/MODBUS".
std::string trailer_kind_name(std::string_view kind);
/// The kind of a trailer's text alone, for a label: short.
std::string trailer_short_name(std::string_view trailer);

class TrailerDialog {
public:
    void open(const SessionTab& tab);
    /// Belongs to the tab it was opened for.
    void draw(SessionTab& tab);

private:
    void draw_kind();
    void draw_fixed();
    void draw_crc();
    void draw_checksum();
    void draw_result(SessionTab& tab);
    void draw_buttons(SessionTab& tab);
    std::string fault_of(const std::string app::TrailerFields::*field) const;
    void field(const char* id, const char* label, std::string app::TrailerFields::*value, const char* hint,
               float width);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    bool append_ = true;
    bool verify_ = false;
    app::TrailerFields fields_;
    std::vector<app::TrailerFields::Fault> faults_;
};

}  // namespace sockdesk::gui
