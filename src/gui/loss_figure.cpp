// 丢弃: what did not come into the log, told apart by whose doing it was, and what can be done about it.
#include "gui/status_bar.hpp"

#include "app/translation.hpp"
#include "gui/amounts.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

StatusFigure loss_figure(const SessionTab& tab) {
    const app::Loss loss = tab.session.loss();
    StatusFigure figure;
    figure.text = trf("Lost:{}", grouped(loss.by_kernel + loss.by_us));
    figure.alarming = loss.by_kernel + loss.by_us > 0;
    figure.explanation = trf("Dropped by the system before they could be read: {}", grouped(loss.by_kernel)) +
                         "\n" + trf("Read, but discarded for want of memory: {}", grouped(loss.by_us));
    if (const std::uint64_t hidden = tab.log.hidden_count(); hidden > 0)
        figure.explanation += "\n" + trf("Hidden by the filter: {}", grouped(hidden));
    if (loss.buffer_bytes == 0) return figure;
    figure.explanation += "\n" + trf("Receive buffer: {}", binary_amount(loss.buffer_bytes));
    if (loss.buffer_bytes < loss.buffer_wanted_bytes) {
        figure.explanation += trf(" (wanted: {})", binary_amount(loss.buffer_wanted_bytes)) + "\n" +
                              trf("The setting net.core.rmem_max holds it back. To raise it: sudo sysctl -w "
                                  "net.core.rmem_max={}",
                                  loss.buffer_wanted_bytes);
    }
    return figure;
}

}  // namespace sockdesk::gui
