// Every command of the README's code blocks runs, in order, on a fresh copy of the sample.
#include <QtTest>

#include <QRegularExpression>
#include <QTemporaryDir>

#include "tests/app/program.h"

using namespace foreshard::testapp;

class TestReadme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commandsRun() {
        QTemporaryDir folder;
        QVERIFY(unpackSample(folder.path()));
        QFile readme(FORESHARD_SOURCE_DIR "/README.md");
        QVERIFY(readme.open(QIODevice::ReadOnly));
        const auto text = QString::fromUtf8(readme.readAll());
        static const QRegularExpression block("```sh\\n(.*?)```", QRegularExpression::DotMatchesEverythingOption);
        int commands = 0;
        for (auto match = block.globalMatch(text); match.hasNext();)
            for (const auto& line : match.next().captured(1).split('\n', Qt::SkipEmptyParts)) {
                auto words = QProcess::splitCommand(line);
                QCOMPARE(words.takeFirst(), QStringLiteral("foreshard"));
                const auto run = runProgram(folder.path(), words);
                QVERIFY2(run.exitCode == 0, qPrintable(line + "\n" + QString::fromStdString(run.output + run.errors)));
                ++commands;
            }
        QVERIFY(commands >= 10);
    }
    // The two commands of the README are there and say what they do.
    void scriptsExist() {
        for (const char* script : {"samples/run.sh", "tests/run.sh", "installer/bootstrap.sh"}) {
            const QFileInfo info(QString(FORESHARD_SOURCE_DIR "/") + script);
            QVERIFY2(info.isExecutable(), script);
        }
    }
    void pictureExists() { QVERIFY(QFile::exists(FORESHARD_SOURCE_DIR "/resources/screenshots/hotspots.png")); }
};

QTEST_GUILESS_MAIN(TestReadme)
#include "test_readme.moc"
