/** Which part of a buffer is drawn, by its age. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DamageHistory } from '../../../src/gl/index.js';

const size = { width: 100, height: 50 };
const at = (x: number) => ({ x, y: 0, width: 5, height: 5 });

/** Frames 0, 1, 2, … each of the age given, each with damage at ten times its number. */
function after(...ages: number[]) {
  const history = new DamageHistory();
  return { history, regions: ages.map((age, number) => history.add({ number, age, ...size }, [at(number * 10)])) };
}

describe('what is drawn', () => {
  it('is everything for a buffer whose contents are unknown', () => {
    assert.deepEqual(after(0, 0, 0).regions, [undefined, undefined, undefined]);
  });

  it('is this frame’s damage where the buffer holds the frame before, and older damage where it is older', () => {
    const { regions } = after(0, 1, 2, 3);
    assert.deepEqual(regions.slice(1), [[at(10)], [at(10), at(20)], [at(10), at(20), at(30)]]);
  });

  it('is everything for a buffer that is older than what is remembered', () => {
    assert.deepEqual(after(5).regions, [undefined]);
    assert.deepEqual(after(...Array.from({ length: 40 }, () => 0), 30).regions.at(-1), undefined);
    assert.notDeepEqual(after(...Array.from({ length: 40 }, () => 0), 10).regions.at(-1), undefined);
  });

  it('is everything while a frame between has changed everything', () => {
    const { history } = after(0, 1);
    history.add({ number: 2, age: 1, ...size });
    assert.equal(history.add({ number: 3, age: 2, ...size }, [at(30)]), undefined);
    assert.deepEqual(history.add({ number: 4, age: 1, ...size }, [at(40)]), [at(40)]);
  });

  it('is everything after a resize, and where the loop counts anew', () => {
    const { history } = after(0, 1);
    assert.equal(history.add({ number: 2, age: 1, width: 99, height: 50 }, [at(0)]), undefined);
    assert.equal(history.add({ number: 0, age: 1, width: 99, height: 50 }, [at(0)]), undefined);
    assert.deepEqual(history.add({ number: 1, age: 1, width: 99, height: 50 }, [at(0)]), [at(0)]);
  });

  it('is everything once the history is forgotten', () => {
    const { history } = after(0, 1);
    history.forget();
    assert.equal(history.add({ number: 2, age: 1, ...size }, [at(0)]), undefined);
    assert.equal(history.add({ number: 3, age: 2, ...size }, [at(0)]), undefined);
    assert.deepEqual(history.add({ number: 4, age: 1, ...size }, [at(0)]), [at(0)]);
  });

  it('counts frames that were never drawn as gaps: nothing changed in them', () => {
    const { history } = after(0, 1);
    assert.deepEqual(history.add({ number: 5, age: 4, ...size }, [at(50)]), [at(50)]);
    assert.deepEqual(history.add({ number: 6, age: 6, ...size }, [at(60)]), [at(10), at(50), at(60)]);
  });

  it('is nothing where nothing changed', () => {
    const { history } = after(0);
    assert.deepEqual(history.add({ number: 1, age: 1, ...size }, []), []);
  });
});

describe('rectangles', () => {
  it('are cut at the edges, and those inside of others left out', () => {
    const { history } = after(0);
    const damage = [
      { x: -5, y: -5, width: 10, height: 10 },
      { x: 1, y: 1, width: 2, height: 2 },
      { x: 300, y: 0, width: 9, height: 9 },
      { x: 90, y: 40, width: 50, height: 50 },
    ];
    assert.deepEqual(history.add({ number: 1, age: 1, ...size }, damage), [
      { x: 0, y: 0, width: 5, height: 5 },
      { x: 90, y: 40, width: 10, height: 10 },
    ]);
  });

  it('of a buffer that drew a part of them are those of the later frame only once', () => {
    const { history } = after(0);
    history.add({ number: 1, age: 1, ...size }, [at(30)]);
    const large = { x: 20, y: 0, width: 40, height: 40 };
    assert.deepEqual(history.add({ number: 2, age: 2, ...size }, [large]), [large]);
  });

  it('too many are one around them', () => {
    const { history } = after(0);
    const many = Array.from({ length: 17 }, (_, index) => ({ x: index * 2, y: index, width: 1, height: 1 }));
    assert.deepEqual(history.add({ number: 1, age: 1, ...size }, many), [{ x: 0, y: 0, width: 33, height: 17 }]);
  });

  it('of half a pixel are refused, and nothing is remembered of them', () => {
    const { history } = after(0);
    assert.throws(() => history.add({ number: 1, age: 1, ...size }, [at(0.5)]), { code: 'ERR_USAGE' });
    assert.deepEqual(history.add({ number: 2, age: 2, ...size }, [at(20)]), [at(20)]);
  });
});
