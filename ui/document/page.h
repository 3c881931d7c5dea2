// The pages of the workbench in pipeline order, and what the navigation rail says of each. Plain values; any thread.
#pragma once

#include <array>
#include <cstdint>

class QString;

namespace foreshard::ui {

enum class PageId : uint8_t { start, workload, hotspots, forecast, designs, simulate, migrate, monitor, report };
constexpr std::array<PageId, 9> allPages{PageId::start,    PageId::workload, PageId::hotspots, PageId::forecast, PageId::designs,
                                         PageId::simulate, PageId::migrate,  PageId::monitor,  PageId::report};

enum class PageState : uint8_t { empty, running, stale, ready };

QString titleOf(PageId page);          // "Workload"
QString iconOf(PageId page);           // name for theme's icons
QString describe(PageState state);     // "ready", "running", "stale: its inputs have changed since", "empty"

}  // namespace foreshard::ui
