#include "query/record_set.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <stdexcept>
#include <thread>

namespace sockdesk::query {

namespace {

constexpr std::uint64_t word_bits = 64;
constexpr std::uint64_t block_bits = 512;  ///< a cache line of words; a count is kept for each
constexpr std::uint64_t block_words = block_bits / word_bits;
constexpr std::uint64_t chunk_bits = std::uint64_t{1} << 20U;
constexpr std::uint64_t chunk_blocks = chunk_bits / block_bits;
constexpr std::uint64_t fan_out =
    256;  ///< of the two levels above the chunks: 2^36 records, more than a log can have

/// A piece of fixed place. Counts are written when what they count up to is, so those of places that are not published
/// are never looked at.
struct Chunk {
    std::atomic<std::uint64_t> members_before{0};                                 ///< in the chunks before
    std::array<std::atomic<std::uint32_t>, chunk_blocks> block_members_before{};  ///< in this chunk
    std::array<std::atomic<std::uint64_t>, chunk_bits / word_bits> words{};
};

using Directory = std::array<std::atomic<Chunk*>, fan_out>;

/// The place of the set bit number `number`, which there is.
std::uint64_t select_bit(std::uint64_t word, std::uint64_t number) {
    for (; number > 0; --number) word &= word - 1;
    return static_cast<std::uint64_t>(std::countr_zero(word));
}

}  // namespace

struct RecordSet::State {
    // Positions here count from the set's first record.

    std::array<std::atomic<Directory*>, fan_out> root{};
    std::atomic<std::uint64_t> decided{0};
    /// Odd while `insert` changes counts. Readers that met a change ask again.
    std::atomic<std::uint32_t> changes{0};

    // The writer's.
    std::uint64_t appended = 0;
    std::uint64_t members = 0;
    std::uint64_t word = 0;  ///< the one being filled
    Chunk* chunk = nullptr;  ///< the last one

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        for (auto& slot : root) {
            Directory* const directory = slot.load(std::memory_order_relaxed);
            if (directory == nullptr) continue;
            for (auto& entry : *directory) delete entry.load(std::memory_order_relaxed);
            delete directory;
        }
    }

    Chunk& chunk_at(std::uint64_t number) const {
        return *(*root[number / fan_out].load(std::memory_order_acquire))[number % fan_out].load(
            std::memory_order_acquire);
    }

    void begin_chunk() {
        const std::uint64_t number = appended / chunk_bits;
        if (number >= fan_out * fan_out) throw std::length_error("a set of records is full");
        auto& slot = root[number / fan_out];
        if (slot.load(std::memory_order_relaxed) == nullptr) {
            slot.store(new Directory{}, std::memory_order_release);
        }
        chunk = new Chunk;
        chunk->members_before.store(members, std::memory_order_relaxed);
        (*slot.load(std::memory_order_relaxed))[number % fan_out].store(chunk, std::memory_order_release);
    }

    std::atomic<std::uint64_t>& word_of(std::uint64_t position) const {
        return chunk_at(position / chunk_bits).words[position % chunk_bits / word_bits];
    }

    /// Members below `end`, which is not beyond what is published (or, for the writer, stored).
    std::uint64_t rank(std::uint64_t end) const {
        if (end == 0) return 0;
        const std::uint64_t last = end - 1;  // its count has been written; that of `end` perhaps not yet
        const Chunk& in = chunk_at(last / chunk_bits);
        const std::uint64_t word_number = last % chunk_bits / word_bits;
        const std::uint64_t block = word_number / block_words;
        std::uint64_t result = in.members_before.load(std::memory_order_acquire) +
                               in.block_members_before[block].load(std::memory_order_acquire);
        for (std::uint64_t i = block * block_words; i < word_number; ++i) {
            result += static_cast<std::uint64_t>(std::popcount(in.words[i].load(std::memory_order_acquire)));
        }
        const std::uint64_t mask = ~std::uint64_t{0} >> (word_bits - 1 - last % word_bits);
        return result + static_cast<std::uint64_t>(
                            std::popcount(in.words[word_number].load(std::memory_order_acquire) & mask));
    }

    /// The position of a member among the first `end` positions; `end` if there are fewer.
    std::uint64_t nth(std::uint64_t member, std::uint64_t end) const {
        if (end == 0) return end;
        const std::uint64_t last = end - 1;
        std::uint64_t low = 0;  // the last chunk with no more than `member` before it
        for (std::uint64_t high = last / chunk_bits + 1; high - low > 1;) {
            const std::uint64_t middle = low + (high - low) / 2;
            (chunk_at(middle).members_before.load(std::memory_order_acquire) <= member ? low : high) = middle;
        }
        const Chunk& in = chunk_at(low);
        const std::uint64_t chunk_begin = low * chunk_bits;
        std::uint64_t rest = member - in.members_before.load(std::memory_order_acquire);

        const std::uint64_t last_in_chunk = std::min(last - chunk_begin, chunk_bits - 1);
        std::uint64_t block = 0;
        for (std::uint64_t high = last_in_chunk / block_bits + 1; high - block > 1;) {
            const std::uint64_t middle = block + (high - block) / 2;
            (in.block_members_before[middle].load(std::memory_order_acquire) <= rest ? block : high) = middle;
        }
        rest -= in.block_members_before[block].load(std::memory_order_acquire);

        const std::uint64_t end_word = std::min((block + 1) * block_words, last_in_chunk / word_bits + 1);
        for (std::uint64_t i = block * block_words; i < end_word; ++i) {
            const std::uint64_t bits = in.words[i].load(std::memory_order_acquire);
            const auto here = static_cast<std::uint64_t>(std::popcount(bits));
            if (rest < here) return std::min(chunk_begin + i * word_bits + select_bit(bits, rest), end);
            rest -= here;
        }
        return end;
    }

    /// An answer that no `insert` has changed under way. The questions load with acquire, so that who has seen a changed
    /// number sees that `changes` is odd.
    template <typename Question>
    auto ask(Question question) const {
        for (;;) {
            const std::uint32_t before = changes.load(std::memory_order_acquire);
            if (before % 2 == 0) {
                const auto answer = question();
                if (changes.load(std::memory_order_relaxed) == before) return answer;
            }
            std::this_thread::yield();
        }
    }

    /// Position of a record, cut to what is published.
    std::uint64_t position(RecordIndex record, RecordIndex first) const {
        if (record < first) return 0;
        return std::min(record - first, decided.load(std::memory_order_acquire));
    }
};

RecordSet::RecordSet(RecordIndex first) : state_(std::make_unique<State>()), first_(first) {}
RecordSet::~RecordSet() = default;

void RecordSet::append(bool is_member) {
    State& state = *state_;
    const std::uint64_t in_chunk = state.appended % chunk_bits;
    if (in_chunk == 0) state.begin_chunk();
    if (in_chunk % block_bits == 0) {
        const std::uint64_t before =
            state.members - state.chunk->members_before.load(std::memory_order_relaxed);
        state.chunk->block_members_before[in_chunk / block_bits].store(static_cast<std::uint32_t>(before),
                                                                       std::memory_order_relaxed);
    }
    const std::uint64_t bit = in_chunk % word_bits;
    state.word |= std::uint64_t{is_member} << bit;
    state.members += is_member ? 1 : 0;
    ++state.appended;
    if (bit == word_bits - 1) {
        state.chunk->words[in_chunk / word_bits].store(state.word, std::memory_order_relaxed);
        state.word = 0;
    }
}

void RecordSet::publish() {
    State& state = *state_;
    if (state.appended % word_bits != 0) {
        state.chunk->words[state.appended % chunk_bits / word_bits].store(state.word,
                                                                          std::memory_order_relaxed);
    }
    state.decided.store(state.appended, std::memory_order_release);
}

bool RecordSet::insert(RecordIndex record) {
    State& state = *state_;
    assert(record >= first_ && record - first_ < state.appended);
    const std::uint64_t position = record - first_;
    const std::uint64_t bit = std::uint64_t{1} << position % word_bits;
    const bool in_last_word =
        position / word_bits == state.appended / word_bits && state.appended % word_bits != 0;
    std::atomic<std::uint64_t>& stored = state.word_of(position);
    const std::uint64_t word = in_last_word ? state.word : stored.load(std::memory_order_relaxed);
    if ((word & bit) != 0) return false;

    const std::uint32_t change = state.changes.load(std::memory_order_relaxed);
    state.changes.store(change + 1, std::memory_order_relaxed);
    if (in_last_word) state.word |= bit;
    stored.store(word | bit, std::memory_order_release);
    const std::uint64_t last = state.appended - 1;
    Chunk& in = state.chunk_at(position / chunk_bits);
    const std::uint64_t last_block =
        std::min(last - position / chunk_bits * chunk_bits, chunk_bits - 1) / block_bits;
    for (std::uint64_t i = position % chunk_bits / block_bits + 1; i <= last_block; ++i) {
        auto& count = in.block_members_before[i];
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    for (std::uint64_t i = position / chunk_bits + 1; i <= last / chunk_bits; ++i) {
        auto& count = state.chunk_at(i).members_before;
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    state.changes.store(change + 2, std::memory_order_release);
    ++state.members;
    return true;
}

RecordIndex RecordSet::decided() const { return first_ + state_->decided.load(std::memory_order_acquire); }

std::uint64_t RecordSet::size() const {
    return state_->ask([&] { return state_->rank(state_->decided.load(std::memory_order_acquire)); });
}

bool RecordSet::contains(RecordIndex record) const {
    if (record < first_ || record >= decided()) return false;
    const std::uint64_t position = record - first_;
    return (state_->word_of(position).load(std::memory_order_acquire) >> position % word_bits & 1U) != 0;
}

RecordIndex RecordSet::nth(MemberIndex member) const {
    return first_ +
           state_->ask([&] { return state_->nth(member, state_->decided.load(std::memory_order_acquire)); });
}

MemberIndex RecordSet::rank(RecordIndex record) const {
    const std::uint64_t position = state_->position(record, first_);
    return state_->ask([&] { return state_->rank(position); });
}

std::optional<RecordIndex> RecordSet::at_or_after(RecordIndex record) const {
    const std::uint64_t position = state_->position(record, first_);
    const std::uint64_t decided = state_->decided.load(std::memory_order_acquire);
    const std::uint64_t found = state_->ask([&] { return state_->nth(state_->rank(position), decided); });
    if (found == decided) return std::nullopt;
    return first_ + found;
}

std::optional<RecordIndex> RecordSet::before(RecordIndex record) const {
    const std::uint64_t position = state_->position(record, first_);
    return state_->ask([&]() -> std::optional<RecordIndex> {
        const std::uint64_t rank = state_->rank(position);
        if (rank == 0) return std::nullopt;
        return first_ + state_->nth(rank - 1, position);
    });
}

}  // namespace sockdesk::query
