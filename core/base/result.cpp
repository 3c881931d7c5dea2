#include "core/base/result.h"

namespace foreshard {

const char* toString(ErrorCategory category) {
    switch (category) {
        case ErrorCategory::usage: return "usage";
        case ErrorCategory::notFound: return "not_found";
        case ErrorCategory::unreadable: return "unreadable";
        case ErrorCategory::format: return "format";
        case ErrorCategory::version: return "version";
        case ErrorCategory::conflict: return "conflict";
        case ErrorCategory::io: return "io";
        case ErrorCategory::cancelled: return "cancelled";
        case ErrorCategory::unsupported: return "unsupported";
        case ErrorCategory::internal: return "internal";
    }
    return "internal";
}

}  // namespace foreshard
