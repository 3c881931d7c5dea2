#include "core/cluster/crash_points.h"

#include <atomic>

namespace foreshard::cluster {

namespace {
CrashHandler& handlerSlot() {
    static CrashHandler handler;
    return handler;
}
std::atomic<bool> armed{false};
}  // namespace

void installCrashHandler(CrashHandler handler) {
    armed.store(false, std::memory_order_release);
    handlerSlot() = std::move(handler);
    armed.store(static_cast<bool>(handlerSlot()), std::memory_order_release);
}

void crashPoint(const char* point) {
    if (armed.load(std::memory_order_acquire)) handlerSlot()(point);
}

}  // namespace foreshard::cluster
