/** The methods of `NativeGl`: each hands its job to the thread. */
#include <stdexcept>

#include "core/arguments.h"
#include "gl/binding.h"
#include "gl/given.h"
#include "gl/info.h"

namespace guesthead::gl {

napi_value Gl::importDmabuf(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  auto layout = std::make_shared<DmabufLayout>();
  layout->width = sizeOf(info[2], "width");
  layout->height = sizeOf(info[3], "height");
  layout->fourcc = uint32Of(info[4], "fourcc");
  layout->modifier = bigintOf(info[5], "modifier");
  layout->planes = planesOf(info, 6);
  layout->colourSpace = static_cast<EGLint>(integerOf(info[9], "colourSpace", 0, 0xffff));
  layout->range = static_cast<EGLint>(integerOf(info[10], "range", 0, 0xffff));
  add(info[0], [id, layout](Renderer& renderer, Result&) { renderer.addDmabuf(id, *layout); });
  return nullptr;
}

napi_value Gl::createPixels(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const int width = sizeOf(info[2], "width");
  const int height = sizeOf(info[3], "height");
  const GLenum format = booleanOf(info[4], "isBgra") ? GL_BGRA_EXT : GL_RGBA;
  const auto pixels = Pixels::make(width, height, format);
  const napi_value buffer = pixelsValue(info.Env(), pixels);
  add(info[0], [id, pixels](Renderer& renderer, Result&) { renderer.addPixels(id, pixels); });
  return buffer;
}

napi_value Gl::createOffscreen(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const int width = sizeOf(info[2], "width");
  const int height = sizeOf(info[3], "height");
  add(info[0], [=](Renderer& renderer, Result&) { renderer.addOffscreen(id, width, height); });
  return nullptr;
}

napi_value Gl::compile(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const std::string source = stringOf(info[2], "source");
  const auto uniforms = uniformsOf(info, 3);
  add(info[0], [=](Renderer& renderer, Result&) { renderer.addEffect(id, source, uniforms); });
  return nullptr;
}

napi_value Gl::compose(const Napi::CallbackInfo& info) {
  const auto numbers = float64sOf(info[1], "description");
  const auto count =
      static_cast<size_t>(integerOf(info[2], "count", 0, static_cast<double>(numbers.length)));
  std::shared_ptr<Composition> composition;
  try {
    composition = std::make_shared<Composition>(readComposition(numbers.data, count));
  } catch (const std::invalid_argument& error) {
    throw Napi::RangeError::New(info.Env(), error.what());
  }
  add(info[0], [composition](Renderer& renderer, Result& result) {
    renderer.compose(*composition, result);
  });
  return nullptr;
}

napi_value Gl::readPixels(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const auto at = [&](size_t index, const char* name) {
    return static_cast<int>(integerOf(info[index], name, 0, kMostPixels));
  };
  const Rect rect = {at(2, "x"), at(3, "y"), sizeOf(info[4], "width"), sizeOf(info[5], "height")};
  add(info[0], [=](Renderer& renderer, Result& result) { renderer.readPixels(id, rect, result); });
  return nullptr;
}

napi_value Gl::remove(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[0]);
  thread_->add({kSilent, [id](Renderer& renderer, Result&) { renderer.remove(id); }});
  return nullptr;
}

napi_value Gl::pretendReset(const Napi::CallbackInfo& info) {
  const Reset reset = booleanOf(info[0], "guilty") ? Reset::guilty : Reset::innocent;
  thread_->add({kSilent, [reset](Renderer& renderer, Result&) { renderer.pretend(reset); }});
  return nullptr;
}

napi_value Gl::busyMs(const Napi::CallbackInfo& info) {
  return numberValue(info.Env(), thread_->busyMs());
}

void Gl::add(const Napi::Value& job, std::function<void(Renderer&, Result&)> run) {
  const auto id = static_cast<uint32_t>(integerOf(job, "job", 1, kSilent - 1));
  thread_->add({id, std::move(run)});
  setPending(pending_ + 1);
}

}  // namespace guesthead::gl
