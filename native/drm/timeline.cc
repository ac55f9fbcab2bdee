#include "drm/timeline.h"

#include "core/arguments.h"
#include "core/watcher.h"

namespace guesthead {

void SyncDevice::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("importTimeline", call<SyncDevice, &SyncDevice::importTimeline>),
      method("close", callClose<SyncDevice>),
  };
  environment.defineClass(kClass, "SyncDevice", std::size(methods), methods);
}

napi_value SyncDevice::open(const Napi::CallbackInfo& info) {
  const auto node = std::make_shared<UniqueFd>(UniqueFd::duplicate(fdOf(info[0], "fd")));
  trySyncobjs(node);
  return wrap(*Environment::of(info.Env()), std::make_shared<SyncDevice>(node));
}

napi_value SyncDevice::importTimeline(const Napi::CallbackInfo& info) {
  const auto timeline = std::make_shared<Timeline>(Syncobj::import(node_, fdOf(info[0], "fd")));
  return wrap(*Environment::of(info.Env()), timeline);
}

void Timeline::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("whenSignalled", call<Timeline, &Timeline::whenSignalled>),
      method("signal", call<Timeline, &Timeline::signal>),
      method("close", callClose<Timeline>),
  };
  environment.defineClass(kClass, "Timeline", std::size(methods), methods);
}

/** The watcher has the eventfd, and needs the timeline no more. */
napi_value Timeline::whenSignalled(const Napi::CallbackInfo& info) {
  const uint64_t point = uint64Of(info[0], "point");
  const Napi::Function function = functionOf(info[1], "onSignalled");
  if (syncobj_->isSignalled(point)) return info.Env().Null();
  return Watcher::own(info.Env(), syncobj_->eventOf(point), function);
}

napi_value Timeline::signal(const Napi::CallbackInfo& info) {
  syncobj_->signal(uint64Of(info[0], "point"));
  return nullptr;
}

}  // namespace guesthead
