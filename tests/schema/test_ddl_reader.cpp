// DDL text → Schema: what pg_dump writes (recorded from a real one), hand-written scripts, and text that is none.
#include <QtTest>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/schema/ddl_reader.h"

using namespace foreshard;
using namespace foreshard::schema;

namespace {

DdlReading readText(std::string_view text) {
    const DdlText one{"test.sql", text};
    return readDdl({&one, 1});
}
std::string fixture(const char* name) {
    return readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/schema/data/" + name).value();
}
const Table& table(const Schema& schema, const char* qualified) {
    for (const Table& one : schema.tables)
        if (one.qualifiedName() == qualified) return one;
    qFatal("no table %s", qualified);
}
std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
    return out;
}
std::string keyText(const Table& one, KeyKind kind) {
    std::string out;
    for (const Key& key : one.keys)
        if (key.kind == kind)
            out += (out.empty() ? "" : " ") + joined(key.columns) +
                   (kind == KeyKind::foreign ? ">" + key.referencedTable + ":" + joined(key.referencedColumns) : "");
    return out;
}
// "tenant_id=app.tenant", an expression as it is.
std::string policyText(const Table& one, PolicyCommand command) {
    std::string out;
    for (const PolicyKey& key : one.policyKeys(command)) out += (out.empty() ? "" : ", ") + key.expression + "=" + key.setting;
    return out;
}
std::string tableNames(const Schema& schema) {
    std::string out;
    for (const Table& one : schema.tables) out += (out.empty() ? "" : " ") + one.qualifiedName();
    return out;
}

}  // namespace

class TestDdlReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pgDump() {
        const DdlReading reading = readText(fixture("shop.schema.sql"));
        QCOMPARE(reading.diagnostics.total(), uint64_t(0));
        QCOMPARE(tableNames(reading.schema),
                 std::string("archive.orders public.Weird \"Name\" public.base public.cache "
                             "public.customer public.derived sales.order_line sales.orders"));
        const Table& customer = table(reading.schema, "public.customer");
        QCOMPARE(keyText(customer, KeyKind::primary), std::string("customer_id"));
        QCOMPARE(keyText(customer, KeyKind::unique), std::string("token"));
        const Column& id = *customer.column("customer_id");
        QVERIFY(id.identity && id.notNull && id.type == ValueType::integer);
        QCOMPARE(id.sequence, std::string("public.customer_customer_id_seq"));
        QCOMPARE(customer.column("email")->declaredType, std::string("character varying(120)"));
        QCOMPARE(customer.column("since")->declaredType, std::string("timestamp with time zone"));
        QVERIFY(customer.column("since")->type == ValueType::timestamp && !customer.column("since")->identity);
        QCOMPARE(customer.column("credit")->declaredType, std::string("numeric(12,2)"));
        QVERIFY(customer.column("code")->type == ValueType::paddedText);
        QVERIFY(customer.column("token")->type == ValueType::uuid);
        QCOMPARE(customer.column("tags")->declaredType, std::string("text[]"));
        QVERIFY(customer.column("tags")->type == ValueType::other);
        QVERIFY(customer.column("mood")->type == ValueType::text);     // an enum
        QVERIFY(customer.column("made")->type == ValueType::integer);  // a domain over integer
        QVERIFY(customer.column("full_text")->generated);
        QCOMPARE(customer.indexes.size(), size_t(3));
        QCOMPARE(joined(customer.indexes[0].columns), std::string("lower(email)"));
        QVERIFY(customer.indexes[0].unique);
        QCOMPARE(joined(customer.indexes[1].columns), std::string("prefs->>'tenant',born"));
        QVERIFY(!customer.indexes[2].unique);  // partial
    }
    void partitionsFoldIntoTheirRoot() {
        const Schema schema = readText(fixture("shop.schema.sql")).schema;
        const Table& orders = table(schema, "sales.orders");
        QCOMPARE(joined(orders.partitions),
                 std::string("sales.orders_2025,sales.orders_2026,sales.orders_2026_a,sales.orders_2026_b"));
        QCOMPARE(joined(orders.partitionKey), std::string("placed"));
        QCOMPARE(keyText(orders, KeyKind::primary), std::string("order_id,placed"));
        QCOMPARE(keyText(orders, KeyKind::foreign), std::string("customer_id>public.customer:customer_id"));
        QCOMPARE(orders.indexes.size(), size_t(1));
        QVERIFY(orders.column("order_id")->identity);
        QCOMPARE(schema.find("sales", "orders_2026_b"), schema.find("sales", "orders"));
        QCOMPARE(schema.find("", "orders_2025"), schema.find("sales", "orders"));
        QCOMPARE(keyText(table(schema, "sales.order_line"), KeyKind::foreign),
                 std::string("order_id,placed>sales.orders:order_id,placed"));
    }
    void twoTablesOfOneName() {
        const Schema schema = readText(fixture("shop.schema.sql")).schema;
        QVERIFY(!schema.find("", "orders"));  // archive and sales both have one
        QCOMPARE(schema.tables[*schema.find("", "orders", {"nope", "archive"})].schema, std::string("archive"));
        QCOMPARE(schema.tables[*schema.find("", "orders", {"sales", "archive"})].schema, std::string("sales"));
        QVERIFY(schema.find("", "customer") && !schema.find("", "CUSTOMER") && !schema.find("archive", "customer"));
    }
    void notesSayWhatWasLeftOut() {
        const Schema schema = readText(fixture("shop.schema.sql")).schema;
        QCOMPARE(joined(schema.notes),
                 std::string("public.derived inherits from public.base: its rows are rows of both, and are counted for "
                             "public.derived alone.,"
                             "1 extension left out: pg_trgm.,2 functions left out: public.touch, public.twice.,"
                             "1 materialized view left out: sales.daily.,1 policy left out: p of public.customer.,1 rule left out: r.,"
                             "1 view left out: public.big."));
        QVERIFY(table(schema, "public.derived").column("note"));
    }
    void exclusionsAndTriggers() {
        const DdlReading reading = readText("CREATE TABLE audit (id int); CREATE TABLE room (id int PRIMARY KEY, name text);\n"
                                            "CREATE FUNCTION log_it() RETURNS trigger AS $$ -- FROM room\nDECLARE total int; BEGIN SELECT count(*) INTO total FROM booking; INSERT INTO Audit VALUES (1); RETURN NULL; END $$ LANGUAGE plpgsql;\n"
                                            "CREATE TABLE booking (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));\n"
                                            "ALTER TABLE booking ADD CONSTRAINT gone EXCLUDE (room WITH =) WHERE (room > 5);\n"
                                            "CREATE TRIGGER logged AFTER INSERT OR UPDATE ON booking FOR EACH ROW EXECUTE FUNCTION log_it();\n"
                                            "CREATE TRIGGER elsewhere BEFORE DELETE ON booking EXECUTE PROCEDURE other.check_it('x');\n"
                                            "CREATE TRIGGER dropped BEFORE DELETE ON booking EXECUTE PROCEDURE log_it();\n"
                                            "DROP TRIGGER dropped ON booking; ALTER TRIGGER elsewhere ON booking RENAME TO checked; ALTER TABLE booking RENAME room TO hall;\n"
                                            "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION log_it();");
        QVERIFY2(reading.diagnostics.total() == 0, reading.diagnostics.shown().empty() ? "" : reading.diagnostics.shown().front().message.c_str());
        const Table& booking = table(reading.schema, "public.booking");
        const std::vector<Exclusion> exclusions{{"booking_room_during_excl", "gist", {{"hall", "="}, {"during", "&&"}}, false}, {"gone", "btree", {{"hall", "="}}, true}};
        QVERIFY(booking.exclusions == exclusions);
        const std::vector<Trigger> triggers{{"checked", "other.check_it", "DELETE", true, false, {}},
                                            {"logged", "log_it", "INSERT OR UPDATE", false, true, std::vector<std::string>{"public.audit", "public.booking"}}};
        QVERIFY(booking.triggers == triggers);
        QCOMPARE(reading.schema.writtenVersion(), 3u);
        ByteWriter out;
        writeSchema(out, reading.schema);
        ByteReader in(out.bytes());
        QVERIFY(readSchema(in) == reading.schema);
        // Whose schema has none of them reads and writes as before.
        QCOMPARE(readText("CREATE TABLE a (id int)").schema.writtenVersion(), 1u);
        // Triggers of other servers carry their code with them: left out, with a note.
        const auto other = readText("CREATE TABLE t (id int);\nCREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET id = 1; END;\n").schema;
        QVERIFY(table(other, "public.t").triggers.empty());
    }
    void dataInTheDumpChangesNothing() {
        const DdlReading bare = readText(fixture("shop.schema.sql"));
        const DdlReading full = readText(fixture("shop.full.sql"));
        QVERIFY(full.schema == bare.schema);
        QCOMPARE(full.diagnostics.total(), uint64_t(0));
    }
    void policiesOfADump() {
        const DdlReading reading = readText(fixture("policies.schema.sql"));
        QCOMPARE(reading.diagnostics.total(), uint64_t(0));
        const Table& orders = table(reading.schema, "public.orders");
        QVERIFY(orders.rowSecurity && orders.policies.size() == 3);
        QCOMPARE(policyText(orders, PolicyCommand::select), std::string("lower(region)=app.region, tenant_id=app.tenant"));
        for (const auto command : {PolicyCommand::insert, PolicyCommand::update, PolicyCommand::delete_})
            QCOMPARE(policyText(orders, command), std::string("tenant_id=app.tenant"));
        const Table& doc = table(reading.schema, "public.doc");
        QCOMPARE(policyText(doc, PolicyCommand::select), std::string("tenant=app.tenant_uuid"));
        QCOMPARE(policyText(doc, PolicyCommand::insert), std::string("data->>'tenant'=app.tenant"));
        QCOMPARE(policyText(doc, PolicyCommand::update), std::string());   // an OR binds nothing
        QCOMPARE(policyText(doc, PolicyCommand::delete_), std::string());
        QCOMPARE(joined(reading.schema.notes), std::string("1 policy left out: admin_all of public.orders."));
    }
    void policies_data() {
        QTest::addColumn<QString>("ddl");
        QTest::addColumn<QString>("keys");
        const auto row = [](const char* name, const char* ddl, const char* keys) { QTest::newRow(name) << QString(ddl) << QString(keys); };
        const auto policy = [](const char* name, const char* condition) {
            const std::string text = std::string("ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (") + condition + ")";
            QTest::newRow(name) << QString::fromStdString(text) << QString();
        };
        row("not enabled", "CREATE POLICY p ON t USING (a = current_setting('app.a'))", "");
        row("disabled", "CREATE POLICY p ON t USING (a = current_setting('app.a')); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t DISABLE ROW LEVEL SECURITY", "");
        row("none but exemptions", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t TO x USING ((true))", "");
        row("for another command", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t FOR DELETE USING (a = current_setting('app.a'))", "");
        // Either of two permissive policies lets a row pass; what both say holds.
        row("two permissive", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a = current_setting('app.a')); CREATE POLICY q ON t USING (b = 1)", "");
        row("two permissive that agree", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a = current_setting('app.a') AND b = current_setting('app.b')::int);"
                                         "CREATE POLICY q ON t FOR SELECT USING (t.a = current_setting('App.A') /* (USING */ )", "a=app.a");
        row("everybody else's rows too", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a = current_setting('app.a')); CREATE POLICY q ON t USING (true)", "");
        row("restrictive", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true); CREATE POLICY q ON t AS RESTRICTIVE USING (a = current_setting('app.a'))", "a=app.a");
        row("restrictive for some", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true); CREATE POLICY q ON t AS RESTRICTIVE TO x USING (a = current_setting('app.a'))", "");
        row("changed, renamed and dropped", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true); ALTER POLICY p ON t USING (b = current_setting('app.b')::int);"
                                            "ALTER POLICY p ON public.t RENAME TO r; CREATE POLICY q ON t USING (true); DROP POLICY q ON public.t; DROP POLICY IF EXISTS p ON t", "b=app.b");
        row("renamed and dropped columns", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a = current_setting('app.a')); ALTER TABLE t RENAME a TO x;"
                                           "CREATE POLICY q ON t USING (b = 1 AND x = current_setting('app.a')); ALTER TABLE t DROP b", "x=app.a");
        policy("a constant", "a = 'x'");
        policy("no equality", "a > current_setting('app.a')");
        policy("a list", "a = ANY(string_to_array(current_setting('app.a'), ','))");
        policy("a condition on no column", "current_setting('app.admin') = 'on'");
    }
    void policies() {
        QFETCH(QString, ddl);
        QFETCH(QString, keys);
        const DdlReading reading = readText("CREATE TABLE t (a text, b int);\n" + ddl.toStdString());
        QCOMPARE(reading.diagnostics.total(), uint64_t(0));
        QCOMPARE(QString::fromStdString(policyText(table(reading.schema, "public.t"), PolicyCommand::select)), keys);
    }
    void handWritten() {
        const DdlReading reading = readText(fixture("handwritten.sql"));
        const Schema& schema = reading.schema;
        QCOMPARE(tableNames(schema),
                 std::string("app.account app.copy_of app.later app.measurements app.tenant public.tenant"));
        const Table& account = table(schema, "app.account");
        QCOMPARE(keyText(account, KeyKind::primary), std::string("tenant_id,id"));
        QCOMPARE(
            keyText(account, KeyKind::foreign),
            std::string("tenant_id>app.tenant:id owner_id>app.tenant:id tenant_id,parent>app.account:tenant_id,id"));
        QCOMPARE(keyText(account, KeyKind::unique), std::string("owner_id,lower(note)"));
        QCOMPARE(account.column("opened")->declaredType, std::string("timestamp(3) with time zone"));
        QCOMPARE(account.column("id")->sequence, std::string("app.account_id_seq"));
        QVERIFY(table(schema, "app.tenant").column("id")->identity);
        QCOMPARE(joined(table(schema, "app.measurements").partitions), std::string("app.measurements_2026"));
        QVERIFY(table(schema, "public.tenant").column("Mixed Case"));
        QCOMPARE(table(schema, "app.copy_of").columns.size(), size_t(7));
        const std::map<std::string, uint64_t> reasons = {
            {"ddl_syntax", 3}, {"missing_semicolon", 1}, {"unknown_reference", 1}, {"unknown_table", 1}};
        QCOMPARE(reading.diagnostics.byReason(), reasons);
        for (const Diagnostic& one : reading.diagnostics.shown())
            if (one.reason == "ddl_syntax" && one.message.find(",") != std::string::npos && one.line == 16) {
                QCOMPARE(one.column, uint64_t(29));
                return;
            }
        QFAIL("the broken statement is not told by line");
    }
    void unclosedQuoteLosesOneStatementOnly() {
        const DdlReading reading =
            readText("CREATE TABLE a (id int);\nCREATE TABLE b (id int DEFAULT 'oops);\nCREATE TABLE c (id int);\n");
        QCOMPARE(tableNames(reading.schema), std::string("public.a public.c"));
        QCOMPARE(reading.diagnostics.shown()[0].reason, std::string("ddl_cut"));
        QCOMPARE(reading.diagnostics.shown()[0].line, uint64_t(2));
    }
    void selfReferenceBesideATableOfTheSameName() {
        const Schema schema = readText(
                                  "CREATE TABLE old.node (id int PRIMARY KEY); CREATE TABLE node (id int PRIMARY KEY, "
                                  "up int REFERENCES node);")
                                  .schema;
        QCOMPARE(keyText(table(schema, "public.node"), KeyKind::foreign), std::string("up>public.node:id"));
    }
    void longAndDeepStatements() {
        std::string sum = "CREATE TABLE deep (id int CHECK (id > 1";
        for (int i = 0; i < 100'000; ++i) sum += "+1";
        const DdlReading reading = readText(sum + "));\nCREATE TABLE after (id int);");
        QCOMPARE(tableNames(reading.schema), std::string("public.after"));
        QCOMPARE(reading.diagnostics.shown()[0].reason, std::string("ddl_too_long"));
        QCOMPARE(tableNames(readText("CREATE TABLE t (id int DEFAULT " + std::string(9'000, '(') + "1" +
                                     std::string(9'000, ')') + ");")
                                .schema),
                 std::string("public.t"));
    }
    void anyBytesGiveASchema() {
        Random random(7);
        const std::string dump = fixture("shop.schema.sql");
        for (int round = 0; round < 60; ++round) {
            std::string text = dump.substr(0, random.below(dump.size()));
            for (int flips = 0; flips < 20 && !text.empty(); ++flips)
                text[random.below(text.size())] = static_cast<char>(random.next());
            const DdlReading reading = readText(text);
            QVERIFY(reading.schema.tables.size() < 20);
        }
        QVERIFY(readText("").schema.tables.empty());
        QVERIFY(readText("'").schema.tables.empty() && readText("/*").schema.tables.empty() &&
                readText("$$").schema.tables.empty());
        QVERIFY(readText(std::string_view("CREATE TABLE a\0(id int);", 24)).schema.tables.empty());
        std::string quotes;
        for (int i = 0; i < 20'000; ++i) quotes += "CREATE '\n";  // each one an unclosed quote or a syntax error
        QVERIFY(readText(quotes).schema.tables.empty());
    }
    void serialisedForm() {
        const Schema schema = readText(fixture("shop.schema.sql")).schema;
        ByteWriter out;
        writeSchema(out, schema);
        ByteReader in(out.bytes());
        QVERIFY(readSchema(in) == schema && in.ok() && in.atEnd());
        for (size_t size = 0; size < out.bytes().size(); size += 7) {
            ByteReader cut(std::string_view(out.bytes()).substr(0, size));
            QVERIFY(readSchema(cut) == Schema{} && !cut.ok());
        }
        Random random(3);
        for (int round = 0; round < 500; ++round) {
            std::string bytes = out.bytes();
            bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
            ByteReader flipped(bytes);
            readSchema(flipped);
        }
        Schema other = schema;
        other.notes.push_back("more");
        QCOMPARE(other.fingerprint(), schema.fingerprint());
        other.tables[0].rows = 5;
        QVERIFY(other.fingerprint() != schema.fingerprint());
    }
    // What has policies is of the second version; all else is written as it was before there was one, and read.
    void serialisedPolicies() {
        const Schema schema = readText(fixture("policies.schema.sql")).schema, shop = readText("CREATE TABLE t (a text);").schema;
        ByteWriter out, before;
        writeSchema(out, schema);
        writeSchema(before, shop);
        QCOMPARE(out.bytes()[8], char(2));
        QCOMPARE(before.bytes()[8], char(1));
        ByteReader in(out.bytes()), old(before.bytes());
        QVERIFY(readSchema(in) == schema && in.ok() && in.atEnd());
        QVERIFY(readSchema(old) == shop && old.ok() && old.atEnd());
        for (size_t size = 0; size < out.bytes().size(); size += 5) {
            ByteReader cut(std::string_view(out.bytes()).substr(0, size));
            QVERIFY(readSchema(cut) == Schema{} && !cut.ok());
        }
        std::string newer = out.bytes();
        newer[8] = 3;
        ByteReader later(newer);
        QVERIFY(readSchema(later) == Schema{} && !later.ok());
        Schema open = schema;
        for (Table& one : open.tables) one.rowSecurity = false;
        QVERIFY(open.fingerprint() != schema.fingerprint());
    }
    void schemaFiles() {
        const TemporaryFolder folder;
        const auto file = [&](const char* name, std::string_view bytes) {
            const auto path = folder.path() / name;
            if (!writeFileWhole(path, bytes)) qFatal("cannot write");
            return path;
        };
        QVERIFY(*detectSchemaFile(file("a.sql", "CREATE TABLE a (id int);")) == SchemaFileKind::ddlText);
        QVERIFY(*detectSchemaFile(file("b.db", std::string_view("SQLite format 3\0and more", 24))) ==
                SchemaFileKind::sqliteDatabase);
        QVERIFY(detectSchemaFile(file("c.dump", "PGDMP\x01")).error().next.find("pg_restore") != std::string::npos);
        QVERIFY(detectSchemaFile(file("d.bin", std::string_view("ab\0cd", 5))).error().category ==
                ErrorCategory::format);
        QVERIFY(detectSchemaFile(file("e.sql", "")).error().category == ErrorCategory::format);
        QVERIFY(detectSchemaFile(folder.path() / "none").error().category == ErrorCategory::notFound);
        QVERIFY(!detectSchemaFile(folder.path()));
        Job job;
        const auto two = readSchemaFiles({folder.path() / "a.sql", file("f.sql",
                                                                        "\xef\xbb\xbf"
                                                                        "CREATE TABLE b (id int); oops;")},
                                         job);
        QCOMPARE(tableNames(*two), std::string("public.a public.b"));
        QCOMPARE(job.diagnostics().shown()[0].line, uint64_t(1));
        QVERIFY(readSchemaFiles({file("g.sql", "hello, world")}, job).error().category == ErrorCategory::format);
    }
};

QTEST_APPLESS_MAIN(TestDdlReader)
#include "test_ddl_reader.moc"
