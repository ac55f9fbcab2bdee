#include "process/libraries.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "core/arguments.h"

namespace guesthead {
namespace {

/** Whether the dynamic linker wrote into the code: those pages are no longer the file's. */
bool hasTextRelocations(const dl_phdr_info& library) {
  for (int i = 0; i < library.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = library.dlpi_phdr[i];
    if (segment.p_type != PT_DYNAMIC) continue;
    auto entry = reinterpret_cast<const ElfW(Dyn)*>(library.dlpi_addr + segment.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) return true;
    }
  }
  return false;
}

/** Code that cannot be written to; the next use of a page maps it again from the file. */
void discardSegment(const dl_phdr_info& library, const ElfW(Phdr) & segment) {
  if (segment.p_type != PT_LOAD || (segment.p_flags & (PF_X | PF_W)) != PF_X) return;
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t begin = (library.dlpi_addr + segment.p_vaddr) & ~(page - 1);
  const uintptr_t end = library.dlpi_addr + segment.p_vaddr + segment.p_memsz;
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // Refused: it stays mapped.
}

bool isNamed(const dl_phdr_info& library, const std::string& start) {
  const std::string path(library.dlpi_name);  // Empty for the program itself.
  return path.compare(path.rfind('/') + 1, start.size(), start) == 0;
}

}  // namespace

napi_value discardCode(const Napi::CallbackInfo& info) {
  std::string name = stringOf(info[0], "name");
  const auto discard = [](dl_phdr_info* library, size_t, void* data) {
    if (!isNamed(*library, *static_cast<std::string*>(data)) || hasTextRelocations(*library))
      return 0;
    for (int i = 0; i < library->dlpi_phnum; ++i) discardSegment(*library, library->dlpi_phdr[i]);
    return 0;
  };
  dl_iterate_phdr(discard, &name);
  return info.Env().Undefined();
}

}  // namespace guesthead
