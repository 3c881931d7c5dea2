// What the window makes of the verbs: the same results as the command line, in the words of pages and buttons.
#include <QtTest>

#include "app/verbs/designs.h"
#include "app/verbs/models.h"
#include "app/workbench/actions.h"
#include "app/workbench/contents.h"
#include "app/workbench/migration_words.h"
#include "app/workbench/next_steps.h"
#include "core/advisor/decisions.h"
#include "core/project/project.h"
#include "tests/migration/migration_fixture.h"
#include "tests/project/sample_values.h"

using namespace shop;
using namespace foreshard::workbench;

namespace {

// A page's view of a plan that has been run as far as it says.
ui::MigrationView viewOf(const Shop& shop, const MigrationPlan& plan) { return migrationView(plan, status(plan, shop.cluster).value()); }

const ui::StepView& first(const ui::MigrationView& view, const std::string& kind) {
    const auto found = std::find_if(view.steps.begin(), view.steps.end(), [&](const auto& step) { return step.kind == kind; });
    if (found == view.steps.end()) qFatal("no step %s", kind.c_str());
    return *found;
}

Result<ui::Contents> run(const std::filesystem::path& file, const std::function<Result<ui::Contents>(ui::ActionContext&)>& verb) {
    Job job;
    ui::Contents now;
    if (!file.empty()) now.project = ui::ProjectInfo{"p", file, false};
    ui::ActionContext context{now, job, [](ui::Contents) {}};
    return verb(context);
}

// A project with a log of one table.
std::filesystem::path customers(const std::filesystem::path& folder) {
    const auto file = folder / "p.foreshard";
    auto project = std::move(project::Project::create(file)).value();
    const auto schema = project::samples::schemaOf("CREATE TABLE customer (id int PRIMARY KEY, name text)");
    Shop::must(project.saveSchema(schema, {}));
    const auto partial = project::samples::partialOf(schema, "log", 50);
    Shop::must(project.saveWorkload(partial, *workload::finish(partial), {{"a", 1, 1, 1}}));
    return file;
}

}  // namespace

class TestWorkbench : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // What is there now follows what has happened; every sentence names its shard.
    void stepsSayWhatIsThere() {
        Shop shop(2);
        auto plan = shop.plan(oneDatabase(), byCustomer(2), 200);
        auto view = viewOf(shop, plan);
        for (const auto& step : view.steps) {
            for (const auto& words : {step.now, step.after, step.wayBack}) {
                QVERIFY2(!words.empty() && words.find("  ") == std::string::npos && words.find(" .") == std::string::npos && words.find(" on ,") == std::string::npos, words.c_str());
            }
        }
        QCOMPARE(first(view, "capture").now, std::string("Nobody follows the changes on s0."));
        QVERIFY(first(view, "capture").after.find("leave s0 are listed") != std::string::npos);
        QVERIFY2(view.after.find(" steps in ") != std::string::npos && view.after.ends_with(" rounds"), view.after.c_str());
        QVERIFY(first(view, "move chunk").now.find("live on s0") != std::string::npos);
        addSql(view, stepSql(plan, shop.cluster).value());
        for (const auto& step : view.steps) QVERIFY2(step.sql.starts_with("-- s"), step.kind.c_str());
        QVERIFY(first(view, "move chunk").sql.find("INSERT INTO \"orders\"") != std::string::npos);

        Shop::approveAll(plan);
        Job job;
        QVERIFY(execute(plan, shop.cluster, shop.options(), job).ok());
        view = viewOf(shop, plan);
        QCOMPARE(view.state, std::string("done"));
        QVERIFY2(view.now.starts_with("by-customer"), view.now.c_str());
        QVERIFY(view.after.empty());
        QVERIFY(std::none_of(view.lint.begin(), view.lint.end(), [](const auto& finding) { return finding.what == "shard_will_be_made"; }));
        addSql(view, stepSql(plan, shop.cluster).value());
        for (const auto& step : view.steps) {
            QVERIFY(step.sql.empty());                       // nothing more will run
            QVERIFY2(step.after.empty(), step.after.c_str());
            QVERIFY2(step.wayBack.find("cannot be rolled back") != std::string::npos, step.wayBack.c_str());
        }
        QVERIFY(first(view, "move chunk").now.find("live on s1") != std::string::npos);
        QVERIFY2(first(view, "capture").now.find("taken down") != std::string::npos, first(view, "capture").now.c_str());
        QVERIFY(first(view, "switch design").now.find("by-customer") != std::string::npos);
    }

    void rolledBackStepsSayWhatIsThere() {
        Shop shop(2);
        auto plan = shop.plan(oneDatabase(), byCustomer(2), 200);
        std::vector<std::string> moves;                      // all but the verification and what comes after it
        for (const auto& step : plan.steps) {
            if (step.kind != StepKind::verify && step.kind != StepKind::switchDesign && step.kind != StepKind::cleanUp) moves.push_back(step.id);
        }
        Shop::must(approve(plan, moves, "test", 1));
        Job job;
        QVERIFY(execute(plan, shop.cluster, shop.options(), job).ok());
        auto view = viewOf(shop, plan);
        QVERIFY2(view.now.find(" is in force. ") != std::string::npos && view.now.find(" moved.") != std::string::npos, view.now.c_str());
        QVERIFY(view.wayBack.find("keeps its way back") != std::string::npos);
        QVERIFY(first(view, "move chunk").now.find("live on s1") != std::string::npos);
        QVERIFY(rollback(plan, shop.cluster, shop.options(), job).ok());
        view = viewOf(shop, plan);
        QVERIFY2(view.now.find("Every row is where it was") != std::string::npos, view.now.c_str());
        QVERIFY(first(view, "move chunk").now.find("live on s0") != std::string::npos);
        QCOMPARE(first(view, "move chunk").wayBack, std::string("It has been rolled back."));
        QCOMPARE(first(view, "capture").now, std::string("Nobody follows the changes on s0."));
    }

    // A table of statements is known for one, and read by the columns that were chosen.
    void tablesAreReadByColumns() {
        const TemporaryFolder folder;
        const auto log = folder.path() / "calls.csv";
        QVERIFY(writeFileWhole(log, "at,sql,took_ms\n2026-11-01 10:00:00,SELECT name FROM customer WHERE id = 1,2.5\n2026-11-01 10:00:01,SELECT name FROM customer WHERE id = 2,1.5\n").ok());
        const auto actions = makeActions();
        const auto known = actions.identify(log);
        QVERIFY(known.kind == ui::FileKind::table && known.table);
        QVERIFY2(known.what.starts_with("table of 3 columns"), known.what.c_str());
        ui::NewProjectRequest request;
        request.project = folder.path() / "p.foreshard";
        request.logs = {log};
        request.format = "table";
        request.columns = {"time=at", "statement=sql", "duration_ms=took_ms"};
        const auto made = run(request.project, [&](auto& context) { return actions.newFromLogs(context, request); });
        QVERIFY(made.ok() && made->workload);
        QCOMPARE(made->workload->facts->totals.callsLogged, uint64_t(2));
        QCOMPARE(made->workload->facts->templates.size(), size_t(1));
        QCOMPARE(made->readShare, std::optional(1.0));
    }

    // With what is decided the page and the verb give the same designs, to the byte; what is decided is in the project.
    void thePageAndTheVerbAgree() {
        const TemporaryFolder folder;
        const auto file = customers(folder.path());
        const auto actions = makeActions();
        using Kind = advisor::Decision::Kind;
        Job job;
        ui::Contents now;
        now.project = ui::ProjectInfo{"p", file, false};
        now.decisions = std::make_shared<const advisor::Decisions>(advisor::Decisions{{Kind::pin, {"public.customer"}, "name", 0, {}}, {Kind::weight, {}, "write_visit", 3, {}}});
        std::vector<ui::Contents> stages;
        ui::ActionContext context{now, job, [&](ui::Contents stage) { stages.push_back(std::move(stage)); }};
        ui::AdviseRequest request;
        request.options.shards = 3;
        const auto page = actions.advise(context, request);
        QVERIFY(page.ok() && page->advice && !page->stale->contains(ui::PageId::designs));
        QVERIFY(std::any_of(stages.begin(), stages.end(), [](const auto& stage) { return stage.bestSoFar != nullptr; }));
        const auto bytes = [](advisor::Advice advice) {
            advice.secondsToBest = 0;
            return advisor::writeAdvice(advice);
        };
        const auto verb = verbs::advise({.project = file, .shards = 3}, job);
        QVERIFY(verb.ok());
        QCOMPARE(bytes(**verb), bytes(*page->advice));
        QCOMPARE((*verb)->weights.writeVisit, 3.0);
        QCOMPARE(project::Project::open(file)->obeyedDecisions().value(), *now.decisions);
        // Left out, it is another advice, and the page says that it is not what was decided.
        const auto without = verbs::advise({.project = file, .shards = 3, .unsteered = true}, job);
        QVERIFY(without.ok() && bytes(**without) != bytes(**verb));
        ui::Contents later;
        QVERIFY(loadStaleness(*project::Project::open(file), later).ok());
        QVERIFY(later.stale->contains(ui::PageId::designs));
        const auto undone = actions.decide(context, {});
        QVERIFY(undone.ok() && !undone->stale->contains(ui::PageId::designs));
        // The options of a run come before what is kept for the same table.
        QVERIFY(actions.decide(context, *now.decisions).ok());
        const auto other = verbs::advise({.project = file, .shards = 3, .pins = {{"customer", "id"}}}, job);
        QVERIFY(other.ok());
        QCOMPARE((*other)->designs.front().design.find("public.customer")->key.front().expression, std::string("id"));
    }

    // What is marked in the window is what the verb lists, and the other way round.
    void eventsAreThoseOfTheVerb() {
        const TemporaryFolder folder;
        const auto file = customers(folder.path());
        const auto actions = makeActions();
        Job job;
        ui::Contents now;
        now.project = ui::ProjectInfo{"p", file, false};
        ui::ActionContext context{now, job, [](ui::Contents) {}};
        const ui::CalendarEvents marked{{"sale", 1'000'000, 2'000'000, {}}, {"big sale", 3'000'000, 4'000'000, "sale"}};
        QVERIFY(actions.markEvents(context, marked).ok());
        QCOMPARE(verbs::manageEvents({.project = file}, job)->events, marked);
        QVERIFY(verbs::manageEvents({.project = file, .act = "remove", .name = "big sale"}, job).ok());
        const auto opened = actions.open(context, file);
        QVERIFY(opened.ok() && opened->events);
        QCOMPARE(*opened->events, ui::CalendarEvents{marked.front()});
        QVERIFY(actions.markEvents(context, {}).ok());
        QVERIFY(verbs::manageEvents({.project = file}, job)->events.empty());
    }

    // A question is answered beside the saved designs, and leaves them as they are.
    void whyNotSavesNothing() {
        const TemporaryFolder folder;
        const auto file = customers(folder.path());
        const auto actions = makeActions();
        QVERIFY(run(file, [&](auto& context) { return actions.advise(context, {}); }).ok());
        const auto saved = [&] { return advisor::writeAdvice(*project::Project::open(file)->advice().value()); };
        const auto before = saved();
        ui::WhyNotRequest request;
        request.question = "public.customer.name";
        const auto answer = run(file, [&](auto& context) { return actions.whyNot(context, request); });
        QVERIFY(answer.ok() && answer->whyNot && !answer->advice);
        QCOMPARE(answer->whyNot->column, std::string("name"));
        QVERIFY(!answer->whyNot->answer.empty());
        QCOMPARE(saved(), before);
    }

    // The next step is a button or a page, never a command alone.
    void errorsNameButtons() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "p.foreshard";
        QVERIFY(project::Project::create(file).ok());
        const auto actions = makeActions();
        const auto planned = run(file, [&](auto& context) { return actions.plan(context, {}); });
        QVERIFY(!planned.ok());
        QVERIFY2(planned.error().next.find("Migrate page") != std::string::npos, planned.error().next.c_str());
        const auto advised = run(file, [&](auto& context) { return actions.advise(context, {}); });
        QVERIFY(!advised.ok());
        QVERIFY2(advised.error().next.find("New from logs") != std::string::npos, advised.error().next.c_str());
        const auto simulated = inTheWindow({ErrorCategory::notFound, "The project has no designs yet.", "Run: foreshard advise x --shards N", {}});
        QVERIFY(simulated.next.find("“Find designs”") != std::string::npos);
        const auto planFor = inTheWindow({ErrorCategory::notFound, "m", "Run: foreshard plan x.foreshard --cluster c.", {}});
        QVERIFY2(planFor.next.find("“Plan the migration”") != std::string::npos, planFor.next.c_str());       // the verb before its options
        const auto again = inTheWindow({ErrorCategory::conflict, "m", "Profile all logs again with the same --schema files.", {}});
        QCOMPARE(again.next, std::string("Read all logs again with the same schema files."));
        const auto path = inTheWindow({ErrorCategory::io, "m", "Look at foreshard-advise/--log.txt.", {}});
        QCOMPARE(path.next, std::string("Look at foreshard-advise/--log.txt."));
        const auto other = inTheWindow({ErrorCategory::io, "m", "Check the disk.", {}});
        QCOMPARE(other.next, std::string("Check the disk."));
    }

    // The window replaces no shards that the person was not told of: it refuses as the command line does.
    void shardsAreNotReplacedUnsaid() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "p.foreshard";
        QVERIFY(project::Project::create(file).ok());
        const auto actions = makeActions();
        ui::PlanRequest request;
        const auto shards = [&](std::vector<std::string> uris, bool replace) {
            request.cluster = std::move(uris);
            request.replaceCluster = replace;
            (void)run(file, [&](auto& context) { return actions.plan(context, request); });
            return project::Project::open(file)->clusters().value().at("shards").size();
        };
        QCOMPARE(shards({"sqlite:a.db", "sqlite:b.db"}, false), size_t(2));
        QCOMPARE(shards({"sqlite:a.db"}, false), size_t(2));
        const auto refused = run(file, [&](auto& context) { return actions.plan(context, request); });
        QCOMPARE(refused.error().message, std::string("There is a cluster shards with 2 shards already."));
        QVERIFY2(refused.error().next.find("--") == std::string::npos, refused.error().next.c_str());
        QCOMPARE(shards({"sqlite:a.db"}, true), size_t(1));
        ui::Contents now;
        QVERIFY(loadShards(file, now).ok());
        QCOMPARE(now.shards->at(0).uri, std::string("sqlite:a.db"));
        QCOMPARE(now.shards->at(0).whole, "sqlite:" + (std::filesystem::canonical(folder.path()) / "a.db").string());
    }
};

QTEST_GUILESS_MAIN(TestWorkbench)
#include "test_workbench.moc"
