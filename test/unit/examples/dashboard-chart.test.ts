/** The chart of examples/dashboard.ts on Mesa's software renderer: what it uploads, and that the GPU scrolls it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chart, type Measure } from '../../../examples/dashboard-chart.js';
import { Gl, type GlPicture } from '../../../src/gl/index.js';
import { loadNative } from '../../../src/native/index.js';

const [width, height, step, labelHeight] = [40, 64, 2, 32];
const whole = width * height;

let gl: Gl;
let target: GlPicture;
before(async () => {
  gl = await Gl.open({ native: loadNative() });
  target = await gl.createOffscreen(width, height);
});
after(() => {
  gl.close();
});

/** The examples know the package by its name, the tests by its sources. */
function makeChart(measure: Partial<Measure> = {}): Promise<Chart> {
  const usual = { title: '', unit: '', colour: '#ffffff', most: 10, sample: () => 5 };
  return Chart.create(gl as unknown as Parameters<typeof Chart.create>[0], { ...usual, ...measure }, width, height);
}

/** Below the label: each pixel as a number, by row. */
async function rowsOf(chart: Chart): Promise<number[][]> {
  const layers = chart.layers(0, 0) as unknown as Parameters<Gl['compose']>[1]['layers'];
  await gl.compose(target, { layers });
  const pixels = new Uint32Array((await gl.readPixels(target, 0, 0, width, height)).buffer);
  return Array.from({ length: height - labelHeight }, (_, row) => [
    ...pixels.subarray((row + labelHeight) * width, (row + labelHeight + 1) * width),
  ]);
}

describe('the chart of examples/dashboard.ts', () => {
  it('uploads the column of the newest sample, and its label now and then', async () => {
    const chart = await makeChart();
    chart.advance();
    const before = chart.uploaded;
    assert.ok(before <= whole + step * height);
    chart.advance();
    assert.equal(chart.uploaded - before, step * (height - labelHeight));
    chart.close();
  });

  it('moves to the left by a column for each sample, around the end of its ring as well', async () => {
    let count = 0;
    const chart = await makeChart({ sample: () => (count++ * 7) % 11 });
    let rows = await rowsOf(chart);
    for (let sample = 0; sample < width; sample++) {
      chart.advance();
      const next = await rowsOf(chart);
      assert.deepEqual(
        next.map((row) => row.slice(0, -step)),
        rows.map((row) => row.slice(step)),
        `sample ${sample}`,
      );
      rows = next;
    }
    assert.ok(new Set(rows.flat()).size > 4, 'there is a line with a ground, a grid and a filling');
    chart.close();
  });

  it('has a value’s line where it belongs, and one that is too large at its upper edge', async () => {
    const line = 0xffffffff;
    const whiteRows = async (value: number) => {
      const chart = await makeChart({ sample: () => value });
      for (let sample = 0; sample < 4; sample++) chart.advance();
      const rows = await rowsOf(chart);
      chart.close();
      return rows.flatMap((row, index) => (row.at(-1) === line ? [index] : []));
    };
    assert.deepEqual(await whiteRows(5), [15, 16]); // 32 rows: the middle, two pixels wide
    assert.deepEqual(await whiteRows(1000), [0]);
  });
});
