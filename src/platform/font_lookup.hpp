// Which font files to draw with, asked of fontconfig. Fonts are the system's; none is shipped.
#pragma once

#include <string>
#include <vector>

namespace sockdesk::platform {

/// One face in a font file (a TTC holds several).
struct FontFace {
    std::string path;
    int index = 0;
    std::string family;
    bool has_chinese = false;

    friend bool operator==(const FontFace&, const FontFace&) = default;
};

/// The faces for one use: the first is drawn with, the others fill in the characters that it lacks, in this
/// order.
using FontStack = std::vector<FontFace>;

struct FontChoice {
    FontStack ui;
    /// Latin letters all of one width, Chinese characters twice as wide, where the system has such a font.
    FontStack mono;

    /// False: Chinese would be drawn as boxes; the person has to install a font.
    bool has_chinese() const;
};

/// Empty stacks where fontconfig knows no usable font at all.
FontChoice look_up_fonts();

}  // namespace sockdesk::platform
