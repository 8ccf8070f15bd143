/* The like-for-like limit: what libnghttp2 costs by itself. One thread, its own epoll loop, no
 * limits, no timers, no TLS. Answers every POST with its body; all responses of one read leave in
 * one write.
 *
 * usage: c-echo-server PORT    (0: the system chooses; prints "listening 127.0.0.1:PORT") */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 16 * 1024, FRAME_BYTES = 16 * 1024 + 256, EVENTS = 64 };

struct stream {
    struct stream *next;
    uint8_t *body;
    size_t count, capacity, sent;
};

struct connection {
    int fd;
    nghttp2_session *session;
    struct stream *spare;
    uint8_t *out;
    size_t used, capacity;
    int wants_write;
};

static uint8_t input[READ_BYTES];

static void reserve(struct connection *c, size_t more) {
    if (c->used + more <= c->capacity) return;
    while (c->used + more > c->capacity) c->capacity *= 2;
    c->out = realloc(c->out, c->capacity);
    if (!c->out) abort();
}

static int begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    struct connection *c = user;
    struct stream *s = c->spare;
    if (s) {
        c->spare = s->next;
    } else {
        s = calloc(1, sizeof *s);
        if (!s) return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    s->count = s->sent = 0;
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, s);
    return 0;
}

static int header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                  size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                  void *user) {
    (void)session, (void)frame, (void)name, (void)name_length;
    (void)value, (void)value_length, (void)flags, (void)user;
    return 0;
}

static int data_chunk(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                      size_t count, void *user) {
    (void)flags, (void)user;
    struct stream *s = nghttp2_session_get_stream_user_data(session, id);
    if (!s) return 0;
    if (s->count + count > s->capacity) {
        s->capacity = (s->count + count) * 2;
        s->body = realloc(s->body, s->capacity);
        if (!s->body) return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    memcpy(s->body + s->count, data, count);
    s->count += count;
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *buffer, size_t room,
                         uint32_t *flags, nghttp2_data_source *source, void *user) {
    (void)session, (void)id, (void)buffer, (void)user;
    struct stream *s = source->ptr;
    size_t left = s->count - s->sent;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (left <= room) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)(left <= room ? left : room);
}

static int send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head,
                     size_t count, nghttp2_data_source *source, void *user) {
    (void)session, (void)frame;
    struct connection *c = user;
    struct stream *s = source->ptr;
    reserve(c, 9 + count);
    memcpy(c->out + c->used, head, 9);
    memcpy(c->out + c->used + 9, s->body + s->sent, count);
    c->used += 9 + count;
    s->sent += count;
    return 0;
}

#define FIELD(n, v)                                                                              \
    { (uint8_t *)n, (uint8_t *)v, sizeof n - 1, sizeof v - 1,                                    \
      NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE }

static int frame_received(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    static const nghttp2_nv head[] = {FIELD(":status", "200"),
                                      FIELD("content-type", "application/cbor")};
    (void)user;
    if (frame->hd.type > NGHTTP2_HEADERS || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
    struct stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (!s) return 0;
    nghttp2_data_provider provider = {.source.ptr = s, .read_callback = read_body};
    return nghttp2_submit_response(session, frame->hd.stream_id, head, 2, &provider);
}

static int stream_closed(nghttp2_session *session, int32_t id, uint32_t code, void *user) {
    (void)code;
    struct connection *c = user;
    struct stream *s = nghttp2_session_get_stream_user_data(session, id);
    if (!s) return 0;
    s->next = c->spare;
    c->spare = s;
    return 0;
}

static struct connection *open_connection(int fd, nghttp2_session_callbacks *callbacks) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->fd = fd;
    c->capacity = 64 * 1024;
    c->out = malloc(c->capacity);
    if (!c->out || nghttp2_session_server_new(&c->session, callbacks, c)) abort();
    nghttp2_settings_entry settings = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000};
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, &settings, 1);
    nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, 16 * 1024 * 1024);
    return c;
}

static void close_connection(struct connection *c) {
    nghttp2_session_del(c->session);
    while (c->spare) {
        struct stream *s = c->spare;
        c->spare = s->next;
        free(s->body);
        free(s);
    }
    close(c->fd);
    free(c->out);
    free(c);
}

/* Serialises and writes what it can; 0 when the connection is over. */
static int flush_output(struct connection *c, int poll) {
    for (;;) {
        const uint8_t *frame;
        ssize_t count = nghttp2_session_mem_send(c->session, &frame);
        if (count < 0) return 0;
        if (count == 0) break;
        reserve(c, (size_t)count);
        memcpy(c->out + c->used, frame, (size_t)count);
        c->used += (size_t)count;
    }
    size_t done = 0;
    while (done < c->used) {
        ssize_t count = write(c->fd, c->out + done, c->used - done);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) return 0;
        done += (size_t)count;
    }
    memmove(c->out, c->out + done, c->used - done);
    c->used -= done;
    if ((c->used > 0) != c->wants_write) {
        c->wants_write = c->used > 0;
        struct epoll_event event = {.events = EPOLLIN | (c->wants_write ? EPOLLOUT : 0),
                                    .data.ptr = c};
        epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
    }
    return nghttp2_session_want_read(c->session) || nghttp2_session_want_write(c->session);
}

static int receive_input(struct connection *c) {
    ssize_t count = read(c->fd, input, sizeof input);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return 0;
    return nghttp2_session_mem_recv(c->session, input, (size_t)count) >= 0;
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, length) || listen(fd, 128)) {
        perror("c-echo-server");
        exit(1);
    }
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("listening 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(int count, char **arguments) {
    nghttp2_session_callbacks *callbacks;
    if (count != 2 || nghttp2_session_callbacks_new(&callbacks)) {
        fprintf(stderr, "usage: c-echo-server PORT\n");
        return 1;
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
    int listener = listen_on(atoi(arguments[1])), poll = epoll_create1(0), one = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            struct connection *c = events[index].data.ptr;
            if (!c) {
                int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (fd < 0) continue;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                c = open_connection(fd, callbacks);
                struct epoll_event added = {.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(poll, EPOLL_CTL_ADD, fd, &added);
                if (!flush_output(c, poll)) close_connection(c);
                continue;
            }
            int is_open = !(events[index].events & EPOLLIN) || receive_input(c);
            if (!is_open || !flush_output(c, poll)) close_connection(c);
        }
    }
}
