/**
 * `compose NODE WARM-UP FRAMES`: what a frame of three layers costs a program that does nothing
 * else: one thread, the EGL of the GBM device of NODE, and the scene of test/bench/guest/compose.ts
 * drawn by the shaders of native/gl/program.cc into the same kind of buffer. Prints JSON: the CPU
 * time of the whole process a frame, llvmpipe's threads included, in milliseconds. With `--pixels`
 * after these it writes the picture to standard output instead, as RGBA.
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kWidth = 1280, kHeight = 720, kPictureWidth = 640, kPictureHeight = 360 };

static const char* const kVertex =
    "attribute vec2 corner;\n"
    "uniform vec4 destination;\n"
    "uniform mat3 matrix;\n"
    "varying vec2 at;\n"
    "void main() {\n"
    "  gl_Position = vec4(destination.xy + corner * destination.zw, 0.0, 1.0);\n"
    "  at = (matrix * vec3(corner, 1.0)).xy;\n"
    "}\n";

static const char* const kSolid =
    "precision highp float;\n"
    "uniform vec4 colour;\n"
    "uniform vec3 blend;\n"
    "varying vec2 at;\n"
    "void main() { gl_FragColor = colour * blend.z; }\n";

static const char* const kWhole =
    "precision highp float;\n"
    "uniform sampler2D image;\n"
    "uniform vec3 blend;\n"
    "varying vec2 at;\n"
    "void main() { gl_FragColor = texture2D(image, at) * blend.z; }\n";

static const char* const kWholeOpaque =
    "precision highp float;\n"
    "uniform sampler2D image;\n"
    "uniform vec3 blend;\n"
    "varying vec2 at;\n"
    "void main() { gl_FragColor = vec4(texture2D(image, at).rgb, 1.0) * blend.z; }\n";

static PFNEGLCREATEIMAGEKHRPROC create_image;
static PFNGLEGLIMAGETARGETTEXTURE2DOESPROC image_to_texture;
static PFNGLEGLIMAGETARGETRENDERBUFFERSTORAGEOESPROC image_to_renderbuffer;

struct program {
  GLuint name;
  GLint destination, matrix, colour, blend;
};

struct texture {
  GLuint name;
  int width, height;
};

struct box {
  float x, y, width, height;
};

static void fail(const char* what) {
  fprintf(stderr, "%s failed: EGL 0x%x, GL 0x%x\n", what, eglGetError(), glGetError());
  exit(1);
}

static void load_extensions(void) {
  create_image = (PFNEGLCREATEIMAGEKHRPROC)eglGetProcAddress("eglCreateImageKHR");
  image_to_texture =
      (PFNGLEGLIMAGETARGETTEXTURE2DOESPROC)eglGetProcAddress("glEGLImageTargetTexture2DOES");
  image_to_renderbuffer = (PFNGLEGLIMAGETARGETRENDERBUFFERSTORAGEOESPROC)eglGetProcAddress(
      "glEGLImageTargetRenderbufferStorageOES");
}

static EGLDisplay open_display(struct gbm_device* gbm) {
  const EGLDisplay display = eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, gbm, NULL);
  if (!eglInitialize(display, NULL, NULL)) fail("eglInitialize");
  eglBindAPI(EGL_OPENGL_ES_API);
  const EGLint attributes[] = {EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE};
  const EGLContext context =
      eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
  if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) fail("eglMakeCurrent");
  return display;
}

/** A linear buffer of the GPU's, as a dma-buf that EGL imports. */
static EGLImageKHR import_buffer(EGLDisplay display, struct gbm_device* gbm) {
  struct gbm_bo* bo = gbm_bo_create(gbm, kWidth, kHeight, GBM_FORMAT_XRGB8888, GBM_BO_USE_LINEAR);
  if (bo == NULL) fail("gbm_bo_create");
  const EGLint attributes[] = {EGL_WIDTH,
                               kWidth,
                               EGL_HEIGHT,
                               kHeight,
                               EGL_LINUX_DRM_FOURCC_EXT,
                               GBM_FORMAT_XRGB8888,
                               EGL_DMA_BUF_PLANE0_FD_EXT,
                               gbm_bo_get_fd(bo),
                               EGL_DMA_BUF_PLANE0_OFFSET_EXT,
                               0,
                               EGL_DMA_BUF_PLANE0_PITCH_EXT,
                               (EGLint)gbm_bo_get_stride(bo),
                               EGL_NONE};
  const EGLImageKHR image =
      create_image(display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL, attributes);
  if (image == EGL_NO_IMAGE_KHR) fail("eglCreateImageKHR");
  return image;
}

static GLuint framebuffer_of(EGLImageKHR image) {
  GLuint framebuffer, renderbuffer;
  glGenFramebuffers(1, &framebuffer);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  glGenRenderbuffers(1, &renderbuffer);
  glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
  image_to_renderbuffer(GL_RENDERBUFFER, image);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, renderbuffer);
  if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) fail("the framebuffer");
  return framebuffer;
}

/** Drawn pixel by pixel: compose takes the nearest then, too. */
static struct texture make_texture(int width, int height) {
  struct texture texture = {0, width, height};
  glGenTextures(1, &texture.name);
  glBindTexture(GL_TEXTURE_2D, texture.name);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  return texture;
}

static struct texture texture_of(EGLImageKHR image) {
  const struct texture texture = make_texture(kWidth, kHeight);
  image_to_texture(GL_TEXTURE_2D, image);
  return texture;
}

/** Each pixel another colour, as in compose.ts: ARGB8888, premultiplied. */
static struct texture texture_of_memory(void) {
  const struct texture texture = make_texture(kPictureWidth, kPictureHeight);
  uint32_t* pixels = malloc(kPictureWidth * kPictureHeight * sizeof *pixels);
  for (uint32_t i = 0; i < kPictureWidth * kPictureHeight; ++i)
    pixels[i] = 0xff000000u | (i * 2654435761u >> 8);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_BGRA_EXT, kPictureWidth, kPictureHeight, 0, GL_BGRA_EXT,
               GL_UNSIGNED_BYTE, pixels);
  free(pixels);
  return texture;
}

static GLuint compile(GLenum kind, const char* source) {
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 1, &source, NULL);
  glCompileShader(shader);
  return shader;
}

static struct program make_program(const char* fragment) {
  struct program program = {.name = glCreateProgram()};
  glAttachShader(program.name, compile(GL_VERTEX_SHADER, kVertex));
  glAttachShader(program.name, compile(GL_FRAGMENT_SHADER, fragment));
  glBindAttribLocation(program.name, 0, "corner");
  glLinkProgram(program.name);
  GLint linked = 0;
  glGetProgramiv(program.name, GL_LINK_STATUS, &linked);
  if (!linked) fail("glLinkProgram");
  program.destination = glGetUniformLocation(program.name, "destination");
  program.matrix = glGetUniformLocation(program.name, "matrix");
  program.colour = glGetUniformLocation(program.name, "colour");
  program.blend = glGetUniformLocation(program.name, "blend");
  return program;
}

static void draw_at(const struct program* program, struct box to) {
  static const GLfloat identity[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  glUniform4f(program->destination, to.x / kWidth * 2 - 1, to.y / kHeight * 2 - 1,
              to.width / kWidth * 2, to.height / kHeight * 2);
  if (program->matrix >= 0) glUniformMatrix3fv(program->matrix, 1, GL_FALSE, identity);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

static void draw_texture(const struct program* program, struct texture texture, struct box to,
                         float opacity) {
  opacity == 1 ? glDisable(GL_BLEND) : glEnable(GL_BLEND);
  glBindTexture(GL_TEXTURE_2D, texture.name);
  glUseProgram(program->name);
  glUniform3f(program->blend, 0, 0, opacity);
  draw_at(program, to);
}

static void draw_solid(const struct program* program, struct box to) {
  glDisable(GL_BLEND);
  glUseProgram(program->name);
  glUniform4f(program->colour, 0, .5f, 1, 1);
  glUniform3f(program->blend, 0, 0, 1);
  draw_at(program, to);
}

static double cpu_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void write_pixels(void) {
  static unsigned char pixels[kWidth * kHeight * 4];
  glReadPixels(0, 0, kWidth, kHeight, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  fwrite(pixels, 1, sizeof pixels, stdout);
}

int main(int count, char** words) {
  if (count < 4) fail("compose NODE WARM-UP FRAMES [--pixels]");
  struct gbm_device* gbm = gbm_create_device(open(words[1], O_RDWR | O_CLOEXEC));
  if (gbm == NULL) fail("gbm_create_device");
  load_extensions();
  const EGLDisplay display = open_display(gbm);
  const EGLImageKHR below = import_buffer(display, gbm);
  const int warm_up = atoi(words[2]), frames = atoi(words[3]);

  framebuffer_of(below);
  glClearColor(.25f, .5f, .75f, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glFinish();

  const struct texture background = texture_of(below), picture = texture_of_memory();
  const struct program whole = make_program(kWhole), opaque = make_program(kWholeOpaque),
                       solid = make_program(kSolid);
  static const GLfloat corners[] = {0, 0, 1, 0, 0, 1, 1, 1};
  framebuffer_of(import_buffer(display, gbm));
  glViewport(0, 0, kWidth, kHeight);
  glEnableVertexAttribArray(0);
  glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, corners);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);

  double begun = 0;
  for (int frame = 0; frame < warm_up + frames; ++frame) {
    if (frame == warm_up) begun = cpu_ms();
    draw_texture(&opaque, background, (struct box){0, 0, kWidth, kHeight}, 1);
    draw_texture(&whole, picture, (struct box){320, 180, kPictureWidth, kPictureHeight}, .5f);
    draw_solid(&solid, (struct box){40, 40, 200, 100});
    glFinish();
  }
  const double spent = cpu_ms() - begun;
  if (glGetError() != GL_NO_ERROR) fail("the drawing");
  if (count > 4 && strcmp(words[4], "--pixels") == 0)
    write_pixels();
  else
    printf("{\"cpuMs\":%.4f}\n", spent / frames);
  return 0;
}
