// MUST(result): fails the test with what went wrong, cause included. Inside test functions only.
#pragma once

#include <QtTest>

#define MUST(result)                                                                                   \
    do {                                                                                               \
        const auto& must_ = (result);                                                                  \
        if (!must_.ok()) QFAIL((must_.error().message + " / " + must_.error().cause).c_str());         \
    } while (false)
