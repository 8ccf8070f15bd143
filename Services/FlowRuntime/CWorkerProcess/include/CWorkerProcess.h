#ifndef COVENANT_C_WORKER_PROCESS_H
#define COVENANT_C_WORKER_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What a worker process is made of. All pointers are only read, and only during the call.
struct cwp_orders {
    /// The program's path.
    const char *path;
    /// Arguments, the program's name first, then a null pointer.
    char *const *arguments;
    /// The whole environment, then a null pointer.
    char *const *environment;
    /// The descriptor that becomes standard input.
    int input;
    /// The descriptor that becomes standard output.
    int output;
    /// The descriptor that becomes standard error.
    int errors;
    /// The folder the program begins in; a null pointer leaves it in the caller's.
    const char *folder;
    /// What ``cwp_confinement_open`` gave, to be kept to from the program's first instruction, or -1.
    int confinement;
    /// An open `cgroup.procs` to enter before anything is executed, or -1.
    int cgroup_procs;
    /// Private writable memory at most (RLIMIT_DATA), in bytes.
    uint64_t memory_bytes_max;
    /// Open descriptors at most (RLIMIT_NOFILE).
    uint64_t files_max;
};

/// Where starting a process failed.
enum cwp_stage {
    CWP_STAGE_NONE = 0,
    CWP_STAGE_PIPE = 1,
    CWP_STAGE_FORK = 2,
    CWP_STAGE_CGROUP = 3,
    CWP_STAGE_DESCRIPTORS = 4,
    CWP_STAGE_LIMITS = 5,
    CWP_STAGE_PRIVILEGES = 6,
    CWP_STAGE_PARENT = 7,
    CWP_STAGE_EXECUTE = 8,
    CWP_STAGE_PIDFD = 9,
    CWP_STAGE_FOLDER = 10,
    CWP_STAGE_CONFINEMENT = 11,
};

/// Forks and executes a program in a session of its own, with default signal handling, no
/// descriptors but the three standard ones, bounded resources, no way to new privileges, and
/// SIGKILL as its fate when the calling thread ends.
///
/// Returns 0 and sets `pid` and `pidfd` once the program is executing; otherwise an `errno`, sets
/// `stage`, and no process is left. Call it from a thread that lives as long as the process:
/// PR_SET_PDEATHSIG looks at the thread.
int cwp_spawn(const struct cwp_orders *orders, pid_t *pid, int *pidfd, enum cwp_stage *stage);

/// A descriptor that refers to a process, readable when it has ended; -1 sets `errno`.
int cwp_pidfd_open(pid_t pid);

/// Sends a signal to exactly the process a descriptor refers to; -1 sets `errno`.
int cwp_pidfd_signal(int pidfd, int signal);

/// Collects an ended child: 1 when collected, 0 when it still runs, -1 when it is no child.
///
/// `signal` is the one that ended it, or 0, in which case `code` is its exit code.
int cwp_reap(int pidfd, int *code, int *signal);

/// Reads when a process began (clock ticks since boot, field 22 of `/proc/<pid>/stat`) and its
/// state letter; -1 when there is no such process.
int cwp_process_start(pid_t pid, uint64_t *ticks, char *state);

/// Makes an event descriptor that wakes a poll; -1 sets `errno`.
int cwp_event_open(void);

/// Makes an event descriptor readable.
void cwp_event_signal(int event);

/// Makes an event descriptor unreadable again.
void cwp_event_clear(int event);

/// A channel whose ends are closed in executed programs and lie above the standard descriptors:
/// what is told at one end is read at the other. -1 sets `errno`.
int cwp_channel_open(int *told, int *heard);

/// Writes to a channel without waiting and without a signal when nobody listens; whether all of it
/// was taken.
int cwp_channel_tell(int told, const void *bytes, size_t count);

/// Rules of the kernel's (Landlock) that let a program read and execute what the system has
/// (`/usr` and the like), look up names, and do anything within one folder; all other files, `/proc`
/// among them, are closed to it, and where the kernel can, so are signals to others and abstract
/// sockets. A program that keeps to them has no capabilities either, whoever runs it.
///
/// -1 sets `errno`: the kernel has no such rules (ENOSYS, EOPNOTSUPP), or there is no such folder.
int cwp_confinement_open(const char *folder);

/// Removes a folder and all that is in it, however deep or unreadable it was made, without
/// following links; 0 when nothing is left. To be called when nobody changes the folder any more.
int cwp_remove_tree(const char *path);

#endif
