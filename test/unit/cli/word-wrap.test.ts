import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forTerminal, wrapped } from '../../../src/cli/word-wrap.js';

describe('a line that is wrapped', () => {
  it('breaks between words, and goes on below its own beginning', () => {
    assert.equal(wrapped('  ok      kernel: Linux 7.3', 22), '  ok      kernel:\n    Linux 7.3');
    assert.equal(wrapped('short', 20), 'short');
    assert.equal(wrapped('one two three', 7), 'one two\n  three');
  });

  it('keeps whole what is typed or named: a command in backticks, a path', () => {
    assert.equal(wrapped('→ run `guesthead lab run -- true` then', 20), '→ run\n  `guesthead lab run -- true`\n  then');
    assert.equal(
      wrapped('open /dev/dri/by-path/pci-0000:00:02.0-card now', 20),
      'open\n  /dev/dri/by-path/pci-0000:00:02.0-card\n  now',
    );
  });

  it('does not count colours', () => {
    assert.equal(wrapped('\u001b[32mok\u001b[0m and more', 11), '\u001b[32mok\u001b[0m and more');
  });

  it('has all its words, in rows that fit where the words do', () => {
    const word = fc.stringMatching(/^[a-z→×:;.]{1,9}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.integer({ min: 20, max: 120 }),
        fc.nat(4),
        (words, columns, blanks) => {
          const line = `${' '.repeat(blanks)}${words.join(' ')}`;
          const rows = wrapped(line, columns).split('\n');
          assert.deepEqual(rows.join(' ').trim().split(/\s+/), words);
          assert.ok(rows.every((row) => row.length <= columns));
        },
      ),
    );
  });

  it('is one line still for who is no terminal, or a terminal of no size', () => {
    const text = `a\n${'many words '.repeat(20)}`;
    assert.equal(forTerminal(text, { isTTY: false, columns: 40 }), text);
    assert.equal(forTerminal(text, { isTTY: true, columns: 0 }), text);
    assert.ok(forTerminal(text, { isTTY: true, columns: 40 }).split('\n').length > 4);
  });
});
