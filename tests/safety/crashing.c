/* At the n-th write, rename, truncation, link or removal of a file under a folder: kills the process and those it
 * started, at once; or lets every write from then on find the disk full.
 *
 * Loaded with LD_PRELOAD. CRASHING names a file that holds a struct plan; all processes of a run count in it together.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum mode { OFF, KILLED, TORN, FULL }; /* TORN: the last write is half done */

struct plan {
    long count, fatal; /* fatal 0: only count */
    long mode;
    char folder[PATH_MAX];
};

static struct plan *plan;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("CRASHING");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    plan = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (plan == MAP_FAILED) plan = NULL;
}

static int under(const char *path) {
    return plan && plan->mode != OFF && strncmp(path, plan->folder, strlen(plan->folder)) == 0;
}

static int ours(int fd) {
    char link[64], target[PATH_MAX];
    if (!plan || plan->mode == OFF) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n < 0) return 0;
    target[n] = 0;
    return under(target);
}

static long next(void) { return __atomic_add_fetch(&plan->count, 1, __ATOMIC_SEQ_CST); }

static void end(void) { kill(0, SIGKILL); }

/* A step that needs no room. */
static void step(void) {
    if (next() == plan->fatal && plan->mode != FULL) end();
}

/* How much of a write of so many bytes is done; -1 where there is no room. Less than all of it is the last that is. */
static ssize_t granted(int fd, size_t size) {
    if (!ours(fd)) return (ssize_t)size;
    long at = next();
    if (plan->mode == FULL && plan->fatal && at >= plan->fatal) {
        errno = ENOSPC;
        return -1;
    }
    if (at != plan->fatal) return (ssize_t)size;
    if (plan->mode == KILLED || size < 2) end();
    return (ssize_t)(size / 2);
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    ssize_t much = granted(fd, size);
    if (much < 0) return -1;
    ssize_t done = real(fd, data, (size_t)much, at);
    if ((size_t)much < size) end();
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    ssize_t much = granted(fd, size);
    if (much < 0) return -1;
    ssize_t done = real(fd, data, (size_t)much);
    if ((size_t)much < size) end();
    return done;
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
    REAL(sendfile64);
    ssize_t much = granted(to, size);
    if (much < 0) return -1;
    ssize_t done = real(to, from, at, (size_t)much);
    if ((size_t)much < size) end();
    return done;
}

ssize_t sendfile(int to, int from, off_t *at, size_t size) { return sendfile64(to, from, at, size); }

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (ours(fd)) step();
    return real(fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    REAL(rename);
    if (under(to)) step();
    return real(from, to);
}

int renameat(int a, const char *from, int b, const char *to) {
    REAL(renameat);
    if (under(to)) step();
    return real(a, from, b, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    if (under(to)) step();
    return real(from, to);
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(linkat);
    if (under(to)) step();
    return real(a, from, b, to, flags);
}

int unlink(const char *path) {
    REAL(unlink);
    if (under(path)) step();
    return real(path);
}

int unlinkat(int fd, const char *path, int flags) {
    REAL(unlinkat);
    if (under(path)) step();
    return real(fd, path, flags);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    if (under(path)) step();
    return real(path, mode);
}
