#include "drm/slot.h"

#include <poll.h>

namespace guesthead {

Slot::Slot(const std::shared_ptr<Environment>& environment, uint32_t index, uint32_t cookie,
           uint32_t framebuffer, int dmabufFd, SlotListener& listener)
    : index(index), cookie(cookie), framebuffer(framebuffer) {
  if (dmabufFd < 0) return;
  const Poller::Callback callback = [this, &listener](int error) {
    listener.onSlotReady(*this, error);
  };
  all_ = std::make_unique<Poller>(environment, UniqueFd::duplicate(dmabufFd), callback);
  writers_ = std::make_unique<Poller>(environment, UniqueFd::duplicate(dmabufFd), callback);
}

/** dma-buf's poll: POLLIN once the writers' fences have signalled, POLLOUT once all have. */
bool Slot::signalled(Fences fences) const {
  const auto& chosen = poller(fences);
  if (!chosen) return true;
  const short events = fences == Fences::all ? POLLOUT : POLLIN;
  pollfd ready = {chosen->fd(), events, 0};
  int count;
  do {
    count = ::poll(&ready, 1, 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw SystemError{errno, "poll"};
  if ((ready.revents & (POLLERR | POLLNVAL)) != 0) throw SystemError{EBADF, "poll"};
  return count > 0;
}

void Slot::await(Fences fences) {
  const auto& chosen = poller(fences);
  const int result = chosen ? chosen->start(fences == Fences::all ? UV_WRITABLE : UV_READABLE) : 0;
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
}

void Slot::stop(Fences fences) {
  if (const auto& chosen = poller(fences)) chosen->stop();
}

void Slot::detach() {
  attached = false;
  replacements = 0;
  successor.reset();
  all_.reset();
}

}  // namespace guesthead
