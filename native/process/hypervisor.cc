#include "process/hypervisor.h"

#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace guesthead {

namespace {

#if defined(__x86_64__)
/** CPUID.1:ECX: the bit that no processor sets, only a hypervisor. */
constexpr unsigned kHypervisorPresent = 1U << 31;
/** The first leaf kept for hypervisors: EBX, ECX and EDX hold twelve letters, padded by zeros. */
constexpr unsigned kHypervisorLeaf = 0x40000000;

std::string hypervisorName() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kHypervisorPresent) == 0) return {};
  unsigned letters[4] = {};
  __cpuid(kHypervisorLeaf, a, letters[0], letters[1], letters[2]);
  return reinterpret_cast<const char*>(letters);  // the fourth is its end
}
#else
std::string hypervisorName() {
  return {};
}
#endif

}  // namespace

napi_value hypervisor(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), hypervisorName());
}

}  // namespace guesthead
