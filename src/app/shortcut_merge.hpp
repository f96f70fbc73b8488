// One library that two windows changed at the same time.
// Threads: free of state.
#pragma once

#include <vector>

#include "app/shortcut.hpp"

namespace sockdesk::app {

/// `base` is what both began with, `mine` and `theirs` what became of it. What either added or changed is in the result; what both
/// changed is as in `mine`. What either deleted is not, unless the other one changed it and it is `mine` that did. A key that both gave
/// away stays with `mine`. The order is that of whoever changed it, of `mine` where both did.
std::vector<KeptShortcut> merge_shortcuts(const std::vector<KeptShortcut>& base,
                                          const std::vector<KeptShortcut>& mine,
                                          const std::vector<KeptShortcut>& theirs);

}  // namespace sockdesk::app
