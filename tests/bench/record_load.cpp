#include "tests/bench/record_load.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "samples/generator/tpcc.h"
#include "tests/support/private_postgres.h"

namespace foreshard::bench {

namespace {

using testsupport::PrivatePostgres;
namespace fs = std::filesystem;

constexpr int connections = 6;

Error failed(const std::string& message) { return {ErrorCategory::io, message, {}, {}}; }

// The mix decides values from the order in which its transactions are made, so one thread at a time asks it.
class Driver {
public:
    Driver(std::string conninfo, Protocol protocol, std::string csv, double bytes)
        : conninfo_(std::move(conninfo)), protocol_(protocol), csv_(std::move(csv)), bytes_(bytes), mix_({.warehouses = 10}), random_(1) {}

    Result<Driven> run() {
        std::vector<std::thread> clients;
        for (int i = 0; i < connections; ++i) clients.emplace_back([this] { client(); });
        while (!done_) {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            const auto size = static_cast<double>(fs::file_size(csv_));
            std::printf("\rrecording: %.0f MB", size / 1e6);
            std::fflush(stdout);
            if (size >= bytes_) done_ = true;
        }
        for (auto& client : clients) client.join();
        std::printf("\n");
        if (!error_.empty()) return failed(error_);
        return counts_;
    }

private:
    void client() {
        PGconn* connection = PQconnectdb(conninfo_.c_str());
        if (PQstatus(connection) != CONNECTION_OK) fail(PQerrorMessage(connection));
        PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
        while (!done_) {
            samplegen::Transaction transaction;
            {
                const std::lock_guard lock(mutex_);
                transaction = mix_.next(random_, time_ += microsPerSecond / 20);
            }
            execute(connection, transaction);
        }
        PQfinish(connection);
    }

    // Deadlocks happen, as in life; such a transaction is rolled back and counts as aborted.
    void execute(PGconn* connection, const samplegen::Transaction& transaction) {
        uint64_t statements = 0;
        bool sound = !transaction.block || send(connection, {"BEGIN", {}});
        for (const auto& statement : transaction.statements) {
            if (!sound) break;
            ++statements;
            sound = send(connection, statement);
        }
        const bool commits = sound && !transaction.aborted;
        if (transaction.block) send(connection, {commits ? "COMMIT" : "ROLLBACK", {}});
        const std::lock_guard lock(mutex_);
        counts_.statements += statements;
        ++(commits ? counts_.committed : counts_.aborted);
    }

    bool send(PGconn* connection, const samplegen::Statement& statement) {
        PGresult* result = nullptr;
        if (protocol_ == Protocol::simple) {
            result = PQexec(connection, samplegen::asLiteralText(statement).c_str());
        } else {
            std::vector<const char*> values;
            for (const auto& parameter : statement.parameters) values.push_back(parameter.text.c_str());
            result = PQexecParams(connection, statement.sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0);
        }
        const auto status = PQresultStatus(result);
        PQclear(result);
        if (PQstatus(connection) != CONNECTION_OK) fail(PQerrorMessage(connection));
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    }

    void fail(const std::string& message) {
        const std::lock_guard lock(mutex_);
        if (error_.empty()) error_ = message;
        done_ = true;
    }

    const std::string conninfo_;
    const Protocol protocol_;
    const std::string csv_;
    const double bytes_;
    std::mutex mutex_;
    std::atomic<bool> done_{false};
    samplegen::Tpcc mix_;
    Random random_;
    Instant time_ = 0;
    Driven counts_;
    std::string error_;
};

Status prepare(PrivatePostgres& server) {
    QStringList settings = PrivatePostgres::loggingSettings();
    settings << "log_statement = none" << "log_duration = off" << "log_min_duration_statement = 0" << "max_wal_size = 4GB";
    if (!server.start(settings)) return failed(server.error().toStdString());
    const samplegen::Tpcc mix({.warehouses = 10});
    PGconn* connection = PQconnectdb(server.connectionInfo().toStdString().c_str());
    PGresult* result = PQexec(connection, (mix.schemaSql() + mix.loadSql()).c_str());
    const bool sound = PQresultStatus(result) == PGRES_COMMAND_OK;
    const std::string message = PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
    if (!sound || !server.emptyLogs()) return failed(message);
    return {};
}

}  // namespace

std::string logPath(const std::string& folder, const std::string& ending) { return folder + "/server." + ending; }
const char* stderrPrefix() { return PrivatePostgres::logPrefix; }

Status recordLoad(const std::string& folder, Protocol protocol, double megabytes) {
    PrivatePostgres server;
    FS_TRY(prepare(server));
    Driver driver(server.connectionInfo().toStdString(), protocol, server.logFile("csv").toStdString(), megabytes * 1e6);
    FS_ASSIGN(const Driven counts, driver.run());
    server.stop();   // so that the collector has written everything
    std::error_code error;
    fs::create_directories(folder, error);
    for (const char* ending : {"csv", "json", "log"}) {
        fs::copy_file(server.logFile(ending).toStdString(), logPath(folder, ending), fs::copy_options::overwrite_existing, error);
        if (error) return failed(fmt::format("Cannot copy the log to {}: {}.", folder, error.message()));
    }
    std::ofstream(folder + "/driven.txt") << counts.statements << ' ' << counts.committed << ' ' << counts.aborted << '\n';
    return {};
}

Result<Driven> drivenOf(const std::string& folder) {
    Driven counts;
    std::ifstream in(folder + "/driven.txt");
    if (!(in >> counts.statements >> counts.committed >> counts.aborted)) return failed("No counts of a driver stand beside the logs.");
    return counts;
}

}  // namespace foreshard::bench
