// Work in a process of its own, which dies or waits at a named crash point. For tests without threads: the child is a fork,
// so no connection may be open while it is made.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>

#include "core/cluster/crash_points.h"

namespace foreshard::testing {

class Child {
public:
    // At the n-th time the child comes to `point` it tells so and stops until goOn() or kill().
    Child(const char* point, int nth, const std::function<int()>& work) {
        int pipe[2] = {-1, -1};
        if (::pipe(pipe) != 0) return;
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::close(pipe[0]);
            cluster::installCrashHandler([point, nth, out = pipe[1], times = 0](const char* at) mutable {
                if (std::strcmp(at, point) != 0 || ++times != nth) return;
                if (::write(out, "!", 1) == 1) ::raise(SIGSTOP);
            });
            ::_exit(work());
        }
        ::close(pipe[1]);
        char there = 0;
        ssize_t got = 0;
        while ((got = ::read(pipe[0], &there, 1)) < 0 && errno == EINTR) {}
        reached_ = got == 1;
        ::close(pipe[0]);
        int status = 0;
        if (reached_) ::waitpid(pid_, &status, WUNTRACED);
    }
    ~Child() { kill(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    bool reached() const { return reached_; }       // it stands at the point
    void goOn() { if (pid_ > 0) ::kill(pid_, SIGCONT); }
    // kill -9, and gone when this returns.
    void kill() {
        if (pid_ > 0) ::kill(pid_, SIGKILL);
        (void)wait();
    }
    // The work's exit code, -1 where it was killed.
    int wait() {
        if (pid_ <= 0) return code_;
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
        pid_ = -1;
        return code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = -1;
    int code_ = -1;
    bool reached_ = false;
};

// Whether the work came to the point, where it was killed.
inline bool killedAt(const char* point, int nth, const std::function<int()>& work) {
    Child child(point, nth, work);
    const bool reached = child.reached();
    child.kill();
    return reached;
}

}  // namespace foreshard::testing
