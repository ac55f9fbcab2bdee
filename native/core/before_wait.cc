#include "core/before_wait.h"

#include <utility>

namespace guesthead {

/** Outlives its BeforeWait until libuv's close callback. */
struct BeforeWait::Handle {
  std::shared_ptr<Environment> environment;
  Callback callback;
  uv_prepare_t prepare{};
};

BeforeWait::BeforeWait(std::shared_ptr<Environment> environment, Callback callback)
    : handle_(new Handle{std::move(environment), std::move(callback)}) {
  uv_prepare_init(handle_->environment->loop(), &handle_->prepare);
  handle_->prepare.data = handle_;
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->prepare));
  handle_->environment->handleOpened();
}

BeforeWait::~BeforeWait() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->prepare), [](uv_handle_t* closed) {
    const std::unique_ptr<Handle> handle(static_cast<Handle*>(closed->data));
    handle->environment->handleClosed();
  });
}

/** Active already: does nothing. */
void BeforeWait::ask() {
  uv_prepare_start(&handle_->prepare, onPrepare);
}

void BeforeWait::onPrepare(uv_prepare_t* prepare) {
  uv_prepare_stop(prepare);
  const Callback callback = static_cast<Handle*>(prepare->data)->callback;
  try {
    callback();  // It may destroy the BeforeWait.
  } catch (...) {
    // Out of memory, or an environment that no longer runs JavaScript; libuv is C.
  }
}

}  // namespace guesthead
