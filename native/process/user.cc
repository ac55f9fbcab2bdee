#include "process/user.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/arguments.h"
#include "core/errors.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

/** More than anybody's entry takes; a larger one is refused with ERANGE. */
constexpr size_t kMostEntryBytes = 1 << 20;
constexpr int kMostGroups = 1 << 16;

struct Found {
  passwd entry = {};
  /** What the entry points into. */
  std::vector<char> text;
};

/** `look` as getpwnam_r without its first argument. False: there is none. */
template <class Look>
bool find(Found& found, Look look) {
  for (size_t bytes = 1024;; bytes *= 2) {
    found.text.resize(bytes);
    passwd* result = nullptr;
    const int error = look(&found.entry, found.text.data(), bytes, &result);
    if (error == ERANGE && bytes < kMostEntryBytes) continue;
    // POSIX has no error for an unknown name; these are what systems answer.
    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
      return result != nullptr;
    throw SystemError{error, "getpwnam_r"};
  }
}

bool isNumber(const std::string& word) {
  return !word.empty() && word.size() <= 10 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool findUser(const std::string& word, Found& found) {
  const auto byName = [&](auto... more) { return getpwnam_r(word.c_str(), more...); };
  if (find(found, byName)) return true;
  if (!isNumber(word)) return false;
  const unsigned long number = std::stoul(word);
  if (number > std::numeric_limits<uid_t>::max()) return false;
  const uid_t uid = static_cast<uid_t>(number);
  return find(found, [&](auto... more) { return getpwuid_r(uid, more...); });
}

std::vector<gid_t> groupsOf(const passwd& user) {
  int count = 32;
  std::vector<gid_t> groups(count);
  while (getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count) < 0) {
    if (count <= static_cast<int>(groups.size())) count = static_cast<int>(groups.size()) * 2;
    if (count > kMostGroups) throw SystemError{E2BIG, "getgrouplist"};
    groups.resize(count);
  }
  groups.resize(count);
  return groups;
}

/** Node ignores SIGPIPE and blocks some signals in its threads: a program expects neither. */
void resetSignals() {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/** Node has marked all that it inherited as close-on-exec. */
void keepStandardStreams() {
  for (int fd = 0; fd <= 2; ++fd) fcntl(fd, F_SETFD, 0);
}

std::vector<std::string> wordsOf(const Napi::Value& value) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), "command must be a list of texts");
  const Napi::Array list = value.As<Napi::Array>();
  std::vector<std::string> words;
  for (uint32_t index = 0; index < list.Length(); ++index)
    words.push_back(stringOf(list.Get(index), "command"));
  if (words.empty()) throw Napi::RangeError::New(value.Env(), "command is empty");
  return words;
}

}  // namespace

napi_value userOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Found found;
  if (!findUser(stringOf(info[0], "user"), found)) return env.Undefined();
  const passwd& user = found.entry;
  const std::vector<gid_t> groups = groupsOf(user);
  Napi::Uint32Array list = Napi::Uint32Array::New(env, groups.size());
  std::copy(groups.begin(), groups.end(), list.Data());
  const Napi::Array all = Napi::Array::New(env, 6);
  all.Set(0u, Napi::String::New(env, user.pw_name));
  all.Set(1u, Napi::Number::New(env, user.pw_uid));
  all.Set(2u, Napi::Number::New(env, user.pw_gid));
  all.Set(3u, Napi::String::New(env, user.pw_dir));
  all.Set(4u, Napi::String::New(env, user.pw_shell));
  all.Set(5u, list);
  return all;
}

napi_value execAs(const Napi::CallbackInfo& info) {
  const uid_t uid = uint32Of(info[0], "uid");
  const gid_t gid = uint32Of(info[1], "gid");
  const Elements<uint32_t> groups = uint32sOf(info[2], "groups");
  std::vector<std::string> words = wordsOf(info[3]);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::vector<gid_t> list(groups.data, groups.data + groups.length);
  if (setgroups(list.size(), list.data()) < 0) throw SystemError{errno, "setgroups"};
  if (setresgid(gid, gid, gid) < 0) throw SystemError{errno, "setresgid"};
  if (setresuid(uid, uid, uid) < 0) throw SystemError{errno, "setresuid"};
  resetSignals();
  keepStandardStreams();
  execvp(arguments[0], arguments.data());
  throw SystemError{errno, "execvp"};
}

napi_value openPipe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) throw SystemError{errno, "pipe2"};
  UniqueFd read(ends[0]), write(ends[1]);
  const Napi::Array both = Napi::Array::New(env, 2);
  both.Set(0u, Napi::Number::New(env, read.get()));
  both.Set(1u, Napi::Number::New(env, write.get()));
  read.release();
  write.release();
  return both;
}

}  // namespace guesthead
