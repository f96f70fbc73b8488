// 附加位设置: which bytes follow each payload that is sent, and with which what arrives has to end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/trailer_fields.hpp"
#include "gui/session_tab.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

/// Names of kinds as people look for them: "Sum (正校验)", "CRC-16/MODBUS".
std::string trailer_kind_name(std::string_view kind);
/// The kind of a trailer's text alone, for a label: short.
std::string trailer_short_name(std::string_view trailer);
/// For an input that holds a trailer's text: none, the usual fixed bytes, and each checksum that has a name.
Choices trailer_choices();

class TrailerDialog {
public:
    enum class Side : std::uint8_t { sent, received };

    void open(LogTab& tab, Side side);
    /// Belongs to the tab it was opened for. A capture's tab sends nothing, so there only what is received has one.
    void draw(LogTab& tab);

private:
    /// A trailer that is being edited.
    struct Draft {
        bool on = false;
        app::TrailerFields fields;
        std::vector<app::TrailerFields::Fault> faults;

        void set(bool is_on, std::string_view trailer);
        std::string fault_of(const std::string app::TrailerFields::*field) const;
    };

    Draft& draft() { return drafts_[side_ == Side::received ? 1 : 0]; }
    void draw_sides();
    void draw_kind();
    void draw_fixed();
    void draw_crc();
    void draw_checksum();
    void draw_result(LogTab& tab);
    void draw_switch(LogTab& tab);
    void draw_buttons(LogTab& tab);
    void field(const char* id, const char* label, std::string app::TrailerFields::*value, const char* hint,
               float width);
    void compute(app::SessionModel* session);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    Side side_ = Side::sent;
    std::array<Draft, 2> drafts_;

    // What was shown last, and what it was made of: the box may be large.
    struct Result {
        app::TrailerFields fields;
        std::uint64_t payload = 0;  ///< `CompiledPayload::revision`
        std::string on_payload;
        std::string on_digits;
        std::string text;
    };
    std::optional<Result> result_;
};

}  // namespace sockdesk::gui
