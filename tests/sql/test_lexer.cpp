// Tokens: PostgreSQL's lexical rules, and text that breaks them.
#include <QtTest>

#include "core/base/hash.h"
#include "core/sql/lexer.h"

using namespace foreshard::sql;

namespace {

// "kind:text" of each token, blanks between.
std::string shown(std::string_view text) {
    const Tokens result = tokenize(text);
    std::string out;
    for (const Token& token : result.tokens) {
        static const char* kinds[] = {"w", "v", "n", "#", "s", "p", "o", ""};
        const std::string kind = kinds[static_cast<int>(token.kind)];
        out += (out.empty() ? "" : " ") + kind + (kind.empty() ? "" : ":") + std::string(token.text);
    }
    return out + (result.cut ? " CUT" : "");
}

std::string decoded(std::string_view text) {
    struct Sink {
        std::string out;
        void word(const char*, const char*, uint64_t, const Keyword&) {}
        void valueWord(const char*, const char*, Word) {}
        void name(const QuotedSpan& span) { out += decodeQuoted(span); }
        void number(const char*, const char*) {}
        void text(const QuotedSpan& span) { out += decodeQuoted(span); }
        void parameter(const char*, const char*) {}
        void op(const char*, const char*) {}
        const char* punct(const char* at) { return at + 1; }
        void cut() {}
    } sink;
    std::string padded(text);
    padded.append(lexPadding, '\0');
    Lexer<Sink>(padded.data(), padded.data() + text.size(), sink).run();
    return sink.out;
}

}  // namespace

class TestLexer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tokens_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) { QTest::newRow(text) << text << expected; };
        row("", "");
        row(" \t\r\n\f\v", "");
        row("a_1$ Ünï 名", "w:a_1$ w:Ünï w:名");
        row("SELECT a.b, \"c\"\"d\".*", "w:SELECT w:a . w:b , n:\"c\"\"d\" . o:*");
        row("U&\"d\\0061\" u&'x' e'a\\'b' b'01' X'1f' n'y' 'q''r'",
            "n:U&\"d\\0061\" s:u&'x' s:e'a\\'b' s:b'01' s:X'1f' s:n'y' s:'q''r'");
        row("1 1.5 +.5 5. 1e5 1.5E-3 1e 0x1F 0b01 1_000",
            "#:1 #:1.5 o:+ #:.5 #:5. #:1e5 #:1.5E-3 #:1 w:e #:0x1F #:0b01 #:1_000");
        row("1..2", "#:1 . . #:2");
        row("$1 $12 $$a$$ $t$ $x$ $t$ $ $1a", "p:$1 p:$12 s:$$a$$ s:$t$ $x$ $t$ $ p:$1 w:a");
        row("a = ? AND b IN (?, ?) AND c ? 'k' AND d ?| e",
            "w:a o:= p:? w:AND w:b w:IN ( p:? , p:? ) w:AND w:c o:? s:'k' w:AND w:d o:?| w:e");
        row("a=? AND b<=?", "w:a o:= p:? w:AND w:b o:<= p:?");
        row("a = :name AND b = :x::int AND c[1:n] AND d := 5",
            "w:a o:= p::name w:AND w:b o:= p::x o::: w:int w:AND w:c [ #:1 o:: w:n ] w:AND w:d o::= #:5");
        row("a::int::text", "w:a o::: w:int o::: w:text");
        row("a->>'x' #>> @> <> != || ~* -> ", "w:a o:->> s:'x' o:#>> o:@> o:<> o:!= o:|| o:~* o:->");
        row("a=-5 AND b = - 5 AND c - 5 AND (-5) AND d-5",
            "w:a o:= #:-5 w:AND w:b o:= #:- 5 w:AND w:c o:- #:5 w:AND ( #:-5 ) w:AND w:d o:- #:5");
        row("a*-5 @-5 +.5", "w:a o:* #:-5 o:@- #:5 o:+ #:.5");
        row("-- c\na -- d", "w:a");
        row("/* a /* b */ c */ x /**/ y", "w:x w:y");
        row("a/* b */-- c", "w:a");
        row("a /*-*/ - /*+*/ b", "w:a o:- w:b");
        row("# mysql\n# again\nSELECT 1 # 2", "w:SELECT #:1 o:# #:2");
        row("`a``b` `c`", "n:`a``b` n:`c`");
        row("null = NULL AND x IS NULL AND y IS NOT NULL AND true",
            "v:null o:= v:NULL w:AND w:x w:IS w:NULL w:AND w:y w:IS w:NOT w:NULL w:AND v:true");
        row("VALUES (NULL, TRUE) DEFAULT NULL t.null SET NULL",
            "w:VALUES ( v:NULL , v:TRUE ) w:DEFAULT w:NULL w:t . w:null w:SET w:NULL");
        row("IS NOT DISTINCT FROM NULL", "w:IS w:NOT w:DISTINCT w:FROM v:NULL");
        row("'a' 'b'", "s:'a' s:'b'");
        row("'a'\n  'b'", "s:'a'\n  'b'");
        row("'cut", "s:'cut CUT");
        row("\"cut", "n:\"cut CUT");
        row("e'cut\\", "s:e'cut\\ CUT");
        row("$a$ cut $a", "s:$a$ cut $a CUT");
        row("a /* cut /* */", "w:a CUT");
        row("'", "s:' CUT");
        row("U&", "w:U o:&");
    }
    void tokens() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(shown(text.toStdString())), expected);
    }

    void decoding_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* text, const char* expected) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(expected);
        };
        row("'it''s'", "it's");
        row("'a\\b'", "a\\b");
        row("E'a\\b\\f\\n\\r\\t\\\\\\'''\\q'", "a\b\f\n\r\t\\''q");
        row("E'\\101\\x42\\u0043\\U00000044\\u00e9\\x'", "ABCD\xc3\xa9x");
        row("E'\\uD83D\\uDE00'", "\xf0\x9f\x98\x80");
        row("E'\\uD83D!'", "\xef\xbf\xbd!");
        row("U&'\\0041\\+000042\\\\ \\D83D\\DE00'", "AB\\ \xf0\x9f\x98\x80");
        row("U&\"d\\0061t\\0061\"", "data");
        row("\"a\"\"b\"", "a\"b");
        row("`a``b`", "a`b");
        row("$$it's$$", "it's");
        row("'a'\n'b''c'\n'd'", "ab'cd");
        row("X'1f'", "1f");
    }
    void decoding() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(QByteArray::fromStdString(decoded(text.toStdString())), expected);
    }

    // The vector form, the plain form and the form for quoted names must agree for ever: fingerprints are stored.
    void wordHashes() {
        foreshard::Random random(7);
        for (int i = 0; i < 2'000; ++i) {
            std::string word;
            const size_t size = 1 + random.below(60);
            while (word.size() < size) {
                const char c = static_cast<char>(random.below(256));
                if (isWordByte(static_cast<uint8_t>(c))) word += c;
            }
            std::string padded = word + "(" + std::string(lexPadding, '\0');
            const WordRun run = readWord(padded.data());
            QCOMPARE(run.length, static_cast<uint32_t>(word.size()));
            QCOMPARE(run.hash, hashWord(lowered(word)));
            QCOMPARE(hashWordAt(padded.data(), word.size()), hashWord(word));
        }
        QCOMPARE(hashWord("customer_id"), 7387351830735305693ULL);
        QCOMPARE(hashWord("a_name_of_more_than_sixteen_bytes"), 3871064247372996427ULL);
    }

    void everyKeywordIsFound() {
        QCOMPARE(findKeyword(hashWord("select")).word, Word::select);
        QCOMPARE(findKeyword(hashWord("date_trunc")).shape, uint8_t{1});
        QCOMPARE(findKeyword(hashWord("customer_id")).word, Word::none);
    }

    void tokensCoverTheTextInOrder() {
        foreshard::Random random(11);
        for (int i = 0; i < 3'000; ++i) {
            std::string text;
            static const char alphabet[] = "'\"`$-/*#\\eEuU&xX? :;.,()[]{}ab10+=<>|\n\0\x80\xff";
            for (uint64_t size = random.below(80); size > 0; --size) text += alphabet[random.below(sizeof alphabet)];
            size_t at = 0;
            for (const Token& token : tokenize(text).tokens) {
                QVERIFY(token.offset >= at && !token.text.empty());
                at = token.offset + token.text.size();
                QVERIFY(at <= text.size());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestLexer)
#include "test_lexer.moc"
