#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "wayland/server.h"

namespace guesthead::wayland {
namespace {

/** Directions of a logged message. */
constexpr int kRequest = 0;
/** wl_display.error */
constexpr uint32_t kDisplayError = 0;
/** Of its arguments: the object, and a code that is that object's own. */
constexpr int kErrorArguments = 2;
/** wl_display.error.no_memory */
constexpr uint32_t kNoMemory = 2;
/** So many wake-ups in a row that bring nothing. */
constexpr int kMostFruitless = 50;

}  // namespace

/** Called from within libwayland: nothing is thrown across it. */
void Server::onMessage(void* self, int direction, const LoggedMessage* message) {
  Server& server = *static_cast<Server*>(self);
  try {
    if (direction == kRequest)
      server.heard(*message);
    else
      server.said(*message);
  } catch (...) {
    // Without a record a picture is copied, and a client that was told of an error ends by itself.
  }
}

void Server::heard(const LoggedMessage& message) {
  progressed_ = true;
  Facts* const facts = factsOf(library_.resource_get_client(message.resource));
  if (facts != nullptr) ++facts->messages;
  if (pools_ != nullptr) pools_->onRequest(message);
}

/** libwayland ends a client that it has told of an error when that is heard of next, which may be
 * never. */
void Server::said(const LoggedMessage& message) {
  if (message.opcode != kDisplayError) return;
  if (std::strcmp(library_.resource_get_class(message.resource), "wl_display") != 0) return;
  const Client* const client = recordOf(library_.resource_get_client(message.resource));
  if (client == nullptr) return;
  const bool isTooMuch = message.argumentsCount >= kErrorArguments &&
                         static_cast<const void*>(message.arguments[0].o) == message.resource &&
                         message.arguments[1].u == kNoMemory;
  doom(client->handle(), isTooMuch ? End::tooMuch : End::error);
}

/** It is ended when the messages that are being read have been; for what it was ended for first. */
void Server::doom(double handle, End end) {
  doomed_.push_back(handle);
  const Client* const client = clients_.find(handle);
  if (client == nullptr) return;
  Facts& facts = facts_[client->index];
  if (facts.end == End::left) facts.end = end;
}

/**
 * libwayland 1.23 takes a buffer of exactly 4,095 bytes for a full one: it reads nothing, and its
 * loop wakes up for ever. Whose bytes wait then, at two wake-ups running, is the client to be
 * ended: those of anybody else would have been read in between.
 */
void Server::guardProgress() {
  fruitless_ = std::exchange(progressed_, false) ? 0 : fruitless_ + 1;
  if (fruitless_ < kMostFruitless) return suspects_.clear();
  const std::vector<double> before = std::exchange(suspects_, {});
  for (const Client& client : clients_.slots()) {
    int waiting = 0;
    if (client.object == nullptr) continue;
    if (ioctl(library_.client_get_fd(client.object), FIONREAD, &waiting) == 0 && waiting > 0)
      suspects_.push_back(client.handle());
  }
  for (const double suspect : suspects_)
    if (std::find(before.begin(), before.end(), suspect) != before.end()) doom(suspect, End::stuck);
}

/** What a wake-up has taken is shared out by the number of messages. */
void Server::guardLoad(double busySeconds) {
  const double now = monotonicSeconds();
  const double window = now - windowStart_;
  const bool isOver = window >= limits_.load.seconds / kWindows;
  if (isOver) windowStart_ = now;
  uint32_t all = 0;
  for (const Facts& facts : facts_) all += facts.messages;
  for (const Client& client : clients_.slots()) {
    Facts& facts = facts_[client.index];
    if (all > 0) facts.load.add(busySeconds * facts.messages / all);
    facts.messages = 0;
    if (isOver && client.object != nullptr && facts.load.tooMuch(limits_.load, window))
      tell(Event::greedy, {client.handle()});
  }
}

}  // namespace guesthead::wayland
