/* A machine whose clock jumps, whose disk fails or is slow and that finds no names on request, for one process: preloaded between it
 * and the C library.
 *
 * STRANGE_MACHINE names a file that holds `struct moods`; who changes the file changes the machine at once. Disk trouble strikes
 * what lies under STRANGE_FOLDER and nothing else, in the words that a kernel has for it. Needs no rights and no kernel feature. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct moods {
    volatile long ahead_ns;  /* how far the wall clock is ahead */
    volatile long disk;      /* 0, or the error number of whatever would write */
    volatile long sync;      /* 0, or the error number of whatever would sync */
    volatile long struck;    /* how many calls have failed or been slow, counted here */
    volatile long lag_ns;    /* how long each sync takes at least */
    volatile long names;     /* 0, or what looking up the name of a host comes to */
};

static struct moods quiet, *machine = &quiet;
static char folder[PATH_MAX];

__attribute__((constructor)) static void enter(void) {
    const char *file = getenv("STRANGE_MACHINE"), *under = getenv("STRANGE_FOLDER");
    int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0) : -1;
    if (fd < 0) return;
    void *shared = mmap(NULL, sizeof(struct moods), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (shared == MAP_FAILED) return;
    if (under && strlen(under) < sizeof folder) strcpy(folder, under);
    machine = shared;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int strikes(const char *path, long mood) {
    if (!mood || !folder[0] || strncmp(path, folder, strlen(folder))) return 0;
    __sync_fetch_and_add(&machine->struck, 1);
    errno = (int)mood;
    return 1;
}

static int find(int fd, char *path) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static int strikes_fd(int fd, long mood) {
    char path[PATH_MAX];
    return mood && find(fd, path) && strikes(path, mood);
}

static void lags(int fd) {
    char path[PATH_MAX];
    long ns = machine->lag_ns;
    if (!ns || !find(fd, path) || !strikes(path, ETIME)) return;
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
}

/* A disk that is full still opens what is there; one that is read-only opens nothing for writing. */
static int strikes_open(const char *path, int flags) {
    long mood = machine->disk;
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    if (mood == EROFS ? !writes && !(flags & O_CREAT) : !(flags & O_CREAT) || access(path, F_OK) == 0) return 0;
    return strikes(path, mood);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        return strikes_open(path, flags) ? -1 : real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define WRITES(name, parameters, arguments) \
    ssize_t name parameters { \
        REAL(name); \
        return strikes_fd(fd, machine->disk) ? -1 : real arguments; \
    }
WRITES(write, (int fd, const void *bytes, size_t length), (fd, bytes, length))
WRITES(writev, (int fd, const struct iovec *pieces, int count), (fd, pieces, count))
WRITES(pwrite, (int fd, const void *bytes, size_t length, off_t at), (fd, bytes, length, at))
WRITES(pwrite64, (int fd, const void *bytes, size_t length, off64_t at), (fd, bytes, length, at))

/* Cutting a file shorter needs no room, but does write. */
static int strikes_cut(int fd, off_t length) {
    struct stat now;
    int shorter = machine->disk == ENOSPC && fstat(fd, &now) == 0 && length <= now.st_size;
    return !shorter && strikes_fd(fd, machine->disk);
}
int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    return strikes_cut(fd, length) ? -1 : real(fd, length);
}
int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    return strikes_cut(fd, length) ? -1 : real(fd, length);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return strikes(path, machine->disk) ? -1 : real(path, mode);
}
int unlink(const char *path) {
    REAL(unlink);
    return strikes(path, machine->disk == EROFS ? EROFS : 0) ? -1 : real(path);
}

int fsync(int fd) {
    REAL(fsync);
    lags(fd);
    return strikes_fd(fd, machine->sync) ? -1 : real(fd);
}
int fdatasync(int fd) {
    REAL(fdatasync);
    lags(fd);
    return strikes_fd(fd, machine->sync) ? -1 : real(fd);
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict found) {
    REAL(getaddrinfo);
    if (!machine->names) return real(node, service, hints, found);
    __sync_fetch_and_add(&machine->struck, 1);
    return (int)machine->names;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (syscall(SYS_clock_gettime, clock, time)) return -1;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        long nanoseconds = time->tv_nsec + machine->ahead_ns % 1000000000;
        time->tv_sec += machine->ahead_ns / 1000000000 + (nanoseconds >= 1000000000) - (nanoseconds < 0);
        time->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    }
    return 0;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}
time_t time(time_t *place) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now)) return (time_t)-1;
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}
