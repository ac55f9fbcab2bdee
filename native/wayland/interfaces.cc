#include "wayland/interfaces.h"

#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "core/arguments.h"

namespace guesthead::wayland {
namespace {

/** As many as a closure of libwayland has room for. */
constexpr size_t kMostArguments = 20;
constexpr double kMostVersion = 1000;

/** The mutex is recursive: reading the table may run JavaScript of the caller. */
struct Arena {
  std::recursive_mutex mutex;
  std::deque<std::string> texts;
  std::deque<std::vector<wl_message>> messages;
  std::deque<std::vector<const wl_interface*>> types;
  std::map<std::string, wl_interface> interfaces;
};

/** Never destroyed: libwayland may look at it until the process has ended. */
Arena& arena() {
  static Arena* const one = new Arena;
  return *one;
}

const char* kept(std::string text) {
  return arena().texts.emplace_back(std::move(text)).c_str();
}

/** How many arguments a signature has; throws for one that libwayland could not read. */
size_t countOf(napi_env env, const std::string& signature) {
  size_t count = 0;
  const size_t start = signature.find_first_not_of("0123456789");
  for (size_t at = start; at < signature.size(); ++at) {
    if (signature[at] == '?' && at + 1 < signature.size()) continue;
    if (std::string("iufsonah").find(signature[at]) == std::string::npos) {
      throw Napi::TypeError::New(env, "signature \"" + signature + "\" cannot be read");
    }
    ++count;
  }
  if (count > kMostArguments) throw Napi::TypeError::New(env, "a message has 20 arguments at most");
  return count;
}

Napi::Array arrayOf(const Napi::Value& value, const char* name) {
  if (!value.IsArray())
    throw Napi::TypeError::New(value.Env(), std::string(name) + " must be an array");
  return value.As<Napi::Array>();
}

/** All names are there by now, so that messages may refer to what comes later in the table. */
const wl_interface* interfaceOf(const Napi::Value& name) {
  if (name.IsNull()) return nullptr;
  const auto found = arena().interfaces.find(stringOf(name, "type"));
  if (found == arena().interfaces.end())
    throw Napi::TypeError::New(name.Env(), "a type is not in the table");
  return &found->second;
}

wl_message messageOf(const Napi::Array& described) {
  const napi_env env = described.Env();
  std::string signature = stringOf(described.Get(1u), "signature");
  const Napi::Array types = arrayOf(described.Get(2u), "types");
  if (types.Length() != countOf(env, signature)) {
    throw Napi::TypeError::New(env, "a message has one type for each argument");
  }
  auto& kinds = arena().types.emplace_back();
  for (uint32_t index = 0; index < types.Length(); ++index)
    kinds.push_back(interfaceOf(types.Get(index)));
  kinds.push_back(nullptr);
  return {kept(stringOf(described.Get(0u), "name")), kept(std::move(signature)), kinds.data()};
}

const std::vector<wl_message>& messagesOf(const Napi::Value& list, const char* name) {
  const Napi::Array described = arrayOf(list, name);
  auto& messages = arena().messages.emplace_back();
  for (uint32_t index = 0; index < described.Length(); ++index) {
    messages.push_back(messageOf(arrayOf(described.Get(index), "message")));
  }
  return messages;
}

void fill(wl_interface& one, const Napi::Object& described) {
  const auto& methods = messagesOf(described.Get("requests"), "requests");
  const auto& events = messagesOf(described.Get("events"), "events");
  one.method_count = static_cast<int>(methods.size());
  one.methods = methods.data();
  one.event_count = static_cast<int>(events.size());
  one.events = events.data();
}

/** The new ones, by name and version only. */
std::vector<std::pair<wl_interface*, Napi::Object>> nameAll(const Napi::Array& table) {
  std::vector<std::pair<wl_interface*, Napi::Object>> added;
  for (uint32_t index = 0; index < table.Length(); ++index) {
    const Napi::Object described = objectOf(table.Get(index), "interface");
    const std::string name = stringOf(described.Get("name"), "name");
    const int version =
        static_cast<int>(integerOf(described.Get("version"), "version", 1, kMostVersion));
    const auto [place, isNew] = arena().interfaces.try_emplace(name);
    if (isNew) {
      place->second = {kept(name), version, 0, nullptr, 0, nullptr};
      added.emplace_back(&place->second, described);
    } else if (place->second.version != version) {
      throw Napi::TypeError::New(table.Env(), name + " is known in another version");
    }
  }
  return added;
}

}  // namespace

void Interfaces::add(const Napi::Value& table) {
  const Napi::Array described = arrayOf(table, "table");
  const std::lock_guard<std::recursive_mutex> lock(arena().mutex);
  const auto added = nameAll(described);
  try {
    for (const auto& [one, object] : added) fill(*one, object);
  } catch (...) {
    // Nobody has seen them yet.
    for (const auto& [one, object] : added) arena().interfaces.erase(one->name);
    throw;
  }
}

const wl_interface* Interfaces::find(const std::string& name) {
  const std::lock_guard<std::recursive_mutex> lock(arena().mutex);
  const auto found = arena().interfaces.find(name);
  return found == arena().interfaces.end() ? nullptr : &found->second;
}

}  // namespace guesthead::wayland
