#pragma once

#include <cstddef>

namespace guesthead::wayland {

/** Those of a closure of libwayland, and the target and its opcode before them. */
constexpr size_t kMostValues = 22;
/** Of 1/256, as a fixed number has it. */
constexpr double kFixed = 256;

/** A signature: the version since when, then a letter for each argument, each with ? before it
 * where it may be null. */
class Signature {
 public:
  explicit Signature(const char* text) : at_(text) {
    while (*at_ >= '0' && *at_ <= '9') since_ = since_ * 10 + (*at_++ - '0');
  }
  int since() const { return since_ == 0 ? 1 : since_; }
  /** 0 at the end. */
  char next() {
    mayBeNull_ = *at_ == '?';
    if (mayBeNull_) ++at_;
    return *at_ == '\0' ? '\0' : *at_++;
  }
  bool mayBeNull() const { return mayBeNull_; }

 private:
  const char* at_;
  int since_ = 0;
  bool mayBeNull_ = false;
};

}  // namespace guesthead::wayland
