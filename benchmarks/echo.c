/* A WebSocket echo server on epoll, so that the benchmarks measure clients and not a server.
 *
 * cc -O2 -o echo echo.c && ./echo        prints its port; ends when its standard input is closed, and then prints how
 *                                        many connections were opened and how many messages were echoed.
 * It echoes whole text frames of up to 64 KiB, answers close frames, ignores all else: enough for a benchmark only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 70000, MOST = 65536 };

struct peer {
    int fd;
    int open; /* the handshake is done */
    size_t used;
    unsigned char *data;
};

static unsigned long opened, echoed;

static uint32_t rol(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void sha1(const unsigned char *text, size_t size, unsigned char out[20]) {
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}, w[80];
    unsigned char block[128] = {0}; /* key and GUID are 60 bytes: two blocks */
    memcpy(block, text, size);
    block[size] = 0x80;
    block[126] = (unsigned char)(size * 8 >> 8);
    block[127] = (unsigned char)(size * 8);
    for (int at = 0; at < 128; at += 64) {
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)block[at + 4 * i] << 24 | block[at + 4 * i + 1] << 16 | block[at + 4 * i + 2] << 8 |
                   block[at + 4 * i + 3];
        for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            uint32_t f, k;
            if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
            else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
            else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
            else f = b ^ c ^ d, k = 0xCA62C1D6;
            uint32_t t = rol(a, 5) + f + e + k + w[i];
            e = d, d = c, c = rol(b, 30), b = a, a = t;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void accept_key(const char *key, char out[29]) {
    static const char table[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char text[64], hash[21] = {0};
    memcpy(text, key, 24);
    memcpy(text + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    sha1(text, 60, hash);
    for (int i = 0; i < 7; i++) {
        uint32_t n = (uint32_t)hash[3 * i] << 16 | hash[3 * i + 1] << 8 | hash[3 * i + 2];
        for (int j = 0; j < 4; j++) out[4 * i + j] = table[n >> (18 - 6 * j) & 63];
    }
    out[27] = '=';
    out[28] = 0;
}

static void put(int fd, const void *data, size_t size) {
    while (size) { /* blocking on purpose: clients of a benchmark read */
        ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) continue;
        if (n <= 0) return;
        data = (const char *)data + n;
        size -= (size_t)n;
    }
}

static size_t handshake(struct peer *p) {
    p->data[p->used] = 0;
    char *end = strstr((char *)p->data, "\r\n\r\n"), *key = strcasestr((char *)p->data, "Sec-WebSocket-Key: ");
    if (!end || !key) return 0;
    char answer[200], accept[29];
    accept_key(key + 19, accept);
    put(p->fd, answer,
        (size_t)snprintf(answer, sizeof answer,
                         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: %s\r\n\r\n",
                         accept));
    p->open = 1;
    opened++;
    return (size_t)(end + 4 - (char *)p->data);
}

static size_t frame(struct peer *p, unsigned char *in, size_t left) {
    if (left < 6) return 0;
    size_t size = in[1] & 127, head = 2;
    if (size == 126) size = (size_t)in[2] << 8 | in[3], head = 4;
    if (left < head + 4 + size) return 0;
    unsigned char *mask = in + head, *body = mask + 4;
    for (size_t i = 0; i < size; i++) body[i] ^= mask[i & 3];
    if ((in[0] & 15) == 1 || (in[0] & 15) == 8) {
        unsigned char *out = body - head; /* the mask's room takes the header of the answer */
        memmove(out, in, head);
        out[1] &= 127;
        put(p->fd, out, head + size);
        if ((in[0] & 15) == 8) shutdown(p->fd, SHUT_WR);
        else echoed++;
    }
    return head + 4 + size;
}

static void readable(struct peer *p) {
    ssize_t n = recv(p->fd, p->data + p->used, MOST - p->used, 0);
    if (n <= 0) {
        close(p->fd);
        free(p->data);
        free(p);
        return;
    }
    p->used += (size_t)n;
    size_t at = 0, took = 1;
    while (took && at < p->used) {
        took = p->open ? frame(p, p->data + at, p->used - at) : handshake(p);
        at += took;
    }
    memmove(p->data, p->data + at, p->used -= at);
}

int main(void) {
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    int listener = socket(AF_INET, SOCK_STREAM, 0), events = epoll_create1(0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (void *)&address, size) || listen(listener, 4096)) return perror("echo"), 1;
    getsockname(listener, (void *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, ready[256];
    struct epoll_event input = {.events = EPOLLIN | EPOLLHUP, .data.ptr = &input};
    epoll_ctl(events, EPOLL_CTL_ADD, listener, &e);
    epoll_ctl(events, EPOLL_CTL_ADD, 0, &input);
    for (;;) {
        int n = epoll_wait(events, ready, 256, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.ptr == &input) return printf("%lu %lu\n", opened, echoed), 0;
            if (ready[i].data.ptr) {
                readable(ready[i].data.ptr);
                continue;
            }
            struct peer *p = calloc(1, sizeof *p);
            p->fd = accept(listener, NULL, NULL);
            p->data = malloc(ROOM);
            setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            e.data.ptr = p;
            epoll_ctl(events, EPOLL_CTL_ADD, p->fd, &e);
        }
    }
}
