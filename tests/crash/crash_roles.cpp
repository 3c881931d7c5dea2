#include "tests/crash/crash_roles.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/cluster/crash_points.h"
#include "core/cluster/session.h"

namespace crash {

using namespace foreshard::cluster;
namespace fs = std::filesystem;

Cluster clusterIn(const std::string& folder) {
    std::vector<ShardSpec> specs;
    for (int i = 0; i < shardCount; ++i) specs.push_back({fmt::format("s{}", i), fmt::format("sqlite:{}/shard{}.db", folder, i)});
    return Cluster::make(specs).value();
}

sharding::Design designOf(uint32_t shards) {
    sharding::Design design;
    design.id = fmt::format("on{}", shards);
    design.shards = shards;
    const auto add = [&](const char* table, const char* column, bool reference = false) {
        sharding::TableDesign out;
        out.table = std::string("main.") + table;
        out.group = 1;
        if (reference && shards > 1) out.strategy = sharding::Strategy::reference;
        if (column && shards > 1) {
            out.strategy = sharding::Strategy::hash;
            out.key = {{column, column, ValueType::integer}};
        }
        design.tables.push_back(out);
    };
    add("country", nullptr, true);
    add("customer", "id");
    add("line", "customer_id");
    add("note", "customer_id");
    add("orders", "customer_id");
    design.slotMaps[1] = sharding::evenSlotMap(shards);
    return design;
}

std::string logOf(const std::string& folder, const std::string& plan) { return folder + "/" + plan + ".log"; }

namespace {

int fail(const std::string& folder, const std::string& who, const Error& error) {
    std::ofstream(folder + "/trouble", std::ios::app) << who << ": " << error.message << " / " << error.cause << "\n";
    return 1;
}

// ---- migrate ------------------------------------------------------------------------------------------------------

int migrate(const std::string& folder, bool back, uint64_t killAt) {
    const auto bytes = readFile(folder + "/plan");
    if (!bytes.ok()) return fail(folder, "migrate", bytes.error());
    const auto plan = migration::readPlan(*bytes);
    if (!plan.ok()) return fail(folder, "migrate", plan.error());
    static std::atomic<uint64_t> points{0};
    if (killAt > 0)
        installCrashHandler([killAt](const char*) {
            if (++points == killAt) ::kill(::getpid(), SIGKILL);
        });
    migration::ExecuteOptions options;
    options.decisionLog = logOf(folder, plan->id);
    options.firstBatchRows = options.maxBatchRows = 15;
    options.busyMilliseconds = 20'000;
    Job job;
    const auto cluster = clusterIn(folder);
    const auto done = back ? migration::rollback(*plan, cluster, options, job) : migration::resume(*plan, cluster, options, job);
    if (done.ok()) return done->state == migration::MigrationState::done || done->state == migration::MigrationState::rolledBack ? 0 : 2;
    const auto first = done.error().message.find("never started") != std::string::npos;
    if (!first) return fail(folder, "migrate", done.error());
    const auto begun = migration::execute(*plan, cluster, options, job);
    if (!begun.ok()) return fail(folder, "migrate", begun.error());
    return begun->state == migration::MigrationState::done ? 0 : 2;
}

// A cluster that was never migrated has no catalogue yet: that is waited for. Nothing where the test ends before.
Result<std::unique_ptr<Session>> openSession(const std::string& folder, const SessionOptions& options) {
    for (;;) {
        auto session = Session::open(clusterIn(folder), options);
        if (session.ok() || session.error().category != ErrorCategory::notFound) return session;
        if (fs::exists(folder + "/stop")) return std::unique_ptr<Session>();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

// ---- write --------------------------------------------------------------------------------------------------------

std::string text(const Cells& cells) {
    std::string out;
    for (const auto& cell : cells) out += "|" + toText(cell);
    return out;
}

// Journals a change before it is tried and again, on the disk, when it was acknowledged.
class Journal {
public:
    explicit Journal(const std::string& path) : file_(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644)) {}
    void begin(const std::vector<std::pair<std::string, std::string>>& effects) {
        ++number_;
        std::string line = fmt::format("B\t{}", number_);
        for (const auto& [key, content] : effects) line += "\t" + key + "\t" + content;
        put(line);
    }
    void end(bool acknowledged) {
        put(fmt::format("{}\t{}", acknowledged ? 'A' : 'E', number_));
        ::fdatasync(file_);
    }

private:
    void put(std::string line) {
        line += "\n";
        if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
    }
    int file_;
    uint64_t number_ = 0;
};

class Writer {
public:
    Writer(std::string folder, int number) : folder_(std::move(folder)), number_(number), journal_(fmt::format("{}/journal{}", folder_, number)), random_(static_cast<uint64_t>(number) + 11) {}

    int run() {
        SessionOptions options;
        options.decisionLog = fmt::format("{}/writer{}.log", folder_, number_);
        options.timeoutMilliseconds = 60'000;
        options.busyMilliseconds = 10'000;
        auto session = openSession(folder_, options);
        if (!session.ok()) return fail(folder_, "writer", session.error());
        if (!*session) return 0;
        session_ = std::move(*session);
        while (!fs::exists(folder_ + "/stop")) {
            step();
            if (!met_ && session_->counters().settled > 0) {
                met_ = true;
                std::ofstream(folder_ + "/met") << "met";
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        const auto& counters = session_->counters();
        std::ofstream(folder_ + "/counters", std::ios::app) << counters.reroutes << " " << counters.waits << " " << counters.settled << "\n";
        return 0;
    }

private:
    struct Customer {
        int64_t id = 0, orders = 0, version = 0;
        std::set<int64_t> open;
    };

    void step() {
        const uint64_t what = random_.below(10);
        if (mine_.empty() || what < 3) newCustomer();
        else if (what < 5) newOrder(any());
        else if (what < 6) dropOrder(any());
        else if (what < 7) changeCustomer(any());
        else if (what < 8) newNote(any());
        else if (what < 9) changeTwo(any(), any());
        else changeCountry();
    }
    Customer& any() { return mine_[random_.below(mine_.size())]; }

    static std::string customerKey(int64_t id) { return fmt::format("customer|{}", id); }
    Cells customerRow(const Customer& customer) const { return {customer.id, fmt::format("v{}", customer.version), Cell{}}; }

    void acknowledge(const Status& status) {
        journal_.end(status.ok());
        if (!status.ok()) (void)fail(folder_, fmt::format("writer {}", number_), status.error());
    }
    Status write(const Customer& customer, const std::vector<std::pair<std::string, Cells>>& statements) {
        // The touched tables are those of the statements; their rows are known by customer.
        std::vector<Touch> touches{{"customer", {{"id", customer.id}}}};
        for (const char* table : {"orders", "line", "note"}) touches.push_back({table, {{"customer_id", customer.id}}});
        return session_->write(touches, [&](Shard& shard) -> Status {
            for (const auto& [sql, values] : statements) {
                FS_TRY(shard.execute(sql, values));
                if (shard.changes() != 1) return Error{ErrorCategory::internal, "A statement found no row: " + sql + text(values), {}, {}};
            }
            return {};
        }).status();
    }

    void newCustomer() {
        Customer customer{number_ * writerIds + static_cast<int64_t>(++made_), 1, 0, {1}};
        const Cells row = customerRow(customer), order{customer.id, int64_t{1}, std::string("new")}, line{customer.id, int64_t{1}, int64_t{1}, Blob{"abc"}};
        journal_.begin({{customerKey(customer.id), text(row)}, {fmt::format("orders|{}|1", customer.id), text(order)}, {fmt::format("line|{}|1|1", customer.id), text(line)}});
        const auto done = write(customer, {{"INSERT INTO customer VALUES (?, ?, ?)", row}, {"INSERT INTO orders VALUES (?, ?, ?)", order}, {"INSERT INTO line VALUES (?, ?, ?, ?)", line}});
        acknowledge(done);
        if (done.ok()) mine_.push_back(customer);
    }
    void newOrder(Customer& customer) {
        const int64_t nr = ++customer.orders;
        const Cells order{customer.id, nr, fmt::format("by {}", number_)};
        journal_.begin({{fmt::format("orders|{}|{}", customer.id, nr), text(order)}});
        const auto done = write(customer, {{"INSERT INTO orders VALUES (?, ?, ?)", order}});
        acknowledge(done);
        if (done.ok()) customer.open.insert(nr);
    }
    void dropOrder(Customer& customer) {
        if (customer.open.size() < 2) return;
        const int64_t nr = *customer.open.rbegin();
        journal_.begin({{fmt::format("orders|{}|{}", customer.id, nr), ""}});
        const auto done = write(customer, {{"DELETE FROM orders WHERE customer_id = ? AND nr = ?", {customer.id, nr}}});
        acknowledge(done);
        if (done.ok()) customer.open.erase(nr);
    }
    void changeCustomer(Customer& customer) {
        Customer next = customer;
        ++next.version;
        journal_.begin({{customerKey(customer.id), text(customerRow(next))}});
        const auto done = write(customer, {{"UPDATE customer SET name = ? WHERE id = ?", {fmt::format("v{}", next.version), customer.id}}});
        acknowledge(done);
        if (done.ok()) customer = next;
    }
    void newNote(Customer& customer) {
        const std::string unique = fmt::format("n{}-{}", number_, ++notes_);
        journal_.begin({{"note|" + unique, text({customer.id, unique})}});
        acknowledge(write(customer, {{"INSERT INTO note VALUES (?, ?)", {customer.id, unique}}}));
    }
    // Two customers, very likely on two shards: all or nothing.
    void changeTwo(Customer& a, Customer& b) {
        if (a.id == b.id) return;
        Customer nextA = a, nextB = b;
        ++nextA.version, ++nextB.version;
        journal_.begin({{customerKey(a.id), text(customerRow(nextA))}, {customerKey(b.id), text(customerRow(nextB))}});
        std::vector<RowOperation> operations;
        for (const auto* next : {&nextA, &nextB}) operations.push_back({OperationKind::update, "customer", {{"name", fmt::format("v{}", next->version)}}, {{"id", next->id}}});
        const auto done = session_->change(operations);
        acknowledge(done);
        if (done.ok()) a = nextA, b = nextB;
    }
    // Of a replicated table: inserted, changed some times, deleted, inserted anew.
    void changeCountry() {
        const std::string code = fmt::format("W{}", number_);
        const std::string name = fmt::format("v{}", ++countries_);
        RowOperation operation{OperationKind::update, "country", {{"name", name}}, {{"code", code}}};
        if (countries_ % 7 == 1) operation = {OperationKind::insert, "country", {{"code", code}, {"name", name}}, {}};
        if (countries_ % 7 == 0) operation = {OperationKind::erase, "country", {}, {{"code", code}}};
        journal_.begin({{"country|" + code, operation.kind == OperationKind::erase ? "" : text({code, name})}});
        acknowledge(session_->change({operation}));
    }

    std::string folder_;
    int number_;
    Journal journal_;
    Random random_;
    std::unique_ptr<Session> session_;
    std::vector<Customer> mine_;
    uint64_t made_ = 0, notes_ = 0, countries_ = 0;
    bool met_ = false;   // an intent of a process that was killed
};

// ---- read ---------------------------------------------------------------------------------------------------------

// Every row of the beginning once, whatever is moving.
Status readAll(Session& session, int64_t base) {
    int64_t customers = 0, sum = 0, orders = 0;
    FS_TRY(session.scatter([&](Shard& shard, uint32_t) -> Status {
        FS_ASSIGN(const auto rows, shard.rows("SELECT count(*), coalesce(sum(id), 0), (SELECT count(*) FROM orders WHERE customer_id <= ?1) FROM customer WHERE id <= ?1", Cells{base}));
        customers += integerOf(rows.at(0)[0]);
        sum += integerOf(rows.at(0)[1]);
        orders += integerOf(rows.at(0)[2]);
        return {};
    }));
    if (customers == base && sum == base * (base + 1) / 2 && orders == 2 * base) return {};
    return Error{ErrorCategory::internal, fmt::format("saw {} customers (ids sum up to {}) and {} orders", customers, sum, orders), {}, {}};
}

// One customer, with a country from a replicated table beside it.
Status readOne(Session& session, int64_t id) {
    const std::vector<Touch> touches{{"customer", {{"id", id}}}, {"orders", {{"customer_id", id}}}, {"country", {{"code", std::string("DE")}}}};
    return session.read(touches, [&](Shard& shard) -> Status {
        FS_ASSIGN(const auto rows, shard.rows("SELECT (SELECT count(*) FROM customer WHERE id = ?1), (SELECT count(*) FROM orders WHERE customer_id = ?1), (SELECT count(*) FROM country WHERE code = 'DE')", Cells{id}));
        if (integerOf(rows.at(0)[0]) == 1 && integerOf(rows.at(0)[1]) == 2 && integerOf(rows.at(0)[2]) == 1) return {};
        return Error{ErrorCategory::internal, fmt::format("customer {}: saw {} of it, {} orders and {} countries", id, integerOf(rows.at(0)[0]), integerOf(rows.at(0)[1]), integerOf(rows.at(0)[2])), {}, {}};
    }).status();
}

int readAlways(const std::string& folder, int64_t base) {
    SessionOptions options;
    options.timeoutMilliseconds = 60'000;
    options.busyMilliseconds = 10'000;
    auto session = openSession(folder, options);
    if (!session.ok()) return fail(folder, "reader", session.error());
    uint64_t reads = 0;
    for (; *session && !fs::exists(folder + "/stop"); ++reads) {
        if (const auto read = readAll(**session, base); !read.ok()) return fail(folder, "reader", read.error());
        const int64_t id = 1 + static_cast<int64_t>(reads * 7919 % static_cast<uint64_t>(base));
        if (const auto read = readOne(**session, id); !read.ok()) return fail(folder, "reader of one", read.error());
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    std::ofstream(folder + "/reads") << reads << " " << (*session ? (*session)->counters().retriedReads : 0) << "\n";
    return 0;
}

}  // namespace

std::optional<int> runRole(int argc, char** argv) {
    if (argc < 3) return std::nullopt;
    const std::string role = argv[1], folder = argv[2];
    if (!role.starts_with("--role-")) return std::nullopt;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);   // a failed test leaves nobody behind
    const uint64_t number = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
    if (role == "--role-migrate") return migrate(folder, false, number);
    if (role == "--role-rollback") return migrate(folder, true, number);
    if (role == "--role-write") return Writer(folder, static_cast<int>(number)).run();
    if (role == "--role-read") return readAlways(folder, static_cast<int64_t>(number));
    return std::nullopt;
}

void readJournal(const std::string& path, Expected& expected) {
    std::ifstream in(path);
    std::map<std::string, std::vector<std::string>> begun;
    const auto split = [](const std::string& line) {
        std::vector<std::string> parts;
        size_t at = 0;
        for (size_t tab; (tab = line.find('\t', at)) != std::string::npos; at = tab + 1) parts.push_back(line.substr(at, tab - at));
        parts.push_back(line.substr(at));
        return parts;
    };
    for (std::string line; std::getline(in, line);) {
        auto parts = split(line);
        if (parts[0] == "B") {
            begun[parts[1]] = std::move(parts);
            continue;
        }
        const auto effects = begun.extract(parts[1]).mapped();
        ++(parts[0] == "A" ? expected.acknowledged : expected.failed);
        for (size_t i = 2; i + 1 < effects.size(); i += 2) {
            if (parts[0] != "A") expected.unknown.insert(effects[i]);
            else if (effects[i + 1].empty()) expected.rows.erase(effects[i]);
            else expected.rows[effects[i]] = effects[i + 1];
        }
    }
    for (const auto& [number, effects] : begun)
        for (size_t i = 2; i + 1 < effects.size(); i += 2) expected.unknown.insert(effects[i]);
}

std::map<std::string, std::string> contentsOf(const std::string& folder) {
    std::map<std::string, std::string> all;
    const auto cluster = clusterIn(folder);
    const std::map<std::string, std::vector<size_t>> keys{{"customer", {0}}, {"orders", {0, 1}}, {"line", {0, 1, 2}}, {"note", {1}}, {"country", {0}}};
    for (uint32_t i = 0; i < cluster.size(); ++i) {
        if (!cluster.exists(i)) continue;
        const auto shard = cluster.open(i).value();
        for (const auto& [table, key] : keys) {
            (void)shard->query("SELECT * FROM " + table, {}, [&, &table = table, &key = key](const Cells& row) {
                std::string name = table;
                for (const size_t place : key) name += "|" + (row[place].index() == 3 ? textOf(row[place]) : toText(row[place]));
                // Copies of a replicated row must be equal; they count once.
                if (table == "country") {
                    const auto [at, fresh] = all.emplace(name, text(row));
                    if (!fresh && at->second != text(row)) all.emplace(name + "#differs", text(row));
                } else if (!all.emplace(name, text(row)).second) {
                    all.emplace(name + "#2", text(row));
                }
                return true;
            });
        }
    }
    return all;
}

}  // namespace crash
