#include "wayland/listener.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "core/system_error.h"

namespace guesthead::wayland {
namespace {

/** WL_EVENT_READABLE */
constexpr uint32_t kReadable = 1;
constexpr int kMostWaiting = 128;
constexpr mode_t kLockMode = 0660;

std::string lockOf(const std::string& path) {
  return path + ".lock";
}

UniqueFd locked(const std::string& path) {
  UniqueFd lock(open(lockOf(path).c_str(), O_CREAT | O_CLOEXEC | O_RDWR, kLockMode));
  if (!lock) throw SystemError{errno, "open"};
  if (flock(lock.get(), LOCK_EX | LOCK_NB) < 0) throw SystemError{errno, "flock"};
  return lock;
}

/** Of a server that has ended; one that may not be written to is somebody else's. */
void removeStale(const std::string& path) {
  struct stat found = {};
  if (lstat(path.c_str(), &found) == 0 && (found.st_mode & (S_IWUSR | S_IWGRP)) != 0)
    unlink(path.c_str());
}

UniqueFd listening(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw SystemError{ENAMETOOLONG, "bind"};
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw SystemError{errno, "socket"};
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    throw SystemError{errno, "bind"};
  if (listen(fd.get(), kMostWaiting) < 0) throw SystemError{errno, "listen"};
  return fd;
}

UniqueFd accepted(int from) {
  return UniqueFd(accept4(from, nullptr, nullptr, SOCK_CLOEXEC));
}

UniqueFd spare() {
  return UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Listener::Listener(const Library& library, wl_display* display, const std::string& path)
    : library_(library), display_(display), path_(path), lock_(locked(path)), spare_(spare()) {
  removeStale(path);
  socket_ = listening(path);
  source_ = library.event_loop_add_fd(library.display_get_event_loop(display), socket_.get(),
                                      kReadable, onReadable, this);
  if (source_ == nullptr) throw SystemError{ENOMEM, "wl_event_loop_add_fd"};
}

Listener::~Listener() {
  library_.event_source_remove(source_);
  unlink(path_.c_str());
  unlink(lockOf(path_).c_str());
}

void Listener::take(bool wanted) {
  if (wanted == takes_) return;
  takes_ = wanted;
  library_.event_source_fd_update(source_, wanted ? kReadable : 0);
}

int Listener::onReadable(int, uint32_t, void* self) {
  static_cast<Listener*>(self)->accept();
  return 0;
}

void Listener::accept() {
  UniqueFd client = accepted(socket_.get());
  if (!client && (errno == EMFILE || errno == ENFILE)) {
    // Left alone it would keep the socket readable, and the loop turning.
    spare_.reset();
    accepted(socket_.get());
    spare_ = spare();
    return;
  }
  if (client && library_.client_create(display_, client.get()) != nullptr) client.release();
}

}  // namespace guesthead::wayland
