#pragma once

#include <napi.h>

namespace guesthead {

/** listenSocket(address): a new socket that takes connections. */
napi_value listenSocket(const Napi::CallbackInfo& info);

/** acceptSocket(fd): the next connection. */
napi_value acceptSocket(const Napi::CallbackInfo& info);

/** connectSocket(address): a new connection. */
napi_value connectSocket(const Napi::CallbackInfo& info);

/** connectStream(address): a new connection of SOCK_STREAM. */
napi_value connectStream(const Napi::CallbackInfo& info);

/** socketPair(): the two ends of a new connection of SOCK_STREAM. */
napi_value socketPair(const Napi::CallbackInfo& info);

/** sendMessage(fd, bytes, fds): one message with descriptors. */
napi_value sendMessage(const Napi::CallbackInfo& info);

/** receiveMessage(fd, into, mostFds): the next message with its descriptors. */
napi_value receiveMessage(const Napi::CallbackInfo& info);

}  // namespace guesthead
