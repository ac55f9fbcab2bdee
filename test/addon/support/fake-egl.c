/*
 * EGL and GLES without a GPU, found by LD_LIBRARY_PATH before the system's. What it has and how it
 * fails, the words of the file FAKE_EGL say, which is read at each call:
 *
 *   no-platforms no-display no-initialize no-surfaceless no-context es2      the opening
 *   dmabuf no-image                                                          dma-buf import, and
 * eglCreateImageKHR that fails native-fence no-fence fences, and eglDupNativeFenceFDANDROID that
 * fails hang-initialize hang-draw hang-compile hang-finish                       calls that return
 * once the word is gone slow-draw                                                                50
 * ms each robust guilty innocent again                                             resets, each
 * until a new context; `again`: that is lost, too no-compile shaders that do not compile
 *   out-of-memory                                                            glGetError after each
 * drawing
 *
 * What is open, it writes to FAKE_EGL.open at each change: displays contexts images syncs textures
 * programs.
 */
#define _GNU_SOURCE
#define EGL_EGLEXT_PROTOTYPES
#define GL_GLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <GLES3/gl3.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int has(const char* word) {
  const char* path = getenv("FAKE_EGL");
  const int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[512] = " ", wanted[64];
  const ssize_t length = read(file, text + 1, sizeof text - 3);
  close(file);
  strcpy(text + 1 + (length < 0 ? 0 : length), " ");
  snprintf(wanted, sizeof wanted, " %s ", word);
  return strstr(text, wanted) != NULL;
}

static void hang(const char* word) {
  while (has(word)) usleep(2000);
}

/* What is open */

enum { displays, contexts, images, syncs, textures, programs, kinds };
static int open_count[kinds];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void count(int kind, int change) {
  char path[512], text[128];
  pthread_mutex_lock(&mutex);
  open_count[kind] += change;
  int length = 0;
  for (int i = 0; i < kinds; i++) length += snprintf(text + length, 12, "%d ", open_count[i]);
  snprintf(path, sizeof path, "%s.open", getenv("FAKE_EGL"));
  const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (pwrite(file, text, length, 0) < length || ftruncate(file, length) != 0) abort();
  close(file);
  pthread_mutex_unlock(&mutex);
}

/* EGL */

static _Thread_local EGLint egl_error = EGL_SUCCESS;
static int terminated = 1;
static _Thread_local int recovered;
/* Of the context of this thread, and gone with it. */
static _Thread_local int own[kinds];

static void count_own(int kind, int change) {
  own[kind] += change;
  count(kind, change);
}
static char things[1024];
static int next_thing;

static void* thing(void) {
  return &things[__atomic_add_fetch(&next_thing, 1, __ATOMIC_RELAXED) % 1023 + 1];
}

static EGLBoolean fail(EGLint error) {
  egl_error = error;
  return EGL_FALSE;
}

EGLint eglGetError(void) {
  const EGLint error = egl_error;
  egl_error = EGL_SUCCESS;
  return error;
}

const char* eglQueryString(EGLDisplay display, EGLint name) {
  static _Thread_local char text[1024];
  if (display == EGL_NO_DISPLAY)
    return has("no-platforms") ? "EGL_EXT_client_extensions"
                               : "EGL_EXT_platform_base EGL_MESA_platform_surfaceless";
  if (name == EGL_VERSION) return "1.5 fake";
  strcpy(text, "EGL_KHR_no_config_context EGL_KHR_image_base");
  if (!has("no-surfaceless")) strcat(text, " EGL_KHR_surfaceless_context");
  if (has("dmabuf")) strcat(text, " EGL_EXT_image_dma_buf_import");
  if (has("native-fence")) strcat(text, " EGL_ANDROID_native_fence_sync EGL_KHR_wait_sync");
  if (has("robust")) strcat(text, " EGL_EXT_create_context_robustness");
  return text;
}

EGLDisplay eglGetPlatformDisplayEXT(EGLenum platform, void* native, const EGLint* attributes) {
  (void)platform, (void)native, (void)attributes;
  if (!has("no-display")) return (EGLDisplay)&things[0];
  fail(EGL_BAD_PARAMETER);
  return EGL_NO_DISPLAY;
}

EGLBoolean eglInitialize(EGLDisplay display, EGLint* major, EGLint* minor) {
  (void)display, (void)major, (void)minor;
  hang("hang-initialize");
  if (has("no-initialize")) return fail(EGL_NOT_INITIALIZED);
  if (__atomic_exchange_n(&terminated, 0, __ATOMIC_SEQ_CST)) count(displays, 1);
  return EGL_TRUE;
}

EGLBoolean eglTerminate(EGLDisplay display) {
  (void)display;
  if (!__atomic_exchange_n(&terminated, 1, __ATOMIC_SEQ_CST)) count(displays, -1);
  return EGL_TRUE;
}

EGLBoolean eglBindAPI(EGLenum api) {
  return api == EGL_OPENGL_ES_API;
}
EGLBoolean eglReleaseThread(void) {
  return EGL_TRUE;
}
EGLBoolean eglChooseConfig(EGLDisplay display, const EGLint* wanted, EGLConfig* configs,
                           EGLint size, EGLint* found) {
  (void)display, (void)wanted, (void)configs, (void)size;
  *found = 0;
  return EGL_TRUE;
}

EGLContext eglCreateContext(EGLDisplay display, EGLConfig config, EGLContext share,
                            const EGLint* attributes) {
  (void)display, (void)config, (void)share;
  if (has("no-context") || (has("es2") && attributes[1] > 2))
    return (EGLContext)(uintptr_t)fail(EGL_BAD_MATCH);
  count(contexts, 1);
  recovered = has("guilty") || has("innocent");
  return thing();
}

EGLBoolean eglDestroyContext(EGLDisplay display, EGLContext context) {
  (void)display, (void)context;
  for (int kind = textures; kind < kinds; kind++) count_own(kind, -own[kind]);
  count(contexts, -1);
  return EGL_TRUE;
}

/* A display that another has terminated draws nothing. */
EGLBoolean eglMakeCurrent(EGLDisplay display, EGLSurface draw, EGLSurface read,
                          EGLContext context) {
  (void)display, (void)draw, (void)read, (void)context;
  return terminated ? fail(EGL_NOT_INITIALIZED) : EGL_TRUE;
}

EGLImageKHR eglCreateImageKHR(EGLDisplay display, EGLContext context, EGLenum target,
                              EGLClientBuffer buffer, const EGLint* attributes) {
  (void)display, (void)context, (void)target, (void)buffer, (void)attributes;
  if (has("no-image")) return (EGLImageKHR)(uintptr_t)fail(EGL_BAD_ATTRIBUTE);
  count(images, 1);
  return thing();
}

EGLBoolean eglDestroyImageKHR(EGLDisplay display, EGLImageKHR image) {
  (void)display, (void)image;
  count(images, -1);
  return EGL_TRUE;
}

/* A descriptor that is given is the sync's from then on. */
EGLSyncKHR eglCreateSyncKHR(EGLDisplay display, EGLenum type, const EGLint* attributes) {
  (void)display, (void)type;
  if (attributes != NULL && attributes[0] == EGL_SYNC_NATIVE_FENCE_FD_ANDROID && attributes[1] >= 0)
    close(attributes[1]);
  count(syncs, 1);
  return thing();
}

EGLBoolean eglDestroySyncKHR(EGLDisplay display, EGLSyncKHR sync) {
  (void)display, (void)sync;
  count(syncs, -1);
  return EGL_TRUE;
}

EGLint eglWaitSyncKHR(EGLDisplay display, EGLSyncKHR sync, EGLint flags) {
  (void)display, (void)sync, (void)flags;
  return EGL_TRUE;
}

EGLint eglDupNativeFenceFDANDROID(EGLDisplay display, EGLSyncKHR sync) {
  (void)display, (void)sync;
  if (!has("no-fence")) return eventfd(1, EFD_CLOEXEC);
  fail(EGL_BAD_PARAMETER);
  return EGL_NO_NATIVE_FENCE_FD_ANDROID;
}

__eglMustCastToProperFunctionPointerType eglGetProcAddress(const char* name) {
  Dl_info self;
  dladdr((void*)&has, &self);
  return (__eglMustCastToProperFunctionPointerType)dlsym(
      dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD), name);
}

/* GLES */

static _Thread_local GLenum gl_error = GL_NO_ERROR;

GLenum glGetError(void) {
  const GLenum error = gl_error;
  gl_error = GL_NO_ERROR;
  return error;
}

const GLubyte* glGetString(GLenum name) {
  static _Thread_local char text[512];
  if (name == GL_VENDOR) return (const GLubyte*)"nobody";
  if (name == GL_RENDERER) return (const GLubyte*)"fake";
  if (name == GL_VERSION)
    return (const GLubyte*)(has("es2") ? "OpenGL ES 2.0 fake" : "OpenGL ES 3.2 fake");
  strcpy(text, "GL_OES_EGL_image GL_EXT_texture_format_BGRA8888");
  if (has("robust")) strcat(text, " GL_EXT_robustness");
  return (const GLubyte*)text;
}

void glGetIntegerv(GLenum name, GLint* value) {
  *value = name == GL_MAX_TEXTURE_SIZE ? 4096 : 0;
}

GLenum glGetGraphicsResetStatusEXT(void) {
  const GLenum status = has("guilty")     ? GL_GUILTY_CONTEXT_RESET_EXT
                        : has("innocent") ? GL_INNOCENT_CONTEXT_RESET_EXT
                                          : GL_NO_ERROR;
  if (status == GL_NO_ERROR) recovered = 0;
  return recovered && !has("again") ? GL_NO_ERROR : status;
}

void glDrawArrays(GLenum mode, GLint first, GLsizei number) {
  (void)mode, (void)first, (void)number;
  hang("hang-draw");
  if (has("slow-draw")) usleep(50000);
  if (has("out-of-memory")) gl_error = GL_OUT_OF_MEMORY;
}

void glFinish(void) {
  hang("hang-finish");
}
void glCompileShader(GLuint shader) {
  (void)shader;
  hang("hang-compile");
}

void glGetShaderiv(GLuint shader, GLenum name, GLint* value) {
  (void)shader;
  *value = name == GL_COMPILE_STATUS && !has("no-compile");
}
void glGetShaderInfoLog(GLuint shader, GLsizei size, GLsizei* length, GLchar* log) {
  (void)shader, (void)size;
  *log = '\0';
  *length = 0;
}
void glGetProgramiv(GLuint program, GLenum name, GLint* value) {
  (void)program, (void)name, *value = 1;
}
void glGetProgramInfoLog(GLuint program, GLsizei size, GLsizei* length, GLchar* log) {
  (void)program, (void)size, (void)length;
  *log = '\0';
}
GLuint glCreateShader(GLenum type) {
  return type;
}
GLuint glCreateProgram(void) {
  count_own(programs, 1);
  return 1;
}
void glDeleteProgram(GLuint program) {
  if (program != 0) count_own(programs, -1);
}
GLint glGetUniformLocation(GLuint program, const GLchar* name) {
  return (void)program, (void)name, 1;
}
GLenum glCheckFramebufferStatus(GLenum target) {
  return (void)target, GL_FRAMEBUFFER_COMPLETE;
}

static void generate(GLsizei number, GLuint* names) {
  for (GLsizei i = 0; i < number; i++) names[i] = 1;
}
void glGenTextures(GLsizei number, GLuint* names) {
  generate(number, names);
  count_own(textures, number);
}
void glDeleteTextures(GLsizei number, const GLuint* names) {
  (void)names;
  count_own(textures, -number);
}
void glGenFramebuffers(GLsizei number, GLuint* names) {
  generate(number, names);
}
void glGenRenderbuffers(GLsizei number, GLuint* names) {
  generate(number, names);
}
void glReadPixels(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                  void* pixels) {
  (void)x, (void)y, (void)format, (void)type;
  memset(pixels, 0x5a, (size_t)width * height * 4);
}

/* Reads all that it is given, so that a sanitizer sees memory that is gone. */
void glTexSubImage2D(GLenum target, GLint level, GLint x, GLint y, GLsizei width, GLsizei height,
                     GLenum format, GLenum type, const void* pixels) {
  (void)target, (void)level, (void)x, (void)y, (void)format, (void)type;
  volatile unsigned sum = 0;
  for (size_t i = 0; i < (size_t)width * height * 4; i++)
    sum += ((const volatile unsigned char*)pixels)[i];
  if (has("slow-draw")) usleep(50000);
}

#define NOTHING(name, ...) \
  void name(__VA_ARGS__) {}
NOTHING(glFlush, void)
NOTHING(glEnable, GLenum a)
NOTHING(glDisable, GLenum a)
NOTHING(glBlendFunc, GLenum a, GLenum b)
NOTHING(glViewport, GLint a, GLint b, GLsizei c, GLsizei d)
NOTHING(glScissor, GLint a, GLint b, GLsizei c, GLsizei d)
NOTHING(glClearColor, GLfloat a, GLfloat b, GLfloat c, GLfloat d)
NOTHING(glClear, GLbitfield a)
NOTHING(glVertexAttribPointer, GLuint a, GLint b, GLenum c, GLboolean d, GLsizei e, const void* f)
NOTHING(glEnableVertexAttribArray, GLuint a)
NOTHING(glBindAttribLocation, GLuint a, GLuint b, const GLchar* c)
NOTHING(glBindTexture, GLenum a, GLuint b)
NOTHING(glActiveTexture, GLenum a)
NOTHING(glTexParameteri, GLenum a, GLenum b, GLint c)
NOTHING(glTexImage2D, GLenum a, GLint b, GLint c, GLsizei d, GLsizei e, GLint f, GLenum g, GLenum h,
        const void* i)
NOTHING(glPixelStorei, GLenum a, GLint b)
NOTHING(glDeleteFramebuffers, GLsizei a, const GLuint* b)
NOTHING(glBindFramebuffer, GLenum a, GLuint b)
NOTHING(glFramebufferTexture2D, GLenum a, GLenum b, GLenum c, GLuint d, GLint e)
NOTHING(glFramebufferRenderbuffer, GLenum a, GLenum b, GLenum c, GLuint d)
NOTHING(glDeleteRenderbuffers, GLsizei a, const GLuint* b)
NOTHING(glBindRenderbuffer, GLenum a, GLuint b)
NOTHING(glDeleteShader, GLuint a)
NOTHING(glShaderSource, GLuint a, GLsizei b, const GLchar* const* c, const GLint* d)
NOTHING(glAttachShader, GLuint a, GLuint b)
NOTHING(glLinkProgram, GLuint a)
NOTHING(glUseProgram, GLuint a)
NOTHING(glUniform1i, GLint a, GLint b)
NOTHING(glUniform1f, GLint a, GLfloat b)
NOTHING(glUniform4f, GLint a, GLfloat b, GLfloat c, GLfloat d, GLfloat e)
NOTHING(glUniform1fv, GLint a, GLsizei b, const GLfloat* c)
NOTHING(glUniform2fv, GLint a, GLsizei b, const GLfloat* c)
NOTHING(glUniform3fv, GLint a, GLsizei b, const GLfloat* c)
NOTHING(glUniform4fv, GLint a, GLsizei b, const GLfloat* c)
NOTHING(glUniformMatrix3fv, GLint a, GLsizei b, GLboolean c, const GLfloat* d)
NOTHING(glEGLImageTargetTexture2DOES, GLenum a, GLeglImageOES b)
NOTHING(glEGLImageTargetRenderbufferStorageOES, GLenum a, GLeglImageOES b)
