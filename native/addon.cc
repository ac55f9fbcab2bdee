#include <napi.h>

#include "core/environment.h"
#include "core/errors.h"
#include "core/watcher.h"
#include "dbus/peer.h"
#include "dmabuf/copy.h"
#include "dmabuf/fence_sampler.h"
#include "dmabuf/mapping.h"
#include "dmabuf/page_runs.h"
#include "dmabuf/pieces.h"
#include "dmabuf/sync_file.h"
#include "dmabuf/udmabuf.h"
#include "drm/device.h"
#include "drm/dirty_framebuffer.h"
#include "drm/scanout.h"
#include "drm/timeline.h"
#include "drm/uevents.h"
#include "gl/binding.h"
#include "input/devices.h"
#include "input/keymap.h"
#include "paint/painting.h"
#include "process/allocator.h"
#include "process/datagram.h"
#include "process/driver_ahead.h"
#include "process/duplicate.h"
#include "process/hypervisor.h"
#include "process/libraries.h"
#include "process/peer.h"
#include "process/port.h"
#include "process/scheduling.h"
#include "process/sealed_file.h"
#include "process/socket.h"
#include "process/user.h"
#include "session/session.h"
#include "wayland/server.h"

namespace guesthead {
namespace {

template <napi_value (*function)(const Napi::CallbackInfo&)>
napi_value callFunction(napi_env env, napi_callback_info raw) {
  return guarded(env, [&] { return function(Napi::CallbackInfo(env, raw)); });
}

/** The functions of `Native` in src/native/index.ts. */
void exportFunctions(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      method("openDevice", callFunction<Device::open>, napi_default_jsproperty),
      method("watchReadable", callFunction<Watcher::watch>, napi_default_jsproperty),
      method("openPort", callFunction<Port::open>, napi_default_jsproperty),
      method("mapDmabuf", callFunction<Mapping::map>, napi_default_jsproperty),
      method("mapPieces", callFunction<Mapping::mapPieces>, napi_default_jsproperty),
      method("exportSyncFile", callFunction<exportSyncFile>, napi_default_jsproperty),
      method("importSyncFile", callFunction<importSyncFile>, napi_default_jsproperty),
      method("mergeSyncFiles", callFunction<mergeSyncFiles>, napi_default_jsproperty),
      method("syncFileInfo", callFunction<syncFileInfo>, napi_default_jsproperty),
      method("dirtyFramebuffer", callFunction<dirtyFramebuffer>, napi_default_jsproperty),
      method("openSyncDevice", callFunction<SyncDevice::open>, napi_default_jsproperty),
      method("openUevents", callFunction<openUevents>, napi_default_jsproperty),
      method("readUevent", callFunction<readUevent>, napi_default_jsproperty),
      method("createUdmabuf", callFunction<createUdmabuf>, napi_default_jsproperty),
      method("createMemory", callFunction<createMemory>, napi_default_jsproperty),
      method("wrapMemory", callFunction<wrapMemory>, napi_default_jsproperty),
      method("pageRuns", callFunction<pageRuns>, napi_default_jsproperty),
      method("createUdmabufOf", callFunction<createUdmabufOf>, napi_default_jsproperty),
      method("sealsOf", callFunction<sealsOf>, napi_default_jsproperty),
      method("paint", callFunction<paint::paint>, napi_default_jsproperty),
      method("copyRectangles", callFunction<copyRectangles>, napi_default_jsproperty),
      method("sendDatagram", callFunction<sendDatagram>, napi_default_jsproperty),
      method("duplicate", callFunction<duplicate>, napi_default_jsproperty),
      method("createSealedFile", callFunction<createSealedFile>, napi_default_jsproperty),
      method("giveBackFreedMemory", callFunction<giveBackFreedMemory>, napi_default_jsproperty),
      method("runInRealTime", callFunction<runInRealTime>, napi_default_jsproperty),
      method("hypervisor", callFunction<hypervisor>, napi_default_jsproperty),
      method("peerProcess", callFunction<peerProcess>, napi_default_jsproperty),
      method("listenSocket", callFunction<listenSocket>, napi_default_jsproperty),
      method("acceptSocket", callFunction<acceptSocket>, napi_default_jsproperty),
      method("connectSocket", callFunction<connectSocket>, napi_default_jsproperty),
      method("connectStream", callFunction<connectStream>, napi_default_jsproperty),
      method("socketPair", callFunction<socketPair>, napi_default_jsproperty),
      method("sendMessage", callFunction<sendMessage>, napi_default_jsproperty),
      method("receiveMessage", callFunction<receiveMessage>, napi_default_jsproperty),
      method("userOf", callFunction<userOf>, napi_default_jsproperty),
      method("execAs", callFunction<execAs>, napi_default_jsproperty),
      method("openPipe", callFunction<openPipe>, napi_default_jsproperty),
      method("discardCode", callFunction<discardCode>, napi_default_jsproperty),
      method("loadDriverAhead", callFunction<loadDriverAhead>, napi_default_jsproperty),
      method("openGl", callFunction<gl::Gl::open>, napi_default_jsproperty),
      method("openBusPeer", callFunction<dbus::Peer::open>, napi_default_jsproperty),
      method("openWayland", callFunction<wayland::Server::open>, napi_default_jsproperty),
      method("openInput", callFunction<input::Devices::open>, napi_default_jsproperty),
      method("compileKeymap", callFunction<input::Keymap::compile>, napi_default_jsproperty),
      method("loadSeat", callFunction<session::loadSeat>, napi_default_jsproperty),
      method("openSession", callFunction<session::Session::open>, napi_default_jsproperty),
      method("sampleFence", callFunction<FenceSampler::sample>, napi_default_jsproperty),
  };
  check(env, napi_define_properties(env, exports, std::size(functions), functions));
}

}  // namespace
}  // namespace guesthead

/** Called once in each environment that loads the addon: the main thread and every worker. */
NAPI_MODULE_INIT() {
  using namespace guesthead;
  return guarded(env, [&] {
    Environment::create(env);
    Environment& environment = *Environment::of(env);
    Device::define(environment);
    Scanout::define(environment);
    Mapping::define(environment);
    SyncDevice::define(environment);
    Timeline::define(environment);
    Watcher::define(environment);
    Port::define(environment);
    gl::Gl::define(environment);
    dbus::Peer::define(environment);
    wayland::Server::define(environment);
    input::Devices::define(environment);
    input::Keymap::define(environment);
    session::Session::define(environment);
    exportFunctions(env, exports);
    return exports;
  });
}
