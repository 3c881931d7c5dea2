// MainWindow: joins context bar, navigation rail, pages, selection panel and job strip. It builds and connects; what each
// part does stands in the part. Owns the pages; Document and Settings outlive it. GUI thread only.
#pragma once

#include <QMainWindow>

#include <map>

#include "ui/document/page.h"

class QStackedWidget;

namespace foreshard::ui {

class ActionSearch;
class ContextBar;
class Document;
class JobStrip;
class NavigationRail;
class PageView;
class SelectionPanel;
class Settings;
class ShortcutsView;
enum class ThemeMode : uint8_t;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(Document& document, Settings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    void goTo(PageId page);
    PageId current() const;
    PageView* page(PageId page) const { return pages_.at(page); }
    NavigationRail* rail() const { return rail_; }
    ContextBar* contextBar() const { return bar_; }
    JobStrip* strip() const { return strip_; }
    SelectionPanel* selectionPanel() const { return selection_; }
    void showActionSearch();
    void showShortcuts();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    QAction* add(const QString& iconName, const QString& words, const QKeySequence& keys, std::function<void()> act);
    QList<QAction*> projectActions();
    QList<QAction*> toolActions();
    void addPages();
    void addPageActions();
    void buildLayout(const QList<QAction*>& project, const QList<QAction*>& tools);
    void followDocument();
    void openByDialog();
    void setTheme(ThemeMode mode);
    void remember();
    void tellFindings();

    Document& document_;
    Settings& settings_;
    std::map<PageId, PageView*> pages_;
    ContextBar* bar_ = nullptr;
    NavigationRail* rail_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    SelectionPanel* selection_ = nullptr;
    JobStrip* strip_ = nullptr;
    ActionSearch* search_ = nullptr;
    ShortcutsView* shortcuts_ = nullptr;
    bool fromStart_ = false;           // the page was left for a workload that is being read
    bool tight_ = false;                 // too narrow for the selection panel
};

}  // namespace foreshard::ui
