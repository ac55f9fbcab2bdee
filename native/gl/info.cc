#include "gl/info.h"

#include <cstring>

#include "core/errors.h"

namespace guesthead::gl {
namespace {

Napi::Array formatsOf(Napi::Env env, const std::vector<DmabufFormat>& formats) {
  Napi::Array list = Napi::Array::New(env, formats.size());
  for (uint32_t i = 0; i < formats.size(); ++i) {
    Napi::Array modifiers = Napi::Array::New(env, formats[i].modifiers.size());
    for (uint32_t j = 0; j < formats[i].modifiers.size(); ++j) {
      const Modifier& modifier = formats[i].modifiers[j];
      Napi::Object entry = Napi::Object::New(env);
      entry.Set("modifier", Napi::BigInt::New(env, modifier.value));
      entry.Set("externalOnly", modifier.externalOnly);
      modifiers.Set(j, entry);
    }
    Napi::Object format = Napi::Object::New(env);
    format.Set("fourcc", formats[i].fourcc);
    format.Set("modifiers", modifiers);
    list.Set(i, format);
  }
  return list;
}

Napi::Object infoValue(Napi::Env env, const Info& info) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("platform", info.platform);
  object.Set("vendor", info.vendor);
  object.Set("renderer", info.renderer);
  object.Set("glVersion", info.glVersion);
  object.Set("eglVersion", info.eglVersion);
  object.Set("maxTextureSize", info.maxTextureSize);
  object.Set("nativeFence", info.nativeFence);
  object.Set("dmabufImport", info.dmabufImport);
  object.Set("dmabufModifiers", info.dmabufModifiers);
  object.Set("externalTextures", info.externalTextures);
  object.Set("robust", info.robust);
  object.Set("software", info.software);
  object.Set("ownMemoryOnly", info.ownMemoryOnly);
  object.Set("formats", formatsOf(env, info.formats));
  return object;
}

}  // namespace

napi_value failureValue(napi_env raw, const std::optional<Failure>& failure) {
  const Napi::Env env(raw);
  if (!failure) return env.Undefined();
  Napi::Object object = Napi::Object::New(env);
  object.Set("code", failure->code);
  object.Set("operation", failure->operation);
  object.Set("message", failure->message);
  return object;
}

napi_value valueOf(napi_env raw, const Result& result) {
  const Napi::Env env(raw);
  if (result.info) return infoValue(env, *result.info);
  if (result.pixels.empty()) return env.Undefined();
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, result.pixels.size());
  std::memcpy(buffer.Data(), result.pixels.data(), result.pixels.size());
  return buffer;
}

napi_value pixelsValue(napi_env env, const std::shared_ptr<Pixels>& pixels) {
  auto* share = new std::shared_ptr<Pixels>(pixels);
  const napi_finalize drop = [](napi_env, void*, void* held) {
    delete static_cast<std::shared_ptr<Pixels>*>(held);
  };
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(
      env, pixels->bytes.get(), pixels->byteCount(), drop, share, &buffer);
  if (status == napi_no_external_buffers_allowed) {
    delete share;  // Only here is the finalizer known not to be called.
    throw Napi::Error::New(env, "this JavaScript engine does not allow external ArrayBuffers");
  }
  check(env, status);
  return buffer;
}

}  // namespace guesthead::gl
