// Every command of the README's code blocks runs, in order, on a fresh copy of the sample.
#include <QtTest>

#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

#include "tests/app/program.h"

using namespace foreshard::testapp;

class TestReadme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commandsRun() {
        QTemporaryDir folder;
        QFile readme(FORESHARD_SOURCE_DIR "/README.md");
        QVERIFY(readme.open(QIODevice::ReadOnly));
        const auto text = QString::fromUtf8(readme.readAll());
        static const QRegularExpression block("```sh\\n(.*?)```", QRegularExpression::DotMatchesEverythingOption);
        // The blocks are one session of a shell: the first makes a folder with the sample and finds the program.
        QString script = QStringLiteral("set -eu\n");
        for (auto match = block.globalMatch(text); match.hasNext();) script += match.next().captured(1);
        QVERIFY(QFile::link(FORESHARD_SOURCE_DIR "/samples", folder.filePath("samples")));
        QVERIFY(QDir(folder.path()).mkdir("build") && QFile::link(FORESHARD_BINARY_DIR, folder.filePath("build/release")));
        QProcess shell;
        shell.setWorkingDirectory(folder.path());
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("QT_QPA_PLATFORM", "offscreen");
        shell.setProcessEnvironment(environment);
        shell.start("bash", {"-x", "-c", script});
        QVERIFY(shell.waitForFinished(300'000));
        QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
        QVERIFY(script.count("foreshard ") >= 15);
        QVERIFY(QFile::exists(folder.filePath("shop/report.html")) && QFile::exists(folder.filePath("shop/pages/hotspots-light.png")));
    }
    // The scripts take no option that they do not know, and tell those that they do.
    void scriptsExplainThemselves() {
        for (const char* script : {"samples/run.sh", "tests/run.sh", "installer/bootstrap.sh"}) {
            QProcess help, wrong;
            help.start(QString(FORESHARD_SOURCE_DIR "/") + script, {"--help"});
            QVERIFY2(help.waitForFinished(30'000) && help.exitCode() == 0, script);
            QVERIFY2(help.readAllStandardOutput().startsWith("usage"), script);
            wrong.start(QString(FORESHARD_SOURCE_DIR "/") + script, {"--nonsense"});
            QVERIFY2(wrong.waitForFinished(30'000) && wrong.exitCode() == 2, script);
        }
    }
    void pictureExists() { QVERIFY(QFile::exists(FORESHARD_SOURCE_DIR "/resources/screenshots/hotspots.png")); }
};

QTEST_GUILESS_MAIN(TestReadme)
#include "test_readme.moc"
