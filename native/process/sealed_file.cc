#include "process/sealed_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/arguments.h"
#include "core/system_error.h"

namespace guesthead {
namespace {

void writeAll(int fd, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw SystemError{errno, "write"};
    bytes += written;
    size -= static_cast<size_t>(written);
  }
}

/** Without /proc the first one has to do. */
UniqueFd readOnly(UniqueFd memory) {
  const std::string path = "/proc/self/fd/" + std::to_string(memory.get());
  UniqueFd reopened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return reopened ? std::move(reopened) : std::move(memory);
}

}  // namespace

UniqueFd sealedFile(const char* name, const void* bytes, size_t size) {
  UniqueFd memory(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) throw SystemError{errno, "memfd_create"};
  writeAll(memory.get(), static_cast<const char*>(bytes), size);
  constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  if (fcntl(memory.get(), F_ADD_SEALS, seals) < 0) throw SystemError{errno, "F_ADD_SEALS"};
  return readOnly(std::move(memory));
}

napi_value createSealedFile(const Napi::CallbackInfo& info) {
  const auto bytes = uint8sOf(info[0], "bytes");
  return givenAway(info.Env(), sealedFile("guesthead", bytes.data, bytes.length));
}

}  // namespace guesthead
