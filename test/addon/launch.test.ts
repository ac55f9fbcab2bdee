/** How a client is started: with which environment, as which user, and what becomes of what it says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { asUser, clientUser, type ClientUser } from '../../src/kiosk/client-user.js';
import { launch, type LaunchOptions } from '../../src/kiosk/launch.js';
import { openSocket, runtimeFolder } from '../../src/kiosk/socket.js';
import { Kiosk } from '../../src/kiosk/index.js';
import { closeAll, HeadOnFake } from '../support/fake-head.js';
import { native } from './support/addon.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'guesthead-launch-'))));
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true });
});

const isRoot = process.geteuid?.() === 0;
const skip = isRoot ? false : 'only root may be another user: run the tests as root';
/** A user that every system has. */
const nobody = (): ClientUser => clientUser(native, 'nobody') ?? assert.fail('the tests run as nobody');

/** What a shell says to its standard error, and how it ends. */
async function said(script: string, options: LaunchOptions = {}) {
  let text = '';
  const onError = (more: string) => (text += more);
  const { ended } = launch(['sh', '-c', script], folder, 'wayland-7', { onError, ...options });
  const { code, signal } = await ended;
  return { text, code, signal };
}

describe('a client', () => {
  it('finds its compositor, and no other', async () => {
    process.env['DISPLAY'] = ':9';
    process.env['NOTIFY_SOCKET'] = '@nobody';
    try {
      const names = ['XDG_RUNTIME_DIR', 'WAYLAND_DISPLAY', 'XDG_SESSION_TYPE', 'DISPLAY', 'NOTIFY_SOCKET'];
      const tokens = ['XDG_ACTIVATION_TOKEN', 'DESKTOP_STARTUP_ID'];
      const words = [...names, ...tokens].map((name) => `$${name}`).join(',');
      const { text } = await said(`echo ${words} >&2`, { token: 'a-token' });
      assert.equal(text, `${folder},wayland-7,wayland,,,a-token,a-token\n`);
    } finally {
      delete process.env['DISPLAY'];
      delete process.env['NOTIFY_SOCKET'];
    }
  });

  it('is heard on its standard error to its last word, which it may also open by name', async () => {
    assert.deepEqual(await said('echo first >/dev/stderr; printf last >&2; exit 3'), {
      ...{ text: 'first\nlast', code: 3, signal: null },
    });
  });

  it('has ended when it has, although a process that it leaves behind has its standard error', async () => {
    const { text, code } = await said("setsid sh -c 'echo $$ >&2; exec sleep 20' & sleep 0.2");
    process.kill(Number(text));
    assert.equal(code, 0);
  });

  it('leads a session of its own, so that Ctrl-C is not heard twice', async () => {
    const { text } = await said('cut -d" " -f1,5,6 /proc/self/stat >&2; echo $$ >&2');
    const [fields = '', leader] = text.split('\n');
    assert.deepEqual(fields.split(' ').slice(1), [leader, leader]);
  });

  it('takes those with it that it leaves behind', async () => {
    const { text, code } = await said('sleep 20 & echo $! >&2; exit 3');
    assert.equal(code, 3);
    assert.throws(() => process.kill(Number(text), 0), { code: 'ESRCH' });
  });

  it('is asked to end, and killed with all that it has started where that is asked for twice', async () => {
    const began = (script: string) => {
      let tell: () => void = () => undefined;
      const ready = new Promise<void>((resolve) => (tell = resolve));
      return {
        ready,
        ...launch(['sh', '-c', `${script} echo ready >&2; wait`], folder, 'wayland-7', { onError: tell }),
      };
    };
    const polite = began('sleep 20 &');
    await polite.ready;
    polite.end();
    assert.deepEqual(await polite.ended, { code: null, signal: 'SIGTERM' });
    const stubborn = began('trap "" TERM; sleep 20 &');
    await stubborn.ready;
    stubborn.end();
    stubborn.end();
    assert.deepEqual(await stubborn.ended, { code: null, signal: 'SIGKILL' });
  });
});

/** Who becomes another user does so by the plain addon, which no sanitizer is to be loaded into, and may not be traced for leaks. */
function withoutPreload(): void {
  const { LD_PRELOAD: before } = process.env;
  beforeEach(() => {
    delete process.env['LD_PRELOAD'];
  });
  afterEach(() => {
    if (before !== undefined) process.env['LD_PRELOAD'] = before;
  });
}

describe('a client of another user', () => {
  withoutPreload();

  it('is that user in all, with its groups and its places', { skip }, async () => {
    const user = nobody();
    process.env['XDG_CONFIG_HOME'] = '/root/.config';
    const script =
      'exec >&2; id -u; id -ru; id -g; id -G; echo "$HOME $USER $LOGNAME $SHELL"; grep SigIgn /proc/$$/status';
    const { text } = await said(`${script}; echo "config: $XDG_CONFIG_HOME"`, { user });
    delete process.env['XDG_CONFIG_HOME'];
    const [uid, real, gid, groups = '', places, ignored = '', config] = text.split('\n');
    assert.deepEqual([uid, real, gid], [user.uid, user.uid, user.gid].map(String));
    assert.deepEqual(groups.split(' ').map(Number).sort(), [...user.groups].sort());
    assert.equal(places, `${user.home} nobody nobody ${user.shell}`);
    assert.match(ignored, /SigIgn:\s0*$/, 'a program expects that nothing is ignored');
    assert.equal(config, 'config: ');
  });

  it('ends as it ends, by a status or a signal, and by 127 where there is no such program', { skip }, async () => {
    const user = nobody();
    assert.equal((await said('exit 5', { user })).code, 5);
    assert.equal((await said('kill -KILL $$', { user })).signal, 'SIGKILL');
    let text = '';
    const { ended } = launch(['/no-such-client'], folder, 'wayland-7', { user, onError: (more) => (text += more) });
    assert.equal((await ended).code, 127);
    assert.match(text, /\/no-such-client cannot be run as user \d+/);
  });

  it('has a folder of its own, and the socket in it, with no trace of root’s', { skip }, async () => {
    const user = nobody();
    const given = runtimeFolder(user);
    const kiosk = new Kiosk((await HeadOnFake.open()).head, native);
    try {
      const socket = openSocket(kiosk, given.path, user);
      const of = (name: string) => statSync(join(given.path, name));
      for (const name of ['.', socket, `${socket}.lock`]) assert.equal(of(name).uid, user.uid, name);
      assert.equal(of('.').mode & 0o777, 0o700);
      assert.equal(process.geteuid?.(), 0);
      const connect = `require('net').connect('${join(given.path, socket)}').on('connect', () => process.exit(9))`;
      const { ended } = launch([process.execPath, '-e', connect], given.path, socket, { user });
      assert.equal((await ended).code, 9);
    } finally {
      await kiosk.close();
      given.close();
    }
    assert.equal(statSync(given.path, { throwIfNoEntry: false }), undefined);
  });

  it('is nobody else’s files’ owner while they are made', { skip }, () => {
    const user = nobody();
    assert.throws(() => asUser(user, () => readFileSync('/etc/shadow')), { code: 'EACCES' });
    assert.equal(process.geteuid?.(), 0);
    assert.equal(process.getegid?.(), 0);
  });
});

describe('the user of a client', () => {
  it('is known by name and by number', () => {
    const byName = native.userOf('root') ?? assert.fail('there is no root');
    assert.deepEqual(byName.slice(0, 3), ['root', 0, 0]);
    assert.deepEqual(native.userOf('0'), byName);
    assert.ok(byName[5].includes(0));
  });

  it('is refused where there is none, and where this is not root', () => {
    const refusal = (word: string, own: number): string | undefined => {
      try {
        return clientUser(native, word, own)?.name;
      } catch (error) {
        return [(error as { code?: string }).code, (error as { advice?: string }).advice].join(': ');
      }
    };
    assert.match(refusal('no-such-user', 0) ?? '', /^ERR_USAGE: .*getent passwd/);
    assert.match(refusal('4294967290', 0) ?? '', /^ERR_USAGE/);
    assert.match(refusal('', 0) ?? '', /^ERR_USAGE/);
    assert.match(refusal('root', 1000) ?? '', /^ERR_PERMISSION: start the kiosk as root/);
    assert.equal(refusal('root', 0), undefined, 'it is this user already');
  });

  it('does not trust what it is given', () => {
    const wrong = native as unknown as Record<'userOf' | 'execAs', (...given: unknown[]) => unknown>;
    assert.throws(() => wrong.userOf(7), TypeError);
    const commands = [undefined, 'ls', [7]];
    for (const command of commands) assert.throws(() => wrong.execAs(1, 1, new Uint32Array(), command), TypeError);
    assert.throws(() => wrong.execAs(1, 1, new Uint32Array(), []), RangeError);
    assert.throws(() => wrong.execAs(-1, 1, new Uint32Array(), ['true']), RangeError);
    assert.throws(() => wrong.execAs(1, 1, [1], ['true']), TypeError);
  });
});
