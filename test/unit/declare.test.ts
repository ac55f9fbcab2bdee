/** What the checks make of what a program without types may pass. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runOptions } from '../../src/cli/run-options.js';
import { checkOptions, thing, type CommandDeclaration, type Declarations, type OptionsOf } from '../../src/declare.js';
import { gpuOptions } from '../../src/gpus/declared.js';
import { headOptions } from '../../src/head/declared.js';
import { probeOptions } from '../../src/probe/declared.js';

const declared = {
  tree: { kind: 'choice', named: 'tree', says: '', value: '<tree>', choices: ['oak', 'elm'], standard: 'elm' },
  tall: { kind: 'switch', says: '' },
  count: { kind: 'integer', named: 'count', says: '', least: 1, most: 9, standard: 3 },
  many: { kind: 'integer', named: 'number', says: '', least: 0 },
  waitMs: { kind: 'duration', named: 'time', says: '', mostMs: 1000, standard: 20 },
  size: { kind: 'text', named: 'size', says: '', value: '<size>', pattern: /^\dx\d$/, advice: 'write 1x2' },
  when: thing('Date', (value): value is Date => value instanceof Date),
} as const satisfies Declarations;

const check = (options: unknown) => checkOptions(declared, options as OptionsOf<typeof declared>);

function refused(options: unknown, message: RegExp, advice?: string): void {
  assert.throws(() => check(options), { code: 'ERR_USAGE', message, advice });
}

describe('declared options', () => {
  it('have their standards, and what has none is undefined', () => {
    const standards = {
      tree: 'elm',
      tall: false,
      count: 3,
      waitMs: 20,
      many: undefined,
      size: undefined,
      when: undefined,
    };
    assert.deepEqual(check({}), standards);
    assert.deepEqual(check({ tree: undefined, tall: undefined, count: undefined }), standards);
  });

  it('are taken as they are given, without those of others', () => {
    const given = { tree: 'oak', tall: true, count: 9, waitMs: 0.5, many: 12, size: '1x2', when: new Date() } as const;
    assert.deepEqual(check({ ...given, other: 1 }), given);
  });

  it('are refused with the valid choices', () => {
    refused({ tree: 'fir' }, /'fir' is not a tree/, 'valid choices: oak, elm');
    refused({ tree: 5 }, /5 is not a tree/, 'valid choices: oak, elm');
    refused({ tall: 'no' }, /'no' is not a value of `tall`/, 'valid choices: true, false');
    for (const count of [0, 10, 1.5, NaN, Infinity, '3', 3n])
      refused({ count }, /is not a count/, 'choose 1 to 9; 3 is the default');
    refused({ many: -1 }, /-1 is not a number/, 'choose 0 or more');
    for (const waitMs of [0, -1, 1001, NaN, '20'])
      refused({ waitMs }, /is not a time/, 'choose milliseconds, more than 0 and at most 1000; 20 is the default');
    refused({ size: 'big' }, /'big' is not a size/, 'write 1x2');
    refused({ when: 'now' }, /`when` is no Date/);
  });

  it('are not null, nor is one of them, nor are they a text', () => {
    for (const name of Object.keys(declared)) refused({ [name]: null }, /is no |is not a /, adviceFor(name));
    for (const options of [null, undefined, 'fast', 5, true])
      refused(options, /is no object of options/, 'give { name: value }');
  });
});

/** The same as for any other wrong value. */
function adviceFor(name: string): string | undefined {
  try {
    check({ [name]: Symbol('wrong') });
    return 'none';
  } catch (error) {
    return (error as { advice?: string }).advice;
  }
}

describe('each declaration', () => {
  const all: readonly [string, Readonly<Record<string, CommandDeclaration | Declarations[string]>>][] = [
    ['gpus', gpuOptions],
    ['head', headOptions],
    ['probe', probeOptions],
    ['run', runOptions],
  ];
  for (const [where, declarations] of all)
    it(`of ${where} says what it is for, and its standard is one of its values`, () => {
      for (const [name, one] of Object.entries(declarations)) {
        if (one.kind === 'thing') continue;
        assert.ok(one.says !== '', name);
        if (one.kind === 'choice' && one.standard !== undefined) assert.ok(one.choices.includes(one.standard), name);
        if (one.kind === 'integer' && one.standard !== undefined)
          assert.ok(one.standard >= one.least && one.standard <= (one.most ?? Infinity), name);
      }
    });
});
