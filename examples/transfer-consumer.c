/*
 * A consumer of the transfer: nothing but a socket and dma-bufs. Prints a line for each picture that a guest exports, with the
 * colour of its first pixel, and gives it back. docs/transfer-protocol.md describes what is said.
 *
 *   cc -o transfer-consumer transfer-consumer.c
 *   ./transfer-consumer /run/guesthead.sock [FRAMES]
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HELLO = 1, WELCOME = 2, REFUSED = 3, EXPORT = 6, RELEASED = 7, REVOKED = 9, UNREGISTER = 10, UNREGISTERED = 11, BUFFER = 12 };
enum { HEADER = 8, MOST_BUFFERS = 64 };

/* A buffer as the broker has described it; `memory` is null until it came, and once it has gone. */
struct buffer {
  uint32_t number, width, height, format, offset, stride;
  uint64_t size;
  int fd;
  unsigned char *memory;
};

static struct buffer buffers[MOST_BUFFERS];

static uint32_t u32(const unsigned char *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return le32toh(value);
}

static uint64_t u64(const unsigned char *at) {
  return u32(at) | (uint64_t)u32(at + 4) << 32;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* One message is one packet: length, kind, flags (0), then the fields without gaps, little-endian. */
static void say(int s, int kind, const void *fields, size_t length) {
  unsigned char message[64] = {HEADER + length, 0, 0, 0, kind, 0, 0, 0};
  memcpy(message + HEADER, fields, length);
  if (send(s, message, HEADER + length, MSG_NOSIGNAL) < 0) fail("send");
}

/* Returns the length, 0 at the end; `*fd` is the descriptor that came with it, or -1. */
static size_t hear(int s, unsigned char *into, size_t most, int *fd) {
  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control;
  struct iovec part = {into, most};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  const ssize_t length = recvmsg(s, &message, MSG_CMSG_CLOEXEC);
  if (length < 0) fail("recvmsg");
  const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *fd = -1;
  if (head != NULL && head->cmsg_type == SCM_RIGHTS) memcpy(fd, CMSG_DATA(head), sizeof *fd);
  if (length > 0 && (length < HEADER || u32(into) != (size_t)length)) errno = EPROTO, fail("broker");
  return (size_t)length;
}

/* The buffer of that number; 0, which no buffer has, finds a place for another one. */
static struct buffer *find(uint32_t number) {
  for (struct buffer *b = buffers; b < buffers + MOST_BUFFERS; b++)
    if (b->memory == NULL ? number == 0 : b->number == number) return b;
  errno = EPROTO;
  fail("a buffer of the broker's");
  return NULL;
}

static void map_buffer(const unsigned char *at, int fd) {
  struct buffer *b = find(0);
  *b = (struct buffer){.number = u32(at), .width = u32(at + 4), .height = u32(at + 8), .format = u32(at + 12),
                       .offset = u32(at + 24), .stride = u32(at + 28), .size = u64(at + 32), .fd = fd};
  void *memory = mmap(NULL, b->size, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) fail("mmap");
  b->memory = memory;
}

static void unmap_buffer(struct buffer *b) {
  munmap(b->memory, b->size);
  close(b->fd);
  b->memory = NULL;
}

/* A read of a dma-buf goes between a begin and an end; what stands in for one, in tests, has no such ioctl. */
static void sync_read(int fd, uint64_t edge) {
  struct dma_buf_sync sync = {DMA_BUF_SYNC_READ | edge};
  if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) < 0 && errno != ENOTTY) fail("DMA_BUF_IOCTL_SYNC");
}

static void show(const struct buffer *b, uint64_t sequence) {
  sync_read(b->fd, DMA_BUF_SYNC_START);
  printf("frame %" PRIu64 ": %ux%u %.4s, stride %u, first pixel #%06x\n", sequence, b->width, b->height,
         (const char *)&b->format, b->stride, u32(b->memory + b->offset) & 0xffffff);
  fflush(stdout);
  sync_read(b->fd, DMA_BUF_SYNC_END);
}

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: %s SOCKET [FRAMES]\n", argv[0]), 2;
  long left = argc > 2 ? atol(argv[2]) : -1;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
  const int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (connect(s, (struct sockaddr *)&address, sizeof address) < 0) fail(argv[1]);
  say(s, HELLO, "GHTR\1\0\1\0\1\0\0\0C", 13); /* versions 1 to 1, a name of one byte */

  unsigned char message[8192];
  const unsigned char *fields = message + HEADER;
  int fd;
  for (size_t length; (length = hear(s, message, sizeof message, &fd)) > 0;) switch (message[4]) {
      case REFUSED: /* what, about which buffer, and a text with its length before it */
        return fprintf(stderr, "refused: %.*s\n", (int)u32(fields + 6), (const char *)fields + 10), 1;
      case BUFFER:
        map_buffer(fields, fd);
        break;
      case EXPORT: /* 16 bytes of id, the buffer, the sequence, private data */
        show(find(u32(fields + 16)), u64(fields + 20));
        say(s, RELEASED, fields, 16);
        if (left > 0 && --left == 0) return 0;
        break;
      case UNREGISTER:
        unmap_buffer(find(u32(fields)));
        say(s, UNREGISTERED, fields, 4);
        break;
      case WELCOME: /* version 1, or we would have been refused */
      case REVOKED: /* we hold nothing while we wait */
        break;
    }
  return 0;
}
