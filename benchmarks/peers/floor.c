/* The least a WebSocket client can cost: C, one epoll, prepared frames. It checks nothing but lengths.
 *
 * floor PORT CONNECTIONS SECONDS RAMP_S       each connection sends once a second, at a phase of its own;
 *                                             prints every round trip in nanoseconds, one a line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 203, FRAME = SIZE + 8, ANSWER = SIZE + 4 }; /* 16-bit length; only the client masks */

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int dial(int port) {
    static const char hello[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char answer[512];
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (void *)&to, sizeof to) || write(fd, hello, sizeof hello - 1) < 0) return perror("floor"), exit(1), 0;
    for (size_t used = 0; used < 4 || memcmp(answer + used - 4, "\r\n\r\n", 4);) {
        ssize_t n = read(fd, answer + used, sizeof answer - used);
        if (n <= 0) return perror("floor"), exit(1), 0;
        used += (size_t)n;
    }
    return fd;
}

int main(int count, char **words) {
    if (count < 5) return 2;
    int port = atoi(words[1]), many = atoi(words[2]), seconds = atoi(words[3]), got = 0;
    long long total = (long long)many * seconds, sent = 0, step = 1000000000LL / many, ramp = atoll(words[4]) * 1000000000LL;
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    int *fds = malloc(sizeof(int) * many), events = epoll_create1(0), *have = calloc(many, sizeof(int));
    long long *since = calloc(many, sizeof(long long)), *trips = malloc(sizeof(long long) * total), begun = now();
    unsigned char frame[FRAME] = {0x81, 0x80 | 126, SIZE >> 8, SIZE & 255}, answer[65536]; /* a mask of zeros */
    memset(frame + 8, 'x', SIZE);
    memcpy(frame + 8, "{\"op\": \"send\", \"id\": \"c00017-4\", \"text\": \"", 41), memcpy(frame + FRAME - 2, "\"}", 2);
    for (int i = 0; i < many; i++) {
        fds[i] = dial(port);
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (unsigned)i};
        epoll_ctl(events, EPOLL_CTL_ADD, fds[i], &e);
    }
    while (now() - begun < ramp) usleep(1000);
    for (begun = now(); got < total;) {
        long long left = sent < total ? begun + sent * step - now() : 1000000000LL;
        struct epoll_event ready[256];
        struct timespec wait = {left > 0 ? left / 1000000000LL : 0, left > 0 ? left % 1000000000LL : 0};
        for (int n = epoll_pwait2(events, ready, 256, &wait, NULL), k = 0; k < n; k++) {
            unsigned i = ready[k].data.u32;
            ssize_t size = read(fds[i], answer, sizeof answer);
            if (size <= 0) return perror("floor: the server closed"), 1;
            for (have[i] += (int)size; have[i] >= ANSWER; have[i] -= ANSWER) trips[got++] = now() - since[i];
        }
        for (; sent < total && begun + sent * step <= now(); sent++) {
            since[sent % many] = now();
            if (write(fds[sent % many], frame, FRAME) != FRAME) return perror("floor: short write"), 1;
        }
    }
    for (int i = 0; i < got; i++) printf("%lld\n", trips[i]);
}
