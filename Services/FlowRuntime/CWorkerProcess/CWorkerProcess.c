#define _GNU_SOURCE
#include "CWorkerProcess.h"
#include "Confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

/// What a child that could not become the program says before it ends.
struct failure {
    int stage;
    int error;
};

/// Only async-signal-safe calls from here to `run_child`: the parent has other threads.
static void fail_child(int status, int stage) {
    struct failure failure = {stage, errno};
    ssize_t written = write(status, &failure, sizeof failure);
    (void)written;
    _exit(126);
}

static void limit_child(int status, int resource, uint64_t max) {
    struct rlimit current;
    if (getrlimit(resource, &current) != 0) fail_child(status, CWP_STAGE_LIMITS);
    struct rlimit wanted = {max, max};
    if (current.rlim_max != RLIM_INFINITY && current.rlim_max < max) {
        wanted.rlim_cur = wanted.rlim_max = current.rlim_max;
    }
    if (setrlimit(resource, &wanted) != 0) fail_child(status, CWP_STAGE_LIMITS);
}

static void restore_signals(void) {
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(const struct cwp_orders *orders, int status, pid_t parent) {
    restore_signals();
    setsid();
    if (orders->cgroup_procs >= 0 && write(orders->cgroup_procs, "0", 1) != 1) {
        fail_child(status, CWP_STAGE_CGROUP);
    }
    if (dup2(orders->input, 0) < 0 || dup2(orders->output, 1) < 0 || dup2(orders->errors, 2) < 0) {
        fail_child(status, CWP_STAGE_DESCRIPTORS);
    }
    if (orders->folder != NULL && chdir(orders->folder) != 0) {
        fail_child(status, CWP_STAGE_FOLDER);
    }
    if (syscall(SYS_close_range, 3U, UINT_MAX, CLOSE_RANGE_CLOEXEC) != 0) {
        fail_child(status, CWP_STAGE_DESCRIPTORS);
    }
    limit_child(status, RLIMIT_CORE, 0);
    limit_child(status, RLIMIT_NOFILE, orders->files_max);
    limit_child(status, RLIMIT_DATA, orders->memory_bytes_max);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail_child(status, CWP_STAGE_PRIVILEGES);
    if (orders->confinement >= 0 && cwp_confine(orders->confinement) != 0) {
        fail_child(status, CWP_STAGE_CONFINEMENT);
    }
    // After what changes credentials: that may forget it.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail_child(status, CWP_STAGE_PARENT);
    if (getppid() != parent) _exit(126);
    execve(orders->path, orders->arguments, orders->environment);
    fail_child(status, CWP_STAGE_EXECUTE);
}

static void collect(pid_t pid) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
}

/// Waits until the child executes (end of file) or says why it cannot.
static int await_child(int status, enum cwp_stage *stage) {
    struct failure failure = {0, 0};
    ssize_t count;
    do { count = read(status, &failure, sizeof failure); } while (count < 0 && errno == EINTR);
    if (count == 0) return 0;
    *stage = count == sizeof failure ? (enum cwp_stage)failure.stage : CWP_STAGE_PIPE;
    return count == sizeof failure && failure.error != 0 ? failure.error : EIO;
}

/// Moves both ends above the standard descriptors; -1 closes them and sets `errno`.
static int raise_ends(int ends[2]) {
    for (int index = 0; index < 2; index++) {
        if (ends[index] > 2) continue;
        int raised = fcntl(ends[index], F_DUPFD_CLOEXEC, 3);
        int error = errno;
        close(ends[index]);
        if (raised < 0) {
            close(ends[1 - index]);
            errno = error;
            return -1;
        }
        ends[index] = raised;
    }
    return 0;
}

int cwp_spawn(const struct cwp_orders *orders, pid_t *pid, int *pidfd, enum cwp_stage *stage) {
    int ends[2];
    *stage = CWP_STAGE_NONE;
    if (pipe2(ends, O_CLOEXEC) != 0 || raise_ends(ends) != 0) {
        *stage = CWP_STAGE_PIPE;
        return errno;
    }
    int read_end = ends[0], write_end = ends[1];
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    int error = errno;
    if (child == 0) run_child(orders, write_end, parent);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(write_end);
    if (child < 0) {
        close(read_end);
        *stage = CWP_STAGE_FORK;
        return error;
    }
    error = await_child(read_end, stage);
    close(read_end);
    if (error != 0) {
        collect(child);
        return error;
    }
    *pidfd = cwp_pidfd_open(child);
    if (*pidfd < 0) {
        error = errno;
        *stage = CWP_STAGE_PIDFD;
        kill(child, SIGKILL);
        collect(child);
        return error;
    }
    *pid = child;
    return 0;
}

int cwp_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cwp_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int cwp_reap(int pidfd, int *code, int *signal) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int result;
    do {
        result = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG);
    } while (result < 0 && errno == EINTR);
    if (result < 0) return -1;
    if (info.si_pid == 0) return 0;
    *signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    *code = info.si_code == CLD_EXITED ? info.si_status : 0;
    return 1;
}

int cwp_process_start(pid_t pid, uint64_t *ticks, char *state) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    char text[1024];
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return -1;
    text[count] = 0;
    // The command may hold anything but its own last parenthesis.
    char *rest = strrchr(text, ')');
    unsigned long long start;
    if (rest == NULL
        || sscanf(
               rest + 1,
               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               state, &start) != 2) {
        return -1;
    }
    *ticks = start;
    return 0;
}

int cwp_event_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cwp_event_signal(int event) {
    uint64_t one = 1;
    ssize_t written = write(event, &one, sizeof one);
    (void)written;
}

void cwp_event_clear(int event) {
    uint64_t count;
    ssize_t taken = read(event, &count, sizeof count);
    (void)taken;
}

int cwp_channel_open(int *told, int *heard) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    if (raise_ends(ends) != 0) return -1;
    *told = ends[0];
    *heard = ends[1];
    return 0;
}

int cwp_channel_tell(int told, const void *bytes, size_t count) {
    return send(told, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
}
