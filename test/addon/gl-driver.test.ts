/** Drivers that lack something, fail, or lose the context: each its own code and advice, and nothing half open. */
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { before, beforeEach, describe, it } from 'node:test';
import type { GuestheadError } from '../../src/errors.js';
import { drawingAdvice } from '../../src/ffi/index.js';
import { Gl, type GlJob } from '../../src/gl/index.js';
import { addonFolder, native } from './support/addon.js';
import { textWords, transcript } from './support/child.js';
import { openDescriptors } from './support/descriptors.js';
import { driver, openAtDriver, runOnFakeEgl, underFakeEgl } from './support/fake-egl.js';
import { turns } from './support/loop.js';

const scene = { layers: [{ colour: [1, 0, 0, 1], to: { x: 0, y: 0, width: 8, height: 8 } }] } as const;
const shader = 'void mainImage(out vec4 colour, in vec2 position) {}';
const open = () => Gl.open({ native });

async function closed(gl: Gl): Promise<void> {
  gl.close();
  await gl.ended();
}

async function refusal(promise: Promise<unknown>): Promise<GuestheadError> {
  return promise.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => error as GuestheadError,
  );
}

underFakeEgl(import.meta.url, () => {
  before(async () => {
    driver();
    await closed(await open());
  });
  beforeEach(() => {
    driver('native-fence', 'dmabuf', 'robust');
  });

  describe('an EGL', () => {
    const lacks: [what: string, word: string, operation: RegExp][] = [
      ['without platforms', 'no-platforms', /^EGL_EXT_platform_base$/],
      ['without the display', 'no-display', /^eglGetPlatformDisplayEXT: EGL_BAD_PARAMETER$/],
      ['that cannot be initialised', 'no-initialize', /^eglInitialize: EGL_NOT_INITIALIZED$/],
      ['that draws to windows only', 'no-surfaceless', /^EGL_KHR_surfaceless_context$/],
      ['without GLES', 'no-context', /^eglCreateContext: EGL_BAD_MATCH$/],
    ];
    for (const [what, word, operation] of lacks)
      it(`${what} is unsupported, and opens once it is another`, async () => {
        await turns();
        const descriptors = openDescriptors();
        driver(word);
        const error = await refusal(open());
        assert.equal(error.code, 'ERR_UNSUPPORTED');
        assert.match(error.operation ?? '', operation);
        assert.match(error.advice ?? '', /draw with the CPU/);
        assert.deepEqual(openAtDriver(), {});
        await turns();
        assert.equal(openDescriptors(), descriptors);
        driver();
        await closed(await open());
      });

    it('with ES 2 only draws', async () => {
      driver('es2');
      const gl = await open();
      assert.match(gl.info.glVersion, /ES 2\.0/);
      assert.equal(gl.info.software, false);
      const picture = await gl.createOffscreen(8, 8);
      await gl.compose(picture, scene);
      await closed(gl);
      assert.deepEqual(openAtDriver(), {});
    });

    it('without dma-buf import, or that refuses one, says so', async () => {
      driver();
      const gl = await open();
      const fd = openSync(import.meta.filename, 'r'); // of some size, as a dma-buf has
      const dmabuf = { width: 8, height: 8, planes: [{ fd, offsetBytes: 0, strideBytes: 32 }] };
      assert.equal(gl.info.dmabufImport, false);
      const lacks = await refusal(gl.importDmabuf(dmabuf));
      assert.deepEqual([lacks.code, lacks.operation], ['ERR_UNSUPPORTED', 'EGL_EXT_image_dma_buf_import']);
      await closed(gl);

      driver('dmabuf', 'no-image');
      const other = await open();
      const refuses = await refusal(other.importDmabuf(dmabuf));
      assert.deepEqual(
        [refuses.code, refuses.operation],
        ['ERR_IMPORT_REFUSED', 'eglCreateImageKHR: EGL_BAD_ATTRIBUTE'],
      );
      assert.match(refuses.advice ?? '', /Gl\.info\.formats/);
      await closed(other);
      closeSync(fd);
      assert.deepEqual(openAtDriver(), {});
    });

    it('takes no descriptor that is closed', async () => {
      const gl = await open();
      const planes = [{ fd: 987_654, offsetBytes: 0, strideBytes: 32 }];
      const error = await refusal(gl.importDmabuf({ width: 8, height: 8, planes }));
      assert.deepEqual([error.code, error.errno], ['ERR_SYSTEM', 9]);
      await closed(gl);
    });

    it('takes no picture that is larger than it can', async () => {
      const gl = await open();
      const error = await refusal(gl.createOffscreen(gl.info.maxTextureSize + 1, 1));
      assert.deepEqual([error.code, error.operation], ['ERR_UNSUPPORTED', 'GL_MAX_TEXTURE_SIZE']);
      await closed(gl);
    });
  });

  describe('a fence', () => {
    it('is native where the driver has it, and closes', async () => {
      const gl = await open();
      const picture = await gl.createOffscreen(8, 8);
      const before = openDescriptors();
      const { fence, fenceKind } = await gl.compose(picture, scene);
      assert.deepEqual([fenceKind, openDescriptors()], ['native', before + 1]);
      fence?.close();
      assert.equal(openDescriptors(), before);
      await closed(gl);
    });

    it('is a finish where it has none, and cannot be asked for', async () => {
      driver();
      const gl = await open();
      const picture = await gl.createOffscreen(8, 8);
      assert.deepEqual(await gl.compose(picture, scene), { fence: undefined, fenceKind: 'finish' });
      assert.throws(() => gl.compose(picture, { ...scene, fence: 'native' }), { code: 'ERR_UNSUPPORTED' });
      await closed(gl);
    });

    it('that the driver cannot duplicate fails the drawing, and the next has one', async () => {
      const gl = await open();
      const picture = await gl.createOffscreen(8, 8);
      driver('native-fence', 'no-fence');
      const error = await refusal(gl.compose(picture, scene));
      assert.deepEqual([error.code, error.operation], ['ERR_GL', 'eglDupNativeFenceFDANDROID: EGL_BAD_PARAMETER']);
      driver('native-fence');
      (await gl.compose(picture, scene)).fence?.close();
      await closed(gl);
      assert.deepEqual(openAtDriver(), {});
    });
  });

  describe('a GPU without memory', () => {
    it('fails the drawing, and not the next', async () => {
      const gl = await open();
      const picture = await gl.createOffscreen(8, 8);
      driver('out-of-memory');
      assert.equal((await refusal(gl.compose(picture, scene))).code, 'ERR_ALLOCATION');
      driver();
      await gl.compose(picture, { ...scene, fence: 'finish' });
      await closed(gl);
    });
  });

  describe('a shader', () => {
    it('that does not compile leaves nothing', async () => {
      const gl = await open();
      driver('no-compile');
      assert.equal((await refusal(gl.createEffect(shader))).code, 'ERR_SHADER');
      assert.deepEqual(openAtDriver(), { displays: 1, contexts: 1 });
      await closed(gl);
    });
  });

  describe('a reset', () => {
    async function lost(...words: string[]) {
      const gl = await open();
      const jobs: GlJob[] = [];
      gl.jobs$.subscribe((job) => jobs.push(job));
      const picture = await gl.createOffscreen(8, 8);
      driver('robust', ...words);
      return { gl, jobs, picture, drawing: gl.compose(picture, { ...scene, fence: 'finish' }) };
    }

    it('that was another’s fault is not seen: the drawing is done again', async () => {
      const { gl, drawing } = await lost('innocent');
      await drawing;
      assert.equal(gl.renewals, 1);
      await closed(gl);
      assert.deepEqual(openAtDriver(), {});
    });

    it('that was the drawing’s fault fails that one alone', async () => {
      const { gl, picture, drawing } = await lost('guilty');
      const error = await refusal(drawing);
      assert.deepEqual([error.code, error.operation], ['ERR_DEVICE_LOST', 'glGetGraphicsResetStatus']);
      assert.match(error.advice ?? '', /made anew/);
      assert.equal(gl.renewals, 1);
      await gl.compose(picture, { ...scene, fence: 'finish' });
      await closed(gl);
      assert.deepEqual(openAtDriver(), {});
    });

    it('that comes again and again fails the drawing in the end', async () => {
      const { gl, picture, drawing } = await lost('innocent', 'again');
      assert.equal((await refusal(drawing)).code, 'ERR_DEVICE_LOST');
      driver('robust');
      await gl.compose(picture, { ...scene, fence: 'finish' });
      await closed(gl);
      assert.deepEqual(openAtDriver(), {});
    });

    it('after which there is no context fails what is drawn until there is one', async () => {
      const { gl, picture, drawing } = await lost('innocent', 'no-context');
      assert.equal((await refusal(drawing)).code, 'ERR_UNSUPPORTED');
      assert.equal((await refusal(gl.compose(picture, scene))).code, 'ERR_UNSUPPORTED');
      driver('robust');
      await gl.compose(picture, { ...scene, fence: 'finish' });
      await closed(gl);
      assert.deepEqual(openAtDriver(), {});
    });
  });
});

describe('a system without', () => {
  for (const library of ['libEGL.so.1', 'libGLESv2.so.2'])
    it(`${library} is told which package to install`, async () => {
      const script = `
        const { Gl } = await import('./src/gl/index.ts');
        const { loadNative } = await import('./src/native/index.ts');
        for (let round = 0; round < 2; round++)
          await Gl.open({ native: loadNative(${JSON.stringify(addonFolder)}) }).catch((error) => {
            console.log(error.code, error.operation, error.advice);
          });`;
      const result = await runOnFakeEgl(await textWords(script), [], [library]);
      const said = `ERR_LIBRARY_MISSING ${library} ${drawingAdvice()}, or draw with the CPU\n`;
      assert.equal(result.stdout, said.repeat(2), transcript(result));
      assert.deepEqual([result.status, result.stderr], [0, ''], transcript(result));
    });
});
