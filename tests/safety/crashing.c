/* Kills the process at its n-th write, rename, truncation or removal of a file under a folder.
 *
 * Loaded with LD_PRELOAD; crash_arm(folder, n, torn) starts counting (n = 0 counts only), crash_count() tells how many
 * there were. With torn a write is half done before the process dies.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long count, fatal;
static int torn;

void crash_arm(const char *path, long n, int half) {
    snprintf(folder, sizeof folder, "%s", path);
    count = 0;
    fatal = n;
    torn = half;
}

long crash_count(void) { return count; }

static int ours(int fd) {
    char link[64], target[PATH_MAX];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n < 0) return 0;
    target[n] = 0;
    return strncmp(target, folder, strlen(folder)) == 0;
}

static int under(const char *path) { return folder[0] && strncmp(path, folder, strlen(folder)) == 0; }

static int due(void) { return ++count == fatal; }

static void die(void) { kill(getpid(), SIGKILL); }

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (ours(fd) && due()) {
        if (torn) real(fd, data, size / 2, at);
        die();
    }
    return real(fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (ours(fd) && due()) {
        if (torn) real(fd, data, size / 2);
        die();
    }
    return real(fd, data, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (ours(fd) && due()) die();
    return real(fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    REAL(rename);
    if (under(to) && due()) die();
    return real(from, to);
}

int renameat(int a, const char *from, int b, const char *to) {
    REAL(renameat);
    if (under(to) && due()) die();
    return real(a, from, b, to);
}

int unlink(const char *path) {
    REAL(unlink);
    if (under(path) && due()) die();
    return real(path);
}
