#pragma once

#include <optional>

#include "core/object.h"
#include "drm/syncobj.h"

namespace guesthead {

/** A node on which timelines of other processes can be waited for and signalled. */
class SyncDevice {
 public:
  static constexpr Class kClass = Class::syncDevice;
  static constexpr const char* kName = "sync device";
  static void define(Environment& environment);

  /** openSyncDevice(fd) */
  static napi_value open(const Napi::CallbackInfo& info);

  explicit SyncDevice(SharedNode node) : node_(std::move(node)) {}
  bool closed() const { return node_ == nullptr; }
  void abandoned() {}
  /** Its timelines keep the node. */
  void close() { node_.reset(); }

 private:
  napi_value importTimeline(const Napi::CallbackInfo& info);

  SharedNode node_;
};

/** Another process's timeline. */
class Timeline {
 public:
  static constexpr Class kClass = Class::timeline;
  static constexpr const char* kName = "timeline";
  static void define(Environment& environment);

  explicit Timeline(Syncobj syncobj) : syncobj_(std::move(syncobj)) {}
  bool closed() const { return !syncobj_.has_value(); }
  void abandoned() {}
  void close() { syncobj_.reset(); }

 private:
  napi_value whenSignalled(const Napi::CallbackInfo& info);
  napi_value signal(const Napi::CallbackInfo& info);

  std::optional<Syncobj> syncobj_;
};

}  // namespace guesthead
