/** What a kiosk does about a client that does not come up, and about one that hangs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import { endHung } from '../../../src/cli/kiosk-client.js';
import { TroubleScreen } from '../../../src/cli/kiosk-trouble.js';
import type { Backdrop } from '../../../src/kiosk/index.js';

describe('a client that does not come up', () => {
  function troubled() {
    const shown$ = new Subject<void>();
    const backgrounds: (Backdrop | undefined)[] = [];
    const kiosk = { shown$, setBackground: (backdrop: Backdrop | undefined) => void backgrounds.push(backdrop) };
    const size = () => ({ width: 320, height: 200 });
    const screen = new TroubleScreen({ kiosk, command: ['cog', 'https://example.org'], backdrop: 0x123456, size });
    screen.tail.add('no such host\n');
    return { shown$, backgrounds, screen };
  }
  const trouble = { ended: { code: 1, signal: null }, failures: 3, pauseMs: 2000 };

  it('is told of on the screen, until something of a client’s is seen again', () => {
    const { shown$, backgrounds, screen } = troubled();
    shown$.next();
    assert.equal(backgrounds.length, 0, 'nothing has happened yet');
    screen.show(trouble);
    const page = backgrounds.at(0);
    assert.ok(typeof page === 'object');
    assert.deepEqual([page.width, page.height], [320, 200]);
    assert.ok(new Set(page.pixels).size > 1, 'something is written there');
    for (let frame = 0; frame < 3; frame++) shown$.next();
    assert.deepEqual(backgrounds.slice(1), [0x123456]);
  });

  it('that is given up has a page that says so, and stays', () => {
    const { backgrounds, screen } = troubled();
    screen.show(trouble);
    screen.show({ ...trouble, pauseMs: undefined });
    assert.equal(backgrounds.length, 2);
    assert.notDeepEqual(backgrounds[0], backgrounds[1]);
  });

  it('has another page where it says something else', () => {
    const { backgrounds, screen } = troubled();
    screen.show(trouble);
    screen.tail.add('no such page\n');
    screen.show(trouble);
    assert.notDeepEqual(backgrounds[0], backgrounds[1]);
  });
});

describe('a client that hangs', () => {
  /** A process that does not hear of anything, as the kiosk knows it. */
  async function stopped(uid: number | undefined) {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    child.kill('SIGSTOP');
    let destroyed = 0;
    const credentials = { pid: child.pid ?? 0, uid: uid ?? 0, gid: 0 };
    return { child, client: { credentials, destroy: () => (destroyed += 1) }, destroyed: () => destroyed };
  }

  it('is killed, although it is stopped', async () => {
    const { child, client, destroyed } = await stopped(process.getuid?.());
    const said: string[] = [];
    endHung(client, (text) => said.push(text), undefined);
    const [, signal] = (await once(child, 'exit')) as [unknown, string];
    assert.deepEqual([signal, destroyed()], ['SIGKILL', 1]);
    assert.match(said.join(), new RegExp(`${client.credentials.pid} does not answer`));
    assert.doesNotThrow(() => endHung(client, () => undefined, undefined), 'it has gone meanwhile');
  });

  it('of another user loses its connection only, unless it is the user that clients were to run as', async () => {
    const { child, client, destroyed } = await stopped(4711);
    endHung(client, () => assert.fail('it was not to be killed'), undefined);
    assert.deepEqual([destroyed(), child.exitCode, child.signalCode], [1, null, null]);
    endHung(client, () => undefined, { uid: 4711 });
    assert.equal(((await once(child, 'exit')) as [unknown, string])[1], 'SIGKILL');
  });
});
