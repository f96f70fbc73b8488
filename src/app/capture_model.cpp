#include "app/capture_model.hpp"

#include <algorithm>

#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

// A session's log begins with its being opened.
constexpr RecordCount records_that_tell_the_protocol = 64;

}  // namespace

Result<std::unique_ptr<CaptureModel>> CaptureModel::open(std::shared_ptr<capture::SegmentPool> memory,
                                                         std::filesystem::path path, ViewSettings view,
                                                         std::function<void()> on_progress) {
    archive::CaptureFileOptions options;
    options.on_progress = std::move(on_progress);
    std::error_code ignored;
    // The same file wherever the program is started next time.
    if (auto absolute = std::filesystem::absolute(path, ignored); !ignored) path = std::move(absolute);
    auto file = archive::CaptureFile::open(std::move(memory), std::move(path), std::move(options));
    if (!file) return tl::unexpected(file.error());
    return std::unique_ptr<CaptureModel>(new CaptureModel(std::move(*file), std::move(view)));
}

CaptureModel::CaptureModel(std::unique_ptr<archive::CaptureFile> file, ViewSettings view)
    : file_(std::move(file)),
      log_(file_->log()),
      path_(file_->path()),
      description_(file_->description()),
      view_(std::move(view)) {}

std::string CaptureModel::title() const { return codec::escape_controls(path_.filename().string()); }

archive::ReadProgress CaptureModel::progress() const { return file_ ? file_->progress() : *stopped_; }

void CaptureModel::stop_reading() {
    if (!file_) return;
    stopped_ = file_->progress();
    file_.reset();
    stopped_->records = log_->published();
}

engine::Protocol CaptureModel::protocol() const {
    if (protocol_) return *protocol_;
    const RecordCount count = std::min(log_->published(), records_that_tell_the_protocol);
    capture::LogReader reader(log_);
    for (RecordIndex i = log_->first_available(); i < count; ++i) {
        const capture::RecordView record = reader.record(i);
        if (record.kind != capture::RecordKind::event) continue;
        const capture::SessionEvent event = capture::decode_event(record);
        if (const auto protocol = engine::parse_protocol(event.protocol)) {
            protocol_ = protocol;
            return *protocol;
        }
    }
    if (count == records_that_tell_the_protocol || progress().done) protocol_ = engine::Protocol::udp;
    return engine::Protocol::udp;
}

TabState CaptureModel::state() const {
    TabState state;
    state.capture = path_.string();
    state.view = view_;
    return state;
}

}  // namespace sockdesk::app
