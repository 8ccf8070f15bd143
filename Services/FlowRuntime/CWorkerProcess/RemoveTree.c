#define _GNU_SOURCE
#include "CWorkerProcess.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Folders inside one another that are gone into; deeper ones are moved up first, so that neither
/// descriptors nor the stack run out.
enum { DEPTH_MAX = 32 };

/// Where folders that lie too deep are moved to, and how many were.
struct removal {
    int top;
    unsigned moved;
};

static int remove_folder(struct removal *removal, int folder, int depth);

/// Moves a folder that lies too deep to a name that is free.
static int move_up(struct removal *removal, int parent, const char *name) {
    int result;
    do {
        char place[32];
        snprintf(place, sizeof place, "moved-%u", removal->moved++);
        result = renameat(parent, name, removal->top, place);
    } while (result != 0 && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
    return result;
}

static int remove_entry(struct removal *removal, int parent, const char *name, int depth) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -1;
    fchmodat(parent, name, S_IRWXU, 0);
    if (depth == DEPTH_MAX) return move_up(removal, parent, name);
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || remove_folder(removal, folder, depth + 1) != 0) return -1;
    return unlinkat(parent, name, AT_REMOVEDIR);
}

/// Removes what is in a folder and closes it.
static int remove_folder(struct removal *removal, int folder, int depth) {
    DIR *entries = fdopendir(folder);
    if (entries == NULL) {
        close(folder);
        return -1;
    }
    int result = 0;
    struct dirent *entry;
    while (result == 0 && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        result = remove_entry(removal, folder, entry->d_name, depth);
    }
    closedir(entries);
    return result;
}

int cwp_remove_tree(const char *path) {
    chmod(path, S_IRWXU);
    unsigned before;
    struct removal removal = {open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), 0};
    if (removal.top < 0) return errno == ENOENT ? 0 : -1;
    int result;
    do {
        // Once more as long as something was moved up: it may have come behind the reader's back.
        before = removal.moved;
        int folder = openat(removal.top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        result = folder < 0 ? -1 : remove_folder(&removal, folder, 0);
    } while (result == 0 && removal.moved != before);
    close(removal.top);
    if (result != 0) return -1;
    return rmdir(path);
}
