#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"
#include "input/library.h"

namespace guesthead::input {

/**
 * `NativeInput` in src/native/input.ts: a libinput context on the environment's own loop, and the
 * devices that JavaScript has added to it. Each is opened for it alone (EVIOCGRAB), by itself or by
 * a session manager.
 *
 * No JavaScript runs while libinput does: its events become rows of numbers first, which are then
 * told, as many at a time as the batch has room for.
 */
class Devices final : public Closable, public std::enable_shared_from_this<Devices> {
 public:
  static constexpr Class kClass = Class::input;
  static constexpr const char* kName = "input";
  static void define(Environment& environment);

  /** openInput(batch, onEvents, onLog) */
  static napi_value open(const Napi::CallbackInfo& info);

  Devices(std::shared_ptr<Environment> environment, const Library& library);
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;
  ~Devices();

  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;

 private:
  struct Line {
    int priority;
    std::string text;
  };

  void start(napi_value owner, const Napi::CallbackInfo& info);
  void onReadable();
  void readEvents();
  void deliver();
  size_t fillBatch();
  void tellLog();
  [[noreturn]] void throwRefused(napi_env env);

  napi_value add(const Napi::CallbackInfo& info);
  napi_value remove(const Napi::CallbackInfo& info);
  napi_value setLeds(const Napi::CallbackInfo& info);

  // Called by libinput.
  static int openRestricted(const char* path, int flags, void* self);
  static void closeRestricted(int fd, void* self);
  static void keepLine(libinput* context, int priority, const char* format, va_list arguments);

  int refuse(const char* syscall);

  const std::shared_ptr<Environment> environment_;
  const Library& library_;
  Callbacks callbacks_;
  std::unique_ptr<Poller> poller_;
  libinput* context_ = nullptr;
  /** Where the rows are told; JavaScript's, and of its size. */
  napi_ref batch_ = nullptr;
  std::map<uint32_t, libinput_device*> devices_;
  uint32_t nextDevice_ = 1;
  std::vector<double> rows_;
  std::vector<Line> lines_;
  /** The caller's descriptor of the device that is being added; -1: it is opened here. */
  int given_ = -1;
  /** Why the device that is being added could not be opened. */
  SystemError refusal_{0, ""};
  bool delivering_ = false;
  bool closed_ = false;
};

}  // namespace guesthead::input
