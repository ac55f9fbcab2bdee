#pragma once

#include <memory>

#include "core/object.h"
#include "core/unique_fd.h"
#include "dmabuf/pieces.h"

namespace guesthead {

/**
 * A dma-buf, or pieces of other files side by side, mapped for the CPU as an external ArrayBuffer.
 *
 * The JavaScript mapping holds one share of this and the ArrayBuffer another,
 * so that neither being collected unmaps what the other still shows. No libuv
 * handle is involved: when the environment ends, Node finalizes both.
 */
class Mapping {
 public:
  static constexpr Class kClass = Class::mapping;
  static constexpr const char* kName = "mapping";
  static void define(Environment& environment);

  /** mapDmabuf(fd, bytes, access) */
  static napi_value map(const Napi::CallbackInfo& info);
  /** mapPieces(fds, offsets, sizes) */
  static napi_value mapPieces(const Napi::CallbackInfo& info);

  /** Throws SystemError. */
  Mapping(napi_env env, int fd, size_t bytes, uint32_t access);
  Mapping(napi_env env, const Pieces& pieces);
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  bool closed() const { return closed_; }
  void abandoned() {}
  void close();

 private:
  static napi_value handOut(Napi::Env env, const std::shared_ptr<Mapping>& mapping);
  static napi_value expose(Napi::Env env, const std::shared_ptr<Mapping>& mapping);
  napi_value beginAccess(const Napi::CallbackInfo& info);
  napi_value endAccess(const Napi::CallbackInfo& info);
  napi_value synchronize(const Napi::CallbackInfo& info, uint64_t step);
  bool detachBuffer();
  void discount(bool discounted);
  void unmap();

  const napi_env env_;
  /** None where there is no dma-buf. */
  UniqueFd fd_;
  void* address_;
  const size_t bytes_;
  /** Weak: the JavaScript mapping's property holds the ArrayBuffer. */
  napi_ref buffer_ = nullptr;
  bool closed_ = false;
  bool discounted_ = false;
};

}  // namespace guesthead
