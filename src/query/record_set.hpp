// A growing set of records, as one bit for each: what passes a filter, where a search matched. 10 million records
// take some 1.4 MB whatever was chosen.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.hpp"

namespace sockdesk::query {

/// Position of a member in the set, from 0.
using MemberIndex = std::uint64_t;

/// One thread decides on the records, in order; any number of threads ask meanwhile, without a lock, about those that
/// were published. All questions cost O(log n) at most and touch a few cache lines. Answers agree with each other as long
/// as nothing is published or inserted between them.
class RecordSet {
public:
    /// The first record that is decided on; those below are not members.
    explicit RecordSet(RecordIndex first = 0);
    ~RecordSet();
    RecordSet(const RecordSet&) = delete;
    RecordSet& operator=(const RecordSet&) = delete;

    // ---- the writer
    /// Decides on the next record.
    void append(bool is_member);
    /// Decisions before this call become visible. Release.
    void publish();
    /// Makes a record a member that has been decided on already: what makes it one came later. Visible at once when
    /// the record is published. False if it was one before. Costs a step for every 512 records after it.
    bool insert(RecordIndex record);

    // ---- everyone; about what is published
    RecordIndex first() const { return first_; }
    /// Records below this are decided on. Acquire: the answers below hold for at least that many.
    RecordIndex decided() const;
    std::uint64_t size() const;
    bool contains(RecordIndex record) const;
    /// `member` must be below `size()`; `decided()` otherwise.
    RecordIndex nth(MemberIndex member) const;
    /// How many members are below `record`.
    MemberIndex rank(RecordIndex record) const;
    /// The first member at or after `record`.
    std::optional<RecordIndex> at_or_after(RecordIndex record) const;
    /// The last member before `record`.
    std::optional<RecordIndex> before(RecordIndex record) const;

private:
    struct State;
    std::unique_ptr<State> state_;
    RecordIndex first_ = 0;
};

}  // namespace sockdesk::query
