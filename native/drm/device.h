#pragma once

#include <drm.h>

#include <map>
#include <memory>
#include <vector>

#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"
#include "core/unique_fd.h"
#include "drm/request.h"

namespace guesthead {

class Scanout;

/**
 * A KMS device: whole atomic commits, and the events of its scanouts.
 *
 * Scanouts hold a share of their Device, so a collected JavaScript device lives
 * on until its last scanout is gone. It polls while it has a scanout, but keeps
 * the loop alive only while a flip is under way.
 */
class Device final : public Closable, public std::enable_shared_from_this<Device> {
 public:
  static constexpr Class kClass = Class::device;
  static constexpr const char* kName = "device";
  static void define(Environment& environment);

  /** openDevice(fd) */
  static napi_value open(const Napi::CallbackInfo& info);

  Device(std::shared_ptr<Environment> environment, UniqueFd fd);
  ~Device() { close(); }
  bool closed() const { return !fd_; }
  void abandoned() {}
  void close() override;
  void endWithEnvironment() override;

  // For its scanouts, which add and remove themselves.
  int fd() const { return fd_.get(); }
  const std::shared_ptr<Environment>& environment() const { return environment_; }
  void add(Scanout* scanout);
  void remove(Scanout* scanout);
  void changeFlips(int change);

 private:
  napi_value commit(const Napi::CallbackInfo& info);
  napi_value commitAtEnd(const Napi::CallbackInfo& info);
  napi_value createScanout(const Napi::CallbackInfo& info);
  void onReadable(int error);
  void dispatch(const char* events, size_t size);
  void flipped(const drm_event_vblank& event);
  void fail(SystemError error);
  Scanout* find(uint32_t serial) const;

  std::shared_ptr<Environment> environment_;
  UniqueFd fd_;
  /** Whether reading may block; a file that does not shall stay so. */
  const bool blocks_;
  std::unique_ptr<Poller> poller_;
  std::vector<Scanout*> scanouts_;
  /** By CRTC; committed where the environment ends before close(). */
  std::map<uint32_t, Request> atEnd_;
  int flips_ = 0;
  int failure_ = 0;
};

}  // namespace guesthead
