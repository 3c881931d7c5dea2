#include "core/workload/access.h"

namespace foreshard::workload {

const char* toString(Provenance provenance) {
    switch (provenance) {
        case Provenance::literal: return "literal";
        case Provenance::joinEqual: return "join-equal";
        case Provenance::propagated: return "propagated";
        case Provenance::lookedUp: return "looked up";
        case Provenance::session: return "session setting";
        case Provenance::unknown: return "unknown";
    }
    return "unknown";
}

}  // namespace foreshard::workload
