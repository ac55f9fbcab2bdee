#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <unordered_map>

#include "gl/failure.h"
#include "gl/painter.h"

namespace guesthead::gl {

/** What a job came to; told to JavaScript by its number. */
struct Result {
  uint32_t job = 0;
  std::optional<Failure> failure;
  /** Of the drawing: signals when the GPU is done. None = it is done, or the driver's own fence
   * tells. */
  UniqueFd fence;
  /** Rows of RGBA, four bytes a pixel, the uppermost first. */
  std::vector<uint8_t> pixels;
  std::optional<Info> info;
  /** The context was lost and has been made anew. */
  bool renewed = false;
  double queueMs = 0;
  /** Waiting for acquire fences on the thread, where the driver cannot on the GPU. */
  double waitMs = 0;
  /** With the driver. */
  double drawMs = 0;
};

/** Whether the GPU was reset, and whose fault that was. */
enum class Reset { none, innocent, guilty };

/** What a thread that draws shares with those who watch it. */
struct Watch {
  using Clock = std::chrono::steady_clock;

  /** Set by another thread: then nothing is waited for. */
  std::atomic<bool> ending = false;
  /** When the present job came to the driver, since the epoch of the clock; 0 = it is not there. */
  std::atomic<Clock::rep> since = 0;

  void begin() { since = Clock::now().time_since_epoch().count(); }
  void end() { since = 0; }
};

/** One GPU's context and everything in it. All of it belongs to the thread that made it. */
class Renderer final : private Objects {
 public:
  /** Throws Failure. */
  Renderer(const Gpu& gpu, Watch& watch)
      : watch_(watch), context_(gpu), painter_(context_, *this) {}

  const Info& info() const { return context_.info(); }

  void addDmabuf(uint32_t id, const DmabufLayout& layout);
  void addPixels(uint32_t id, const std::shared_ptr<Pixels>& pixels);
  void addOffscreen(uint32_t id, int width, int height);
  void addEffect(uint32_t id, const std::string& source, const std::vector<Uniform>& uniforms);
  void remove(uint32_t id);
  void compose(const Composition& composition, Result& result);
  void readPixels(uint32_t id, const Rect& rect, Result& result);

  /** Asked after each job. */
  Reset reset() const;
  /** Makes the context anew and, as they are used, all that was in it. Throws Failure. */
  void renew();
  /** No context could be made after the last one was lost: `renew` may be tried again. */
  bool isDead() const { return dead_; }
  /** For tests: the next answer of `reset`. */
  void pretend(Reset reset) { pretended_ = reset; }

 private:
  Surface& surface(uint32_t id) override;
  Effect& effect(uint32_t id) override;
  void checkSize(int width, int height) const;
  void waitFor(const UniqueFd& fence, Result& result);
  void finish(FenceKind kind, Result& result);
  UniqueFd nativeFence() const;
  void checkErrors(const char* operation) const;

  Watch& watch_;
  Context context_;
  Painter painter_;
  std::unordered_map<uint32_t, std::unique_ptr<Surface>> surfaces_;
  std::unordered_map<uint32_t, std::unique_ptr<Effect>> effects_;
  /** Of dma-bufs: whoever draws into one, or from one, hears why that cannot be. */
  std::unordered_map<uint32_t, Failure> refused_;
  Reset pretended_ = Reset::none;
  bool dead_ = false;
};

}  // namespace guesthead::gl
