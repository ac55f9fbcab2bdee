#include "core/errors.h"

#include <uv.h>

#include <cstring>
#include <string>

namespace guesthead {
namespace {

/** libuv names what it can meet itself; these are what a DRM driver or an exporter adds. */
std::string nameOf(int error) {
  switch (error) {
    case EBADFD:
      return "EBADFD";
    case ETIME:
      return "ETIME";
    case EDEADLK:
      return "EDEADLK";
    case EREMOTEIO:
      return "EREMOTEIO";
    case EBADMSG:
      return "EBADMSG";
    case ESTALE:
      return "ESTALE";
    case ENOKEY:
      return "ENOKEY";
    case EDOM:
      return "EDOM";
    default: {
      char name[32];
      uv_err_name_r(-error, name, sizeof name);
      return name[0] == 'E' ? name : "E" + std::to_string(error);
    }
  }
}

}  // namespace

napi_value toJavaScript(napi_env env, const SystemError& error) {
  char text[128];
  uv_strerror_r(-error.error, text, sizeof text);
  const std::string code = nameOf(error.error);
  const std::string message = code + ": " + text + ", " + error.syscall;
  Napi::Error thrown = Napi::Error::New(env, message);
  Napi::Object object = thrown.Value();
  object.Set("errno", error.error);
  object.Set("code", code);
  object.Set("syscall", error.syscall);
  return object;
}

napi_value toJavaScript(napi_env env, const LibraryMissing& missing) {
  Napi::Error error = Napi::Error::New(env, missing.reason);
  error.Value().Set("code", "ERR_LIBRARY_MISSING");
  return error.Value();
}

void throwClosed(napi_env env, const char* what) {
  Napi::Error error = Napi::Error::New(env, std::string("The ") + what + " is closed");
  error.Value().Set("code", "ERR_CLOSED");
  throw error;
}

}  // namespace guesthead
