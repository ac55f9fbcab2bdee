#include "input/devices.h"

#include <fcntl.h>
#include <linux/input.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/arguments.h"
#include "input/rows.h"

namespace guesthead::input {
namespace {

/** Of libinput.h. */
enum Capability { kKeyboard, kPointer, kTouch };
constexpr int kInfo = 20;
constexpr int kError = 30;

constexpr size_t kMostLines = 32;
constexpr double kAllLeds = 7;

enum Handler { onEvents, onLog };

}  // namespace

void Devices::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("add", call<Devices, &Devices::add>),
      method("remove", call<Devices, &Devices::remove>),
      method("setLeds", call<Devices, &Devices::setLeds>),
      method("close", callClose<Devices>),
  };
  environment.defineClass(kClass, "Input", std::size(methods), methods);
}

napi_value Devices::open(const Napi::CallbackInfo& info) {
  if (float64sOf(info[0], "batch").length < kRowLength) {
    throw Napi::RangeError::New(info.Env(), "batch must have room for a row");
  }
  for (const size_t index : {1, 2}) functionOf(info[index], "callback");
  const Library& library = Library::load();
  const auto& environment = Environment::of(info.Env());
  const auto devices = std::make_shared<Devices>(environment, library);
  const napi_value owner = wrap(*environment, devices);
  devices->start(owner, info);
  return owner;
}

Devices::Devices(std::shared_ptr<Environment> environment, const Library& library)
    : environment_(std::move(environment)), library_(library) {
  static constexpr libinput_interface interface = {openRestricted, closeRestricted};
  context_ = library.path_create_context(&interface, this);
  if (context_ == nullptr) throw SystemError{ENOMEM, "libinput_path_create_context"};
  library.log_set_handler(context_, keepLine);
  // At this level it says why it leaves a device alone.
  library.log_set_priority(context_, kInfo);
}

/** Only where it never started: whoever is wrapped is closed first. */
Devices::~Devices() {
  if (context_ != nullptr) library_.unref(context_);
}

void Devices::start(napi_value owner, const Napi::CallbackInfo& info) {
  callbacks_.bind(info.Env(), owner, "guesthead:input", nullptr, {info[1], info[2]});
  check(info.Env(), napi_create_reference(info.Env(), info[0], 1, &batch_));
  poller_ = std::make_unique<Poller>(environment_, UniqueFd::duplicate(library_.get_fd(context_)),
                                     [this](int) { onReadable(); });
  const int result = poller_->start(UV_READABLE);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  environment_->add(this);
  callbacks_.hold(true);
}

void Devices::close() {
  if (closed_) return;
  closed_ = true;
  environment_->remove(this);
  poller_.reset();
  for (const auto& [number, device] : devices_) library_.device_unref(device);
  devices_.clear();
  library_.unref(std::exchange(context_, nullptr));
  if (batch_ != nullptr) napi_delete_reference(callbacks_.env(), batch_);
  callbacks_.release();
}

void Devices::onReadable() {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  readEvents();
  deliver();
  tellLog();
}

/** A device that fails is not told here: its uevent says that it has gone. */
void Devices::readEvents() {
  library_.dispatch(context_);
  while (libinput_event* const event = library_.get_event(context_)) {
    appendRow(library_, event, rows_);
    library_.event_destroy(event);
  }
}

/** What a handler adds to the rows meanwhile is told behind them, by this call. */
void Devices::deliver() {
  if (std::exchange(delivering_, true)) return;
  while (!closed_ && !rows_.empty()) {
    const Napi::HandleScope handles(callbacks_.env());
    const size_t count = fillBatch();
    if (count == 0) break;
    callbacks_.call(onEvents, {numberValue(callbacks_.env(), static_cast<double>(count))});
  }
  delivering_ = false;
}

/** How many rows had room; none where JavaScript has taken the batch's memory away, and then they
 * are lost. */
size_t Devices::fillBatch() {
  napi_value batch = nullptr;
  size_t length = 0;
  void* data = nullptr;
  napi_get_reference_value(callbacks_.env(), batch_, &batch);
  if (batch != nullptr) {
    napi_get_typedarray_info(callbacks_.env(), batch, nullptr, &length, &data, nullptr, nullptr);
  }
  const size_t room = data == nullptr ? 0 : length / kRowLength;
  const size_t count = std::min(room, rows_.size() / kRowLength);
  const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(count * kRowLength);
  if (count > 0) std::copy(rows_.begin(), end, static_cast<double*>(data));
  rows_.erase(rows_.begin(), count == 0 ? rows_.end() : end);
  return count;
}

void Devices::tellLog() {
  for (const Line& line : std::exchange(lines_, {})) {
    if (closed_) return;
    if (line.priority < kError) continue;
    const Napi::HandleScope handles(callbacks_.env());
    callbacks_.call(onLog, {textValue(callbacks_.env(), line.text)});
  }
}

/** (path, fd?) → [number, name, vendor, product, keyboard, pointer, touch] */
napi_value Devices::add(const Napi::CallbackInfo& info) {
  const std::string path = stringOf(info[0], "path");
  given_ = info[1].IsUndefined() ? -1 : fdOf(info[1], "fd");
  lines_.clear();
  refusal_ = {0, ""};
  libinput_device* const device = library_.path_add_device(context_, path.c_str());
  given_ = -1;
  if (device == nullptr) throwRefused(info.Env());
  const uint32_t number = nextDevice_++;
  library_.device_set_user_data(device, reinterpret_cast<void*>(uintptr_t{number}));
  devices_.emplace(number, library_.device_ref(device));
  const Napi::Array description = Napi::Array::New(info.Env());
  description.Set(0u, number);
  description.Set(1u, Napi::String::New(info.Env(), library_.device_get_name(device)));
  description.Set(2u, library_.device_get_id_vendor(device));
  description.Set(3u, library_.device_get_id_product(device));
  uint32_t at = 4;
  for (const Capability capability : {kKeyboard, kPointer, kTouch}) {
    description.Set(at++, library_.device_has_capability(device, capability) != 0);
  }
  return description;
}

/** What libinput says of it goes along. */
void Devices::throwRefused(napi_env env) {
  const SystemError refusal =
      refusal_.error == 0 ? SystemError{EOPNOTSUPP, "libinput_path_add_device"} : refusal_;
  std::string log;
  for (const Line& line : std::exchange(lines_, {})) log += line.text + '\n';
  const Napi::Error error(env, toJavaScript(env, refusal));
  error.Value().Set("log", log);
  throw error;
}

/** What it holds down is released, and told like any event, and then that it has gone. */
napi_value Devices::remove(const Napi::CallbackInfo& info) {
  const auto found = devices_.find(uint32Of(info[0], "device"));
  if (found == devices_.end()) {
    throw Napi::RangeError::New(info.Env(), "there is no such device");
  }
  libinput_device* const device = found->second;
  devices_.erase(found);
  library_.path_remove_device(device);
  readEvents();
  library_.device_unref(device);
  deliver();
  return nullptr;
}

/** Of all keyboards: 1 num lock, 2 caps lock, 4 scroll lock. */
napi_value Devices::setLeds(const Napi::CallbackInfo& info) {
  const int leds = static_cast<int>(integerOf(info[0], "leds", 0, kAllLeds));
  for (const auto& [number, device] : devices_) library_.device_led_update(device, leds);
  return nullptr;
}

int Devices::openRestricted(const char* path, int flags, void* data) {
  Devices& self = *static_cast<Devices*>(data);
  const bool isGiven = self.given_ >= 0;
  UniqueFd fd(isGiven ? fcntl(self.given_, F_DUPFD_CLOEXEC, 0)
                      : ::open(path, flags | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return self.refuse(isGiven ? "fcntl" : "open");
  if (ioctl(fd.get(), EVIOCGRAB, 1) < 0) return self.refuse("EVIOCGRAB");
  return fd.release();
}

/** Remembers errno, and returns it as libinput wants it. */
int Devices::refuse(const char* syscall) {
  refusal_ = {errno, syscall};
  return -refusal_.error;
}

/** Somebody else may keep the open file, a session manager or a child, and the grab is the file's.
 */
void Devices::closeRestricted(int fd, void*) {
  ioctl(fd, EVIOCGRAB, 0);
  ::close(fd);
}

void Devices::keepLine(libinput* context, int priority, const char* format, va_list arguments) {
  const Library& library = Library::load();
  Devices& self = *static_cast<Devices*>(library.get_user_data(context));
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  std::string line = text;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  if (self.lines_.size() < kMostLines) self.lines_.push_back({priority, line});
}

}  // namespace guesthead::input
