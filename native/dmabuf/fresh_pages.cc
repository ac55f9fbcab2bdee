#include "dmabuf/fresh_pages.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <vector>

#include "core/restarted.h"
#include "core/system_error.h"
#include "dmabuf/page_runs.h"

namespace guesthead {
namespace {

/** Bytes that are looked at to see which way the kernel goes. */
constexpr size_t kLook = 16 * 1024;
/** Bytes after which it is looked again, for it may turn: each such block is a run of its own from
 * the back. */
constexpr size_t kBlock = 512 * 1024;

const std::vector<char>& zeros() {
  static const std::vector<char> kZeros(kLook);
  return kZeros;
}

void writeZeros(int memory, size_t from, size_t to) {
  while (from < to) {
    const size_t length = std::min(to - from, kLook);
    const ssize_t written =
        restarted([&] { return pwrite(memory, zeros().data(), length, static_cast<off_t>(from)); });
    if (written <= 0) throw SystemError{written < 0 ? errno : ENOSPC, "pwrite"};
    from += static_cast<size_t>(written);
  }
}

void writeBackwards(int memory, size_t from, size_t to) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t end = to; end > from; end -= page) writeZeros(memory, end - page, end);
}

/** Whether most of these pages lie one before the other. Who may not know where they lie is told
 * no. */
bool descends(int memory, size_t from, size_t to) {
  try {
    const std::vector<uint64_t> runs = runsOf(memory, to - from, from);
    size_t steps = 0;
    for (size_t at = 2; at < runs.size(); at += 2) {
      if (runs[at] + runs[at + 1] == runs[at - 2]) ++steps;
    }
    return steps > runs.size() / 4;
  } catch (const SystemError&) {
    return false;
  }
}

}  // namespace

/**
 * The kernel gives first what was freed last, and memory is freed from its front to its back: every
 * second process would have pages in descending order, each a run of its own, of which a host's
 * udmabuf takes no more than 1,024. So block for block from the back, as long as it is so.
 */
void makePages(int memory, size_t bytes) {
  bool backwards = false;
  for (size_t from = 0, to = 0; from < bytes; from = to) {
    to = std::min(bytes, from + (from == 0 ? kLook : kBlock));
    (backwards ? writeBackwards : writeZeros)(memory, from, to);
    const size_t looked = std::min(to - from, kLook);
    // What was written last; from the back, the kernel's own order is the opposite one.
    backwards =
        backwards ? !descends(memory, from, from + looked) : descends(memory, to - looked, to);
  }
}

}  // namespace guesthead
