#include "drm/slot.h"

#include <poll.h>

#include <iterator>

namespace guesthead {
namespace {

/** dma-buf's poll: POLLIN once the writers' fences have signalled, POLLOUT once all have. */
short eventOf(Fences fences) {
  return fences == Fences::all ? POLLOUT : POLLIN;
}

bool hasSignalled(const pollfd& polled) {
  if ((polled.revents & (POLLERR | POLLNVAL)) != 0) throw SystemError{EBADF, "poll"};
  return polled.fd < 0 || polled.revents != 0;
}

}  // namespace

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

bool Slot::signalled(Fences fences) const {
  return signalled(fences, nullptr, fences).first;
}

/** What has no descriptor has no fences: poll(2) passes over a negative one. */
std::pair<bool, bool> Slot::signalled(Fences fences, const Slot* other, Fences othersFences) const {
  pollfd ready[] = {{fdFor(fences), eventOf(fences), 0},
                    {other ? other->fdFor(othersFences) : -1, eventOf(othersFences), 0}};
  if (ready[0].fd < 0 && ready[1].fd < 0) return {true, true};
  int count;
  do {
    count = ::poll(ready, std::size(ready), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw SystemError{errno, "poll"};
  return {hasSignalled(ready[0]), hasSignalled(ready[1])};
}

int Slot::fdFor(Fences fences) const {
  const auto& chosen = poller(fences);
  return chosen ? chosen->fd() : -1;
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
