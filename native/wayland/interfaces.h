#pragma once

#include <napi.h>

#include <string>

#include "wayland/abi.h"

namespace guesthead::wayland {

/**
 * The interfaces that this process speaks, made from a table that JavaScript hands over:
 * `[{ name, version, requests: [[name, signature, [interface | null, …]], …], events }, …]`.
 *
 * libwayland keeps pointers to them for the life of the process, and workers share them: what has
 * been added stays, and is never changed. Adding the same again does nothing.
 */
class Interfaces {
 public:
  /** Throws TypeError for what is no such table, also where it says otherwise than one before it.
   */
  static void add(const Napi::Value& table);
  /** Null where there is none. */
  static const wl_interface* find(const std::string& name);
};

}  // namespace guesthead::wayland
