#include "dmabuf/page_runs.h"

#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "core/arguments.h"
#include "core/unique_fd.h"
#include "dmabuf/pieces.h"

namespace guesthead {
namespace {

/** What the numbers count: pages of this size, whatever the kernel's own are. */
constexpr uint64_t kUnit = 4096;

/** Source: Documentation/admin-guide/mm/pagemap.rst. */
constexpr uint64_t kPresent = uint64_t{1} << 63;
constexpr uint64_t kSwapped = uint64_t{1} << 62;
constexpr uint64_t kFrame = (uint64_t{1} << 55) - 1;

/** Memory that is short takes pages out of a mapping, pinned ones too: mapping them again brings
 * them back. */
constexpr int kAttempts = 4;

/** A mapping all of whose pages are in the page tables; nothing is read through it, so that a file
 * too short does no harm. */
class Populated {
 public:
  Populated(int fd, size_t bytes, size_t from) : bytes_(bytes) {
    address_ =
        mmap(nullptr, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, static_cast<off_t>(from));
    if (address_ == MAP_FAILED) throw SystemError{errno, "mmap"};
  }
  Populated(const Populated&) = delete;
  Populated& operator=(const Populated&) = delete;
  ~Populated() { munmap(address_, bytes_); }

  uintptr_t address() const { return reinterpret_cast<uintptr_t>(address_); }

 private:
  void* address_;
  const size_t bytes_;
};

void readFully(int fd, std::vector<uint64_t>& entries, uintptr_t firstPage) {
  auto* into = reinterpret_cast<char*>(entries.data());
  size_t left = entries.size() * sizeof entries[0];
  auto at = static_cast<off_t>(firstPage * sizeof entries[0]);
  while (left > 0) {
    const ssize_t count = pread(fd, into, left, at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw SystemError{count < 0 ? errno : EIO, "read /proc/self/pagemap"};
    into += count;
    at += count;
    left -= static_cast<size_t>(count);
  }
}

bool isPresent(uint64_t entry) {
  return (entry & kPresent) != 0 && (entry & kSwapped) == 0;
}

/** The entries of all pages; false where one is not there at the moment. */
bool readEntries(int pagemap, int memory, std::vector<uint64_t>& entries, size_t pageSize,
                 size_t from) {
  const Populated mapping(memory, entries.size() * pageSize, from);
  readFully(pagemap, entries, mapping.address() / pageSize);
  return std::all_of(entries.begin(), entries.end(), isPresent);
}

void append(std::vector<uint64_t>& runs, uint64_t page, uint64_t count) {
  constexpr uint64_t kMostOfARun = UINT32_MAX;
  const size_t end = runs.size();
  const bool follows = end > 0 && runs[end - 2] + runs[end - 1] == page;
  if (follows && runs[end - 1] + count <= kMostOfARun) {
    runs[end - 1] += count;
  } else {
    runs.push_back(page);
    runs.push_back(count);
  }
}

/** To who may not know them, the kernel tells that pages are there and calls each of them 0. */
std::vector<uint64_t> joined(const std::vector<uint64_t>& entries, size_t pageSize, size_t bytes) {
  const uint64_t unitsOfPage = pageSize / kUnit;
  uint64_t left = (bytes + kUnit - 1) / kUnit;
  std::vector<uint64_t> runs;
  for (const uint64_t entry : entries) {
    const uint64_t frame = entry & kFrame;
    if (frame == 0) throw SystemError{EPERM, "read /proc/self/pagemap"};
    const uint64_t units = std::min(unitsOfPage, left);
    append(runs, frame * unitsOfPage, units);
    left -= units;
  }
  return runs;
}

}  // namespace

std::vector<uint64_t> runsOf(int memory, size_t bytes, size_t from) {
  const auto pageSize = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const UniqueFd pagemap(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (!pagemap) throw SystemError{errno, "open /proc/self/pagemap"};
  std::vector<uint64_t> entries((bytes + pageSize - 1) / pageSize);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (readEntries(pagemap.get(), memory, entries, pageSize, from))
      return joined(entries, pageSize, bytes);
  }
  throw SystemError{EAGAIN, "read /proc/self/pagemap"};
}

/**
 * The mapping is the memory's own: a dma-buf's has no entries that tell of pages. They stay where
 * they are only while something pins them, a udmabuf for one.
 */
napi_value pageRuns(const Napi::CallbackInfo& info) {
  const int memory = fdOf(info[0], "memory");
  const auto bytes = static_cast<size_t>(integerOf(info[1], "bytes", 1, kMaxBytes));
  const std::vector<uint64_t> runs = runsOf(memory, bytes);
  auto array = Napi::BigUint64Array::New(info.Env(), runs.size());
  std::copy(runs.begin(), runs.end(), array.Data());
  return array;
}

}  // namespace guesthead
