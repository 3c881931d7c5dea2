// CallCollector: joins the records of a byte range to calls, session by session. A call is reported at the place where the
// log shows that it is over: its duration, its error, or the session's next statement. What a range cannot know, because
// the call began in the range to the left, is left open and settled by Carry, in order, so that any split of a log gives
// the same calls.
//
// Plans of auto_explain (plan.h) say how many rows a call has given or changed. Where statements are logged too (PlanUse::rows) the plan
// comes behind the line at a statement's start, in front of the line at its end, or, of a SELECT of the extended protocol, behind the
// line at its end, for its portal is closed later: so such a call waits for its plan until the session's next statement. A plan whose
// statement was not logged is a call of its own.
//
// Two steps, so that ranges can be read in parallel: add() every record; then, one range after the other, settle() with
// the Carry that the range to the left has left; then replay() gives the calls in order.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "core/ingest/evidence.h"
#include "core/ingest/message.h"
#include "core/ingest/plan.h"
#include "core/ingest/text_arena.h"
#include "core/workload/call_event.h"

namespace foreshard::ingest {

// A call that has begun and whose end is not in the log yet. Owns its text, as it may outlive its range.
struct OpenCall {
    Instant time = 0;
    std::string database, virtualTransaction, statement;
    std::vector<std::optional<std::string>> parameters;
    bool parametersKnown = false, cut = false, extended = false;
    bool portal = false;               // of the extended protocol
    bool fromPlan = false;             // only its plan is known
    Nanoseconds duration = -1, planDuration = -1;   // -1: not logged yet
    int64_t rows = -1;
    // Nothing but its plan may follow, or, of a plan, its statement.
    bool isComplete() const { return fromPlan || duration >= 0; }
    bool operator==(const OpenCall&) const = default;
};

// What passes from one range to the next, in file order.
struct Carry {
    std::map<std::string, OpenCall> open;     // by session
    // Sessions that have been seen and not been over yet, for a restart of the server ends them all. No more than mostLive are
    // remembered; what a forgotten one had open counts as open at the end of the log.
    std::set<std::string, std::less<>> live;
    static constexpr size_t mostLive = 100'000;
    std::set<std::string, std::less<>> autocommitOff;   // sessions that have turned it off; no more than mostLive
    Evidence evidence;
};

// What a range shows of calls that began in the ranges to its left: each session's first sign, up to the first restart of the
// server, which ends all that was open. Plain value; owns its text.
struct RangeEdge {
    // `end` ends what was open; what stands in front of that may belong to it: a duration, a plan, steps of the next call.
    enum class HeadKind : uint8_t { end, duration, plan, parse };
    struct Head {
        HeadKind kind = HeadKind::end;
        uint64_t offset = 0;
        Instant time = 0;
        Nanoseconds duration = -1;
        bool failed = false, bare = false;
        std::optional<OpenCall> own;              // a failed call of its own where nothing was open; of `plan` the plan
        std::optional<OpenCall> ended;            // the call of the record that ends it, behind it, which a plan may belong to
        bool operator==(const Head&) const = default;
    };
    std::map<std::string, std::vector<Head>, std::less<>> heads;   // by session
    // Whether what they leave open hangs on nothing to the left.
    static bool isClosed(const std::vector<Head>& heads) { return !heads.empty() && heads.back().kind == HeadKind::end; }
    struct Restart {
        uint64_t offset = 0;
        Instant time = 0;
        bool operator==(const Restart&) const = default;
    };
    std::optional<Restart> restart;
    std::set<std::string, std::less<>> over;      // sessions that were seen and are over; empty behind a restart
    bool operator==(const RangeEdge&) const = default;
};

struct EventSink {
    virtual ~EventSink() = default;
    virtual void call(const workload::CallEvent& event) = 0;
    virtual void sessionStarted(const workload::SessionEvent& event) = 0;
    virtual void sessionEnded(const workload::SessionEvent& event) = 0;
};

class CallCollector {
public:
    explicit CallCollector(PlanUse plans = PlanUse::none) : plans_(plans) { recentSessions_.fill(none); }
    // Copies what it keeps.
    void add(const LogRecord& record, uint64_t offset);
    void settle(Carry& carry);
    // Instead of settle(), where what lies to the left is not known: replay() leaves out what hangs on it, and `right` gets what
    // the range leaves.
    RangeEdge takeEdge(Carry& right);
    // As if a range with nothing but this edge had been read, of whose sessions `live` are not over. Then settle() and replay().
    void beginWith(const RangeEdge& edge, const std::set<std::string, std::less<>>& live);
    // Reports what the carry still holds as over, at `offset`: the log ends there. After settle(), before replay().
    void closeAll(Carry& carry, uint64_t offset);
    void replay(EventSink& sink, Weight weight) const;
    void clear();

    bool empty() const { return steps_.empty(); }   // replay() has nothing to say
    const Evidence& evidence() const { return evidence_; }

private:
    enum class What : uint8_t { call, head, headDuration, headPlan, headParse, sessionStarted, sessionEnded, serverStarted };
    static bool isHead(What what) { return what == What::head || (what >= What::headDuration && what <= What::headParse); }
    static constexpr uint32_t none = UINT32_MAX;
    struct Call {
        Instant time = 0;
        Nanoseconds duration = -1;
        int64_t rows = -1;
        std::string_view statement, virtualTransaction, database;
        uint32_t session = 0;          // index of sessions_
        uint32_t firstParameter = 0, parameters = 0;
        bool parametersKnown = false, cut = false, extended = false, failed = false, portal = false, fromPlan = false;
        bool single = false;           // surely one statement
        Nanoseconds planDuration = -1;
        bool isComplete() const { return fromPlan || duration >= 0; }
    };
    // One step in file order. A head is a session's first sign in this range: it ends the call that may have been open to
    // the left, and, where it is an error, is a failed call of its own if none was.
    struct Step {
        uint64_t offset = 0;
        Instant time = 0;
        Nanoseconds duration = -1;
        uint32_t session = 0;          // index of sessions_
        uint32_t call = none;          // index of calls_
        uint32_t settled = 0;          // first index of settled_, of `settledCount`
        uint32_t settledCount = 0;
        uint32_t over = 0;             // first index of over_, of `overCount`: sessions of ranges to the left
        uint32_t overCount = 0;
        uint32_t ended = none;         // of a head: index of calls_, the call of the record that ends it
        What what = What::call;
        bool failed = false, bare = false;
    };
    struct Session {
        std::string_view name;         // empty: the log does not say
        std::string_view virtualTransaction;   // of its last call
        uint32_t open = none;          // index of calls_
        bool seen = false;             // its state in this range is known
        bool live = true;              // not over yet
        std::optional<bool> autocommit;   // what this range says of it last
        bool wasOff = false;           // it was off before this range; after settle()
        uint32_t firstStep = 0;        // steps_ that were there before it was seen
    };

    static RangeEdge::HeadKind kindOf(What what);
    uint32_t sessionOf(std::string_view name);
    uint32_t makeCall(const LogRecord& record, const Message& message, uint32_t session);
    void readParameters(const LogRecord& record, const Message& message, Call& call);
    // `C`: Call or OpenCall.
    template <typename C>
    static void countCall(Evidence& evidence, const C& call, std::string_view session);
    template <typename C>
    static void countPlan(Evidence& evidence, const C& call, std::string_view session);
    // The session's open call, in this range or to the left, is over.
    void endOpen(uint32_t session, const LogRecord& record, uint64_t offset, Nanoseconds duration, bool failed, uint32_t ownCall);
    void step(What what, const LogRecord& record, uint64_t offset, uint32_t session, uint32_t call);
    void serverStarted(const LogRecord& record, uint64_t offset);
    void sessionEnded(const LogRecord& record, uint64_t offset, uint32_t session);
    void endLeftSessions(Carry& carry);
    void settleAutocommit(Carry& carry);
    using Parameters = std::span<const std::optional<std::string_view>>;
    Parameters parametersOf(const Call& call) const { return Parameters(parameters_).subspan(call.firstParameter, call.parameters); }
    void replayCall(EventSink& sink, const Step& step, const Call& call, std::string_view session, Parameters parameters, Weight weight) const;
    // A copy of `text`; `last` is the one before, which nearly always says the same.
    std::string_view kept(std::string_view text, std::string_view& last) { return text == last ? last : last = arena_.copy(text); }
    OpenCall owned(const Call& call) const;
    uint32_t restored(const OpenCall& open, uint32_t session);
    void countOwn(const Step& step);
    uint32_t addEnded(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session);
    void settleOpen(Step& step, const std::string& session, OpenCall open, Evidence& evidence);
    void settleHead(Step& step, Carry& carry);
    void settleAnyHead(Step& step, Carry& carry);

    // ---- with plans (collector_plans.cpp)
    static bool mayBePlannedLater(const Call& call);
    // Whether the plan `plan` is one of `call`, an open one; whether a call that was logged at its end takes the plan in front of it.
    template <typename C, typename P>
    static bool hasPlan(const C& call, const P& plan);
    template <typename P>
    static bool takesPlan(const Call& call, const P& plan);
    template <typename C, typename P>
    static void takePlan(C& call, const P& plan);
    // Reports the session's open call where it is complete; index of calls_ of a plan that belongs to the record itself.
    uint32_t closeComplete(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session);
    void durationWithPlans(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session);
    // False: as without plans.
    bool addWithPlans(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session);
    void endedWithPlans(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session);
    void parseWithPlans(const LogRecord& record, uint64_t offset, uint32_t session);
    void addPlan(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session);
    uint32_t makePlanCall(const LogRecord& record, const Plan& plan, std::string_view statement, Nanoseconds duration, uint32_t session);
    void settleDuration(Step& step, Carry& carry);
    void settlePlan(Step& step, Carry& carry);
    void settleParse(Step& step, Carry& carry);

    PlanUse plans_;
    PlanReader planReader_;
    Evidence evidence_;
    TextArena arena_;
    std::string_view lastDatabase_;
    ParameterList parameterList_;
    std::vector<Call> calls_;
    std::vector<std::optional<std::string_view>> parameters_;
    std::vector<Step> steps_;
    std::vector<std::pair<std::string, OpenCall>> settled_;
    std::vector<std::string> over_;
    std::vector<Session> sessions_;
    absl::flat_hash_map<std::string_view, uint32_t> sessionIds_;
    std::array<uint32_t, 64> recentSessions_;   // by the ends of their names; none: nothing there
};

}  // namespace foreshard::ingest
