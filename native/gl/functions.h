#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <GLES3/gl3.h>

#include <string>

namespace guesthead::gl {

/** What EGL has from 1.4 on, and its extensions; those may be null. */
#define GUESTHEAD_EGL_FUNCTIONS(X)            \
  X(PFNEGLQUERYSTRINGPROC, QueryString)       \
  X(PFNEGLINITIALIZEPROC, Initialize)         \
  X(PFNEGLTERMINATEPROC, Terminate)           \
  X(PFNEGLGETERRORPROC, GetError)             \
  X(PFNEGLBINDAPIPROC, BindAPI)               \
  X(PFNEGLCHOOSECONFIGPROC, ChooseConfig)     \
  X(PFNEGLCREATECONTEXTPROC, CreateContext)   \
  X(PFNEGLDESTROYCONTEXTPROC, DestroyContext) \
  X(PFNEGLMAKECURRENTPROC, MakeCurrent)       \
  X(PFNEGLRELEASETHREADPROC, ReleaseThread)
#define GUESTHEAD_EGL_EXTENSIONS(X)                             \
  X(PFNEGLGETPLATFORMDISPLAYEXTPROC, GetPlatformDisplayEXT)     \
  X(PFNEGLQUERYDEVICESEXTPROC, QueryDevicesEXT)                 \
  X(PFNEGLQUERYDEVICESTRINGEXTPROC, QueryDeviceStringEXT)       \
  X(PFNEGLCREATEIMAGEKHRPROC, CreateImageKHR)                   \
  X(PFNEGLDESTROYIMAGEKHRPROC, DestroyImageKHR)                 \
  X(PFNEGLQUERYDMABUFFORMATSEXTPROC, QueryDmaBufFormatsEXT)     \
  X(PFNEGLQUERYDMABUFMODIFIERSEXTPROC, QueryDmaBufModifiersEXT) \
  X(PFNEGLCREATESYNCKHRPROC, CreateSyncKHR)                     \
  X(PFNEGLDESTROYSYNCKHRPROC, DestroySyncKHR)                   \
  X(PFNEGLWAITSYNCKHRPROC, WaitSyncKHR)                         \
  X(PFNEGLDUPNATIVEFENCEFDANDROIDPROC, DupNativeFenceFDANDROID)

#define GUESTHEAD_GL_FUNCTIONS(X)                              \
  X(PFNGLGETSTRINGPROC, GetString)                             \
  X(PFNGLGETINTEGERVPROC, GetIntegerv)                         \
  X(PFNGLGETERRORPROC, GetError)                               \
  X(PFNGLFLUSHPROC, Flush)                                     \
  X(PFNGLFINISHPROC, Finish)                                   \
  X(PFNGLENABLEPROC, Enable)                                   \
  X(PFNGLDISABLEPROC, Disable)                                 \
  X(PFNGLBLENDFUNCPROC, BlendFunc)                             \
  X(PFNGLVIEWPORTPROC, Viewport)                               \
  X(PFNGLSCISSORPROC, Scissor)                                 \
  X(PFNGLCLEARCOLORPROC, ClearColor)                           \
  X(PFNGLCLEARPROC, Clear)                                     \
  X(PFNGLDRAWARRAYSPROC, DrawArrays)                           \
  X(PFNGLVERTEXATTRIBPOINTERPROC, VertexAttribPointer)         \
  X(PFNGLENABLEVERTEXATTRIBARRAYPROC, EnableVertexAttribArray) \
  X(PFNGLBINDATTRIBLOCATIONPROC, BindAttribLocation)           \
  X(PFNGLGENTEXTURESPROC, GenTextures)                         \
  X(PFNGLDELETETEXTURESPROC, DeleteTextures)                   \
  X(PFNGLBINDTEXTUREPROC, BindTexture)                         \
  X(PFNGLACTIVETEXTUREPROC, ActiveTexture)                     \
  X(PFNGLTEXPARAMETERIPROC, TexParameteri)                     \
  X(PFNGLTEXIMAGE2DPROC, TexImage2D)                           \
  X(PFNGLTEXSUBIMAGE2DPROC, TexSubImage2D)                     \
  X(PFNGLPIXELSTOREIPROC, PixelStorei)                         \
  X(PFNGLGENFRAMEBUFFERSPROC, GenFramebuffers)                 \
  X(PFNGLDELETEFRAMEBUFFERSPROC, DeleteFramebuffers)           \
  X(PFNGLBINDFRAMEBUFFERPROC, BindFramebuffer)                 \
  X(PFNGLFRAMEBUFFERTEXTURE2DPROC, FramebufferTexture2D)       \
  X(PFNGLFRAMEBUFFERRENDERBUFFERPROC, FramebufferRenderbuffer) \
  X(PFNGLCHECKFRAMEBUFFERSTATUSPROC, CheckFramebufferStatus)   \
  X(PFNGLGENRENDERBUFFERSPROC, GenRenderbuffers)               \
  X(PFNGLDELETERENDERBUFFERSPROC, DeleteRenderbuffers)         \
  X(PFNGLBINDRENDERBUFFERPROC, BindRenderbuffer)               \
  X(PFNGLREADPIXELSPROC, ReadPixels)                           \
  X(PFNGLCREATESHADERPROC, CreateShader)                       \
  X(PFNGLDELETESHADERPROC, DeleteShader)                       \
  X(PFNGLSHADERSOURCEPROC, ShaderSource)                       \
  X(PFNGLCOMPILESHADERPROC, CompileShader)                     \
  X(PFNGLGETSHADERIVPROC, GetShaderiv)                         \
  X(PFNGLGETSHADERINFOLOGPROC, GetShaderInfoLog)               \
  X(PFNGLCREATEPROGRAMPROC, CreateProgram)                     \
  X(PFNGLDELETEPROGRAMPROC, DeleteProgram)                     \
  X(PFNGLATTACHSHADERPROC, AttachShader)                       \
  X(PFNGLLINKPROGRAMPROC, LinkProgram)                         \
  X(PFNGLGETPROGRAMIVPROC, GetProgramiv)                       \
  X(PFNGLGETPROGRAMINFOLOGPROC, GetProgramInfoLog)             \
  X(PFNGLUSEPROGRAMPROC, UseProgram)                           \
  X(PFNGLGETUNIFORMLOCATIONPROC, GetUniformLocation)           \
  X(PFNGLUNIFORM1IPROC, Uniform1i)                             \
  X(PFNGLUNIFORM1FPROC, Uniform1f)                             \
  X(PFNGLUNIFORM4FPROC, Uniform4f)                             \
  X(PFNGLUNIFORM1FVPROC, Uniform1fv)                           \
  X(PFNGLUNIFORM2FVPROC, Uniform2fv)                           \
  X(PFNGLUNIFORM3FVPROC, Uniform3fv)                           \
  X(PFNGLUNIFORM4FVPROC, Uniform4fv)                           \
  X(PFNGLUNIFORMMATRIX3FVPROC, UniformMatrix3fv)
#define GUESTHEAD_GL_EXTENSIONS(X)                                                       \
  X(PFNGLEGLIMAGETARGETTEXTURE2DOESPROC, EGLImageTargetTexture2DOES)                     \
  X(PFNGLEGLIMAGETARGETRENDERBUFFERSTORAGEOESPROC, EGLImageTargetRenderbufferStorageOES) \
  X(PFNGLGETGRAPHICSRESETSTATUSEXTPROC, GetGraphicsResetStatusEXT)

/** EGL and GLES as loaded at run time: an addon that never draws asks for neither. */
struct Functions {
  struct {
    PFNEGLGETPROCADDRESSPROC GetProcAddress;
#define GUESTHEAD_DECLARE(type, name) type name;
    GUESTHEAD_EGL_FUNCTIONS(GUESTHEAD_DECLARE)
    GUESTHEAD_EGL_EXTENSIONS(GUESTHEAD_DECLARE)
  } egl;
  struct {
    GUESTHEAD_GL_FUNCTIONS(GUESTHEAD_DECLARE)
    GUESTHEAD_GL_EXTENSIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE
  } gl;

  /** Opened once in a process and never unloaded. Throws Failure, ERR_LIBRARY_MISSING. */
  static const Functions& load();
};

}  // namespace guesthead::gl
