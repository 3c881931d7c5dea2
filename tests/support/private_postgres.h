// PrivatePostgres: a PostgreSQL server of a test's own, in a temporary folder, reached by a Unix socket alone. It dies with
// the test, even with one that crashes. Started as the user "postgres" where the test runs as root, for initdb refuses root.
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QStringList>
#include <QtCore/QTemporaryDir>

namespace foreshard::testsupport {

class PrivatePostgres {
public:
    PrivatePostgres();
    ~PrivatePostgres();
    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;

    // Why no server can be had on this machine, as a sentence that says how to get one; empty where one can.
    static QString whyNot();

    // Settings that log every statement in all three formats at once: csvlog, jsonlog and stderr with this prefix.
    static QStringList loggingSettings();
    static constexpr const char* logPrefix = "%m [%p] %q%u@%d %c v%v ";

    // Makes a cluster with these settings ("name = value") on top of fast, small defaults and starts it.
    bool start(const QStringList& settings = {});
    void stop();
    // What went wrong, with the server's or program's own words.
    const QString& error() const { return error_; }

    // Runs SQL, or a program of PostgreSQL, against this server. False: it failed; error() says why.
    bool sql(const QString& text, QString* output = nullptr, const QString& database = QStringLiteral("postgres"));
    bool run(const QString& program, const QStringList& arguments, QString* output = nullptr, int timeoutMs = 120'000);
    bool pgbench(const QStringList& arguments, QString* output = nullptr, int timeoutMs = 120'000);

    // For libpq: "host=… user=… dbname=…".
    QString connectionInfo(const QString& database = QStringLiteral("postgres")) const;
    QString socketFolder() const;
    QString dataFolder() const;
    // "csv", "json" or "log"; complete once rotateLogs() or stop() came back.
    QString logFile(const QString& ending) const;
    // Starts the log files over: what was logged before is gone.
    bool emptyLogs();

private:
    QString binary(const QString& program) const;
    bool initialise(const QStringList& settings);
    bool waitUntilReady();
    QStringList asServerUser(const QString& program, const QStringList& arguments) const;
    bool runCommand(QStringList command, QString* output, int timeoutMs);

    QTemporaryDir folder_;
    QProcess server_;
    QString error_;
};

}  // namespace foreshard::testsupport
