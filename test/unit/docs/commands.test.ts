/** Each command line in the documents is one that the command takes. Those marked `sh run` are typed by test/lab/documents.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOfLine } from '../../support/command-lines.js';
import { blocksOf, commandsOf, documents, inlineCommandsOf } from '../../support/documents.js';

function faultsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const fault = faultOfLine(line);
    return fault === undefined ? [] : [`${line}: ${fault}`];
  });
}

describe('the command lines in the documents', () => {
  for (const document of documents())
    it(`${document.path} has none that is refused`, () => {
      const lines = blocksOf(document, 'sh').flatMap(commandsOf);
      // Prose names an option without its value.
      const named = faultsOf(inlineCommandsOf(document)).filter((fault) => !fault.endsWith('argument missing'));
      assert.deepEqual([...faultsOf(lines), ...named], []);
    });

  it('would be refused with a wrong option, choice, value, command, script or file', () => {
    const wrong = [
      'npx guesthead run --frame 600',
      'sudo guesthead run --path fast',
      'guesthead run --buffers 1 && true',
      'X=1 npx guesthead lab boot',
      'guesthead lab run --size 1366x768 -- guesthead run --nothing',
      'true | guesthead host qemu --heads none > file',
      'npm start -- --modes 1x1',
      'npm run everything',
      'node --import tsx examples/none.ts',
    ];
    assert.equal(faultsOf(wrong).length, wrong.length);
    assert.deepEqual(faultsOf(["guesthead lab run --size 1366x768 -- sh -c 'guesthead run' # so", 'npm test']), []);
  });
});
