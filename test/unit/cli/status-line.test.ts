import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitted, LiveLine, type StatusFields } from '../../../src/cli/status-line.js';

const head = (name: string): StatusFields => [
  name,
  '59.9 flips/s',
  '0 missed',
  'flip 12.1 ms',
  'flush fence 0.7 ms',
  '2 free, 1 current, 1 draining',
];

describe('the line of a run', () => {
  it('never reaches the end of a row, with as much as there is room for', () => {
    assert.equal(fitted([head('Virtual-1')], 200), head('Virtual-1').join('  '));
    assert.equal(
      fitted([head('Virtual-1')], 80),
      'Virtual-1  59.9 flips/s  0 missed  flip 12.1 ms  flush fence 0.7 ms',
    );
    assert.equal(fitted([head('Virtual-1')], 60), 'Virtual-1  59.9 flips/s  0 missed  flip 12.1 ms');
    assert.equal(fitted([head('Virtual-1')], 40), 'Virtual-1  59.9 flips/s  0 missed');
    assert.equal(
      fitted([head('Virtual-1'), head('Virtual-2')], 60),
      'Virtual-1  59.9 flips/s   Virtual-2  59.9 flips/s',
    );
    for (let columns = 0; columns < 250; columns++)
      for (const count of [1, 2, 4, 16]) {
        const heads = Array.from({ length: count }, (_, index) => head(`Virtual-${index + 1}`));
        assert.ok(fitted(heads, columns).length <= Math.max(0, columns - 3), `${count} in ${columns}`);
      }
  });

  /** The rows of a terminal that understands what the line writes, and nothing else; a resize wraps anew, as tmux and most do. */
  class Screen {
    columns = 80;
    #text = '';
    write(text: string): boolean {
      const [, up = '', , rest = ''] = /^(?:\u001b\[(\d+)A)?(\r\u001b\[J)?([^]*)$/.exec(text) ?? [];
      assert.ok(!rest.includes('\u001b') && !rest.includes('\r'), JSON.stringify(text));
      if (text.includes('\u001b[J')) {
        const rows = Math.max(1, Math.ceil(this.#text.length / this.columns));
        this.#text = this.#text.slice(0, (rows - 1 - Number(up)) * this.columns);
      }
      this.#text += rest;
      return true;
    }
    get text(): string {
      return this.#text;
    }
  }

  it('leaves nothing behind, also where the terminal becomes narrower in between', () => {
    const screen = new Screen();
    const line = new LiveLine(screen);
    line.show('x'.repeat(79));
    screen.columns = 30;
    line.show('y'.repeat(29));
    assert.equal(screen.text, 'y'.repeat(29));
    screen.columns = 10;
    line.clear();
    assert.equal(screen.text, '');
    line.clear();
    assert.equal(screen.text, '');
  });
});
