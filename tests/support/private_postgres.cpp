#include "tests/support/private_postgres.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QThread>

#include <csignal>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foreshard::testsupport {

namespace {

// Debian keeps the server's programs out of the path, a folder for each version.
QString programFolder() {
    QDir versions(QStringLiteral("/usr/lib/postgresql"));
    QString best;
    for (const QString& version : versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        if (QFile::exists(versions.filePath(version + "/bin/initdb")) && version.toInt() >= best.toInt()) best = version;
    return best.isEmpty() ? QString() : versions.filePath(best + "/bin");
}

const passwd* serverUser() { return ::getpwnam("postgres"); }

}  // namespace

QString PrivatePostgres::whyNot() {
    if (programFolder().isEmpty()) return QStringLiteral("PostgreSQL is not installed; run apt-get install postgresql.");
    if (::geteuid() == 0 && !serverUser()) return QStringLiteral("There is no user \"postgres\" to start a server as; run apt-get install postgresql.");
    return {};
}

QStringList PrivatePostgres::loggingSettings() {
    return {"logging_collector = on", "log_destination = 'stderr,csvlog,jsonlog'", "log_filename = 'server.log'", "log_file_mode = 0644",
            "log_rotation_age = 0", "log_rotation_size = 0", "log_statement = all", "log_duration = on", "log_connections = on",
            "log_disconnections = on", QStringLiteral("log_line_prefix = '%1'").arg(logPrefix)};
}

PrivatePostgres::PrivatePostgres() = default;
PrivatePostgres::~PrivatePostgres() { stop(); }

QString PrivatePostgres::binary(const QString& program) const { return programFolder() + '/' + program; }
QString PrivatePostgres::socketFolder() const { return folder_.path(); }
QString PrivatePostgres::dataFolder() const { return folder_.filePath("data"); }
QString PrivatePostgres::logFile(const QString& ending) const { return dataFolder() + "/log/server." + ending; }
QString PrivatePostgres::connectionInfo(const QString& database) const {
    return QStringLiteral("host=%1 user=postgres dbname=%2").arg(socketFolder(), database);
}

// The server must not outlive the test, so it gets a signal when its parent dies.
QStringList PrivatePostgres::asServerUser(const QString& program, const QStringList& arguments) const {
    QStringList command{"setpriv"};
    if (::geteuid() == 0) command << "--reuid" << "postgres" << "--regid" << "postgres" << "--clear-groups";
    command << "--pdeathsig" << "INT" << "--" << program;
    return command + arguments;
}

bool PrivatePostgres::runCommand(QStringList command, QString* output, int timeoutMs) {
    QProcess process;
    const QString program = command.takeFirst();
    process.setWorkingDirectory(folder_.path());
    process.start(program, command);
    if (!process.waitForFinished(timeoutMs)) {
        error_ = QStringLiteral("%1 did not finish: %2").arg(program, process.errorString());
        process.kill();
        process.waitForFinished();
        return false;
    }
    if (output) *output = QString::fromUtf8(process.readAllStandardOutput());
    if (process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0) return true;
    error_ = QStringLiteral("%1 failed: %2").arg(program, QString::fromUtf8(process.readAllStandardError()));
    return false;
}

bool PrivatePostgres::initialise(const QStringList& settings) {
    if (!folder_.isValid()) {
        error_ = folder_.errorString();
        return false;
    }
    const QByteArray path = folder_.path().toUtf8();
    if (::geteuid() == 0 && (!serverUser() || ::chown(path.constData(), serverUser()->pw_uid, serverUser()->pw_gid) != 0)) {
        error_ = QStringLiteral("cannot hand %1 to the user postgres").arg(folder_.path());
        return false;
    }
    ::chmod(path.constData(), 0755);
    if (!runCommand(asServerUser(binary("initdb"), {"-D", dataFolder(), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"}), nullptr, 60'000))
        return false;
    QFile configuration(dataFolder() + "/postgresql.conf");
    if (!configuration.open(QIODevice::Append)) {
        error_ = configuration.errorString();
        return false;
    }
    const QStringList defaults{"listen_addresses = ''", QStringLiteral("unix_socket_directories = '%1'").arg(socketFolder()), "fsync = off",
                               "full_page_writes = off", "synchronous_commit = off", "shared_buffers = 64MB", "max_connections = 40",
                               "max_prepared_transactions = 20", "lc_messages = 'C'", "autovacuum = off"};
    configuration.write((defaults + settings).join('\n').toUtf8() + '\n');
    return true;
}

bool PrivatePostgres::start(const QStringList& settings) {
    if (server_.state() != QProcess::NotRunning) return true;
    if (!QFile::exists(dataFolder()) && !initialise(settings)) return false;
    QStringList command = asServerUser(binary("postgres"), {"-D", dataFolder()});
    const QString program = command.takeFirst();
    server_.setProcessChannelMode(QProcess::MergedChannels);
    server_.setWorkingDirectory(folder_.path());
    server_.start(program, command);
    return waitUntilReady();
}

bool PrivatePostgres::waitUntilReady() {
    QElapsedTimer timer;
    for (timer.start(); timer.elapsed() < 60'000; QThread::msleep(50)) {
        if (server_.state() == QProcess::NotRunning || server_.waitForFinished(0)) break;
        if (QProcess::execute(binary("pg_isready"), {"-q", "-h", socketFolder(), "-U", "postgres", "-d", "postgres"}) == 0) return true;
    }
    error_ = QStringLiteral("the server did not start: %1").arg(QString::fromUtf8(server_.readAll()));
    return false;
}

void PrivatePostgres::stop() {
    if (server_.state() == QProcess::NotRunning) return;
    ::kill(static_cast<pid_t>(server_.processId()), SIGINT);   // fast shutdown: does not wait for clients
    if (server_.waitForFinished(20'000)) return;
    server_.kill();
    server_.waitForFinished(5'000);
}

bool PrivatePostgres::run(const QString& program, const QStringList& arguments, QString* output, int timeoutMs) {
    const QString installed = binary(program);
    return runCommand(QStringList{QFile::exists(installed) ? installed : program, "-h", socketFolder(), "-U", "postgres"} + arguments, output, timeoutMs);
}

bool PrivatePostgres::sql(const QString& text, QString* output, const QString& database) {
    return run("psql", {"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", text}, output);
}

bool PrivatePostgres::pgbench(const QStringList& arguments, QString* output, int timeoutMs) {
    return run("pgbench", arguments + QStringList{"postgres"}, output, timeoutMs);
}

// The collector keeps its files open in append mode, so they can be cut while it runs.
bool PrivatePostgres::emptyLogs() {
    QThread::msleep(100);
    for (const char* ending : {"csv", "json", "log"}) {
        if (!QFile::exists(logFile(ending)) || QFile::resize(logFile(ending), 0)) continue;
        error_ = QStringLiteral("cannot empty %1").arg(logFile(ending));
        return false;
    }
    return true;
}

}  // namespace foreshard::testsupport
