#define _GNU_SOURCE
#include "Confinement.h"
#include "CWorkerProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Declared here because Debian 12's headers are older than what newer kernels offer: see
// https://docs.kernel.org/userspace-api/landlock.html. The numbers are the same on all machines.
#define CALL_CREATE_RULESET 444
#define CALL_ADD_RULE 445
#define CALL_RESTRICT_SELF 446
#define ASK_VERSION 1U
#define RULE_PATH_BENEATH 1

#define ACCESS_EXECUTE (1ULL << 0)
#define ACCESS_WRITE_FILE (1ULL << 1)
#define ACCESS_READ_FILE (1ULL << 2)
#define ACCESS_READ_FOLDER (1ULL << 3)
#define ACCESS_TRUNCATE (1ULL << 14)
#define ACCESS_DEVICE (1ULL << 15)
#define ACCESS_TO_FILES \
    (ACCESS_EXECUTE | ACCESS_WRITE_FILE | ACCESS_READ_FILE | ACCESS_TRUNCATE | ACCESS_DEVICE)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/// What the version of the kernel's interface can rule over; it refuses what it does not know.
static struct ruleset rules_of(long version, size_t *size) {
    struct ruleset rules = {(1ULL << 13) - 1, 0, 0};
    if (version >= 2) rules.files |= 1ULL << 13;
    if (version >= 3) rules.files |= ACCESS_TRUNCATE;
    if (version >= 5) rules.files |= ACCESS_DEVICE;
    if (version >= 6) rules.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    *size = version >= 6   ? sizeof rules
            : version >= 4 ? offsetof(struct ruleset, scopes)
                           : offsetof(struct ruleset, network);
    return rules;
}

/// Allows something of a file or of all that is in a folder; what is not there needs no rule.
static int allow(int rules, const char *path, uint64_t allowed) {
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
    struct stat about;
    int result = fstat(file, &about);
    if (result == 0) {
        if (!S_ISDIR(about.st_mode)) allowed &= ACCESS_TO_FILES;
        struct path_rule rule = {allowed, file};
        result = (int)syscall(CALL_ADD_RULE, rules, RULE_PATH_BENEATH, &rule, 0U);
    }
    int error = errno;
    close(file);
    errno = error;
    return result;
}

static const char *const readable[] = {
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/ssl", "/etc/hosts",
    "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols",
    "/etc/passwd", "/etc/group", "/etc/localtime", "/etc/mime.types", NULL,
};
static const char *const devices[] = {
    "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", NULL,
};

int cwp_confinement_open(const char *folder) {
    long version = syscall(CALL_CREATE_RULESET, NULL, 0, ASK_VERSION);
    if (version < 1) return -1;
    if (access(folder, F_OK) != 0) return -1;
    size_t size;
    struct ruleset wanted = rules_of(version, &size);
    int rules = (int)syscall(CALL_CREATE_RULESET, &wanted, size, 0U);
    if (rules < 0) return -1;
    int result = allow(rules, folder, wanted.files);
    for (const char *const *path = readable; *path != NULL && result == 0; path++) {
        result = allow(rules, *path, ACCESS_EXECUTE | ACCESS_READ_FILE | ACCESS_READ_FOLDER);
    }
    for (const char *const *path = devices; *path != NULL && result == 0; path++) {
        result = allow(rules, *path, ACCESS_READ_FILE | ACCESS_WRITE_FILE);
    }
    if (result == 0) return rules;
    int error = errno;
    close(rules);
    errno = error;
    return -1;
}

/// Gives up what root can do beyond its own files; nothing executed later gets it back.
static int drop_capabilities(void) {
    for (unsigned long capability = 0; capability < 64; capability++) {
        // Refused for those that do not exist, and to who has none to give up.
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &header, none);
}

int cwp_confine(int rules) {
    if (drop_capabilities() != 0) return -1;
    return (int)syscall(CALL_RESTRICT_SELF, rules, 0U);
}
