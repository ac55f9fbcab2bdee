#include "core/poller.h"

#include <sys/socket.h>

namespace guesthead {
namespace {

/** libuv says EBADF for every POLLERR; a socket knows better, and forgets it once asked. */
int reasonOf(int fd, int status) {
  int reason = 0;
  socklen_t size = sizeof reason;
  const bool known = getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 && reason != 0;
  return known ? reason : -status;
}

/** uv_poll_init sets O_NONBLOCK, which the caller's descriptor of the same file would share. */
int initKeepingFlags(uv_loop_t* loop, uv_poll_t* poll, int fd) {
  const int flags = fcntl(fd, F_GETFL);
  const int result = uv_poll_init(loop, poll, fd);
  if (flags >= 0 && (flags & O_NONBLOCK) == 0) fcntl(fd, F_SETFL, flags);
  return result;
}

}  // namespace

/** Outlives its Poller until libuv's close callback. */
struct Poller::Handle {
  std::shared_ptr<Environment> environment;
  UniqueFd fd;
  Callback callback;
  uv_poll_t poll{};
};

Poller::Poller(std::shared_ptr<Environment> environment, UniqueFd fd, Callback callback) {
  auto handle = std::make_unique<Handle>();
  handle->environment = std::move(environment);
  handle->fd = std::move(fd);
  handle->callback = std::move(callback);
  handle->poll.data = handle.get();
  const int result = initKeepingFlags(handle->environment->loop(), &handle->poll, handle->fd.get());
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  handle->environment->handleOpened();
  handle_ = handle.release();
}

Poller::~Poller() {
  auto* closing = reinterpret_cast<uv_handle_t*>(&handle_->poll);
  uv_close(closing, [](uv_handle_t* closed) {
    const std::unique_ptr<Handle> handle(static_cast<Handle*>(closed->data));
    handle->environment->handleClosed();
  });
  handle_->fd.reset();
}

int Poller::fd() const {
  return handle_->fd.get();
}

int Poller::start(int events) {
  const auto* handle = reinterpret_cast<const uv_handle_t*>(&handle_->poll);
  return uv_is_active(handle) ? 0 : uv_poll_start(&handle_->poll, events, onEvents);
}

/** uv_poll_stop makes a system call even when there is nothing to stop. */
void Poller::stop() {
  if (uv_is_active(reinterpret_cast<const uv_handle_t*>(&handle_->poll))) {
    uv_poll_stop(&handle_->poll);
  }
}

void Poller::setReferenced(bool referenced) {
  auto* handle = reinterpret_cast<uv_handle_t*>(&handle_->poll);
  referenced ? uv_ref(handle) : uv_unref(handle);
}

void Poller::onEvents(uv_poll_t* poll, int status, int) {
  auto* handle = static_cast<Handle*>(poll->data);
  const Callback callback = handle->callback;  // It may destroy the Poller.
  const int error = status < 0 ? reasonOf(handle->fd.get(), status) : 0;
  try {
    callback(error);
  } catch (...) {
    // Out of memory, or an environment that no longer runs JavaScript; libuv is C.
  }
}

}  // namespace guesthead
