/** The same on GLES 2, the fallback: Mesa gives no more where it is told so. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openBench } from './support/bench.js';

process.env['MESA_GLES_VERSION_OVERRIDE'] = '2.0'; // read when a context is made
const bench = await openBench();
const { glVersion, vendor } = bench.gl.info;
bench.close();

if (!glVersion.startsWith('OpenGL ES 2'))
  it('is tried', { skip: `${vendor} has no GLES without 3: Mesa’s driver is needed` }, () => undefined);
else {
  it('is what is drawn with', () => assert.match(glVersion, /^OpenGL ES 2/));
  await import('./compose.test.js');
  await import('./memory.test.js');
  await import('./effect.test.js');
}
