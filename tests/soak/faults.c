/* Faults at the file operations of a process, for tests.soak.faults: preloaded, armed from Python, of one folder.
 *
 * Counted are what changes a folder and what is in it: opening a file that is created or emptied (o), writing (w),
 * setting a length (t), syncing (s), renaming (r), linking (l), removing (u).  At one of them something happens: see
 * `enum action`.  All are noted in a trace, with their data, of which states after a power cut are made.  The time that
 * HDF5 puts into headers stands still, so that what is written is the same each time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum action { NONE, KILL, TORN, EIO_ONCE, FULL, SHORT, INTERRUPT, TERMINATE, MEMORY, NO_MEMORY };

static char folder[PATH_MAX];
static int action, trace = -1;
static long place, count;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void fault_arm(const char *where, int what, long at, int trace_to) {
    snprintf(folder, sizeof folder, "%s/", where);
    action = what, place = at, count = 0, trace = trace_to;
}

long fault_count(void) { return count; }

static int is_ours(const char *path) { return folder[0] && strncmp(path, folder, strlen(folder)) == 0; }

static int path_of(int descriptor, char *path) {
    char link[64];
    if (!folder[0] || descriptor == trace) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    if (size <= 0) return 0;
    path[size] = 0;
    char *gone = strstr(path, " (deleted)");
    if (gone) *gone = 0;
    return is_ours(path);
}

static void put(const void *data, size_t size) {
    const char *from = data;
    while (size) {
        ssize_t done = NEXT(write)(trace, from, size);
        if (done <= 0) abort();
        from += done, size -= (size_t)done;
    }
}

static void note(char kind, const char *path, const char *other, int64_t offset, const void *data, int64_t size) {
    if (trace < 0) return;
    int64_t head[5] = {kind, (int64_t)strlen(path), other ? (int64_t)strlen(other) : 0, offset, size};
    put(head, sizeof head);
    put(path, strlen(path));
    if (other) put(other, strlen(other));
    if (data) put(data, (size_t)size);
}

/* The process gets no more memory, and what it has free is taken, but for pieces smaller than `keep`. */
static void end_memory(size_t keep) {
    struct rlimit limit = {4096, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &limit);
    for (size_t size = 1 << 30; size >= keep; size /= 2)
        while (malloc(size)) ;
}

/* Returns 0 to go on, 1 to fail with errno, 2 to do half, 3 to do half and die. */
static int step(char kind) {
    count++;
    if (action == FULL && count >= place && place && (kind == 'w' || kind == 't' || kind == 'o')) {
        errno = ENOSPC;
        return 1;
    }
    if (count != place) return 0;
    switch (action) {
    case KILL: kill(getpid(), SIGKILL); break;
    case TORN:
        if (kind == 'w') return 3;
        kill(getpid(), SIGKILL);
        break;
    case EIO_ONCE: errno = EIO; return 1;
    case SHORT: return kind == 'w' ? 2 : 0;
    case INTERRUPT: kill(getpid(), SIGINT); break;
    case TERMINATE: kill(getpid(), SIGTERM); break;
    case MEMORY: end_memory(4096); break;
    case NO_MEMORY: end_memory(64); break;
    }
    return 0;
}

static ssize_t wrote(int descriptor, const char *path, const void *data, size_t size, off_t offset, int at_offset) {
    int todo = step('w');
    if (todo == 1) return -1;
    off_t where = at_offset ? offset : lseek(descriptor, 0, SEEK_CUR);
    size_t part = todo && size > 1 ? size / 2 : size;
    ssize_t done = at_offset ? NEXT(pwrite64)(descriptor, data, part, offset) : NEXT(write)(descriptor, data, part);
    if (todo == 3) kill(getpid(), SIGKILL);
    if (done > 0) note('w', path, NULL, where, data, done);
    return done;
}

ssize_t write(int descriptor, const void *data, size_t size) {
    char path[PATH_MAX];
    if (!path_of(descriptor, path)) return NEXT(write)(descriptor, data, size);
    return wrote(descriptor, path, data, size, 0, 0);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset) {
    char path[PATH_MAX];
    if (!path_of(descriptor, path)) return NEXT(pwrite64)(descriptor, data, size, offset);
    return wrote(descriptor, path, data, size, offset, 1);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset) {
    return pwrite64(descriptor, data, size, offset);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t size, unsigned flags) {
    char path[PATH_MAX];
    if (!path_of(to, path)) return NEXT(copy_file_range)(from, from_at, to, to_at, size, flags);
    int todo = step('w');
    if (todo == 1) return -1;
    off_t where = lseek(to, 0, SEEK_CUR);
    ssize_t done = NEXT(copy_file_range)(from, from_at, to, to_at, todo && size > 1 ? size / 2 : size, flags);
    if (todo == 3) kill(getpid(), SIGKILL);
    if (done > 0 && trace >= 0) {
        char *data = malloc((size_t)done);
        int again = open(path, O_RDONLY);
        if (!data || again < 0 || pread(again, data, (size_t)done, where) != done) abort();
        note('w', path, NULL, where, data, done);
        close(again), free(data);
    }
    return done;
}

int ftruncate64(int descriptor, off64_t size) {
    char path[PATH_MAX];
    if (!path_of(descriptor, path)) return NEXT(ftruncate64)(descriptor, size);
    if (step('t') == 1) return -1;
    int result = NEXT(ftruncate64)(descriptor, size);
    if (result == 0) note('t', path, NULL, size, NULL, 0);
    return result;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int fsync(int descriptor) {
    char path[PATH_MAX];
    size_t length = strlen(folder);
    int ours = path_of(descriptor, path);
    if (!ours && length && strncmp(path, folder, length - 1) == 0 && path[length - 1] == 0) ours = 1;
    if (!ours) return NEXT(fsync)(descriptor);
    if (step('s') == 1) return -1;
    note('s', path, NULL, 0, NULL, 0);
    return NEXT(fsync)(descriptor);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours(path)) return NEXT(open64)(path, flags, mode);
    if (step('o') == 1) return -1;
    struct stat before;
    int was_there = stat(path, &before) == 0;
    int descriptor = NEXT(open64)(path, flags, mode);
    if (descriptor >= 0) note('o', path, NULL, !was_there || (flags & O_TRUNC), NULL, 0);
    return descriptor;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open64(path, flags, mode);
}

int rename(const char *from, const char *to) {
    if (!is_ours(to)) return NEXT(rename)(from, to);
    if (step('r') == 1) return -1;
    int result = NEXT(rename)(from, to);
    if (result == 0) note('r', from, to, 0, NULL, 0);
    return result;
}

int link(const char *from, const char *to) {
    if (!is_ours(to)) return NEXT(link)(from, to);
    if (step('l') == 1) return -1;
    int result = NEXT(link)(from, to);
    if (result == 0) note('l', from, to, 0, NULL, 0);
    return result;
}

int unlink(const char *path) {
    if (!is_ours(path)) return NEXT(unlink)(path);
    if (step('u') == 1) return -1;
    int result = NEXT(unlink)(path);
    if (result == 0) note('u', path, NULL, 0, NULL, 0);
    return result;
}

time_t time(time_t *to) {
    time_t now = folder[0] ? 1000000000 : NEXT(time)(NULL);
    if (to) *to = now;
    return now;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    if (!folder[0]) return NEXT(gettimeofday)(now, zone);
    now->tv_sec = 1000000000, now->tv_usec = 0;
    return 0;
}
