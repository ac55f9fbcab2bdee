import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { layoutText } from '../../../src/lab/layout.js';
import { runFiles } from '../../../src/lab/machine.js';
import { shareCommand, shareFailure, writableFolders } from '../../../src/lab/share.js';

const files = runFiles('/tmp/lab');
const root = { tree: '/', binds: [], searchPath: '/bin' };

/** The words that follow an option, each time it comes. */
function wordsAfter(words: readonly string[], option: string, count: number): string[][] {
  return words.flatMap((word, index) => (word === option ? [words.slice(index + 1, index + 1 + count)] : []));
}

describe('the folders that the guest writes through', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'guesthead-test-'));
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('are the current one and those that are named, as real paths', () => {
    assert.deepEqual(writableFolders([join(folder, 'link')], '/home/me'), ['/home/me', join(folder, 'real')]);
  });

  it('do not become the whole machine because the lab is started in /', () => {
    assert.deepEqual(writableFolders([], '/'), []);
    assert.deepEqual(writableFolders(['/'], '/home/me'), ['/home/me', '/']);
  });

  it('must be folders', () => {
    assert.throws(() => writableFolders([join(folder, 'missing')]), { code: 'ERR_USAGE', message: /missing/ });
    assert.throws(() => writableFolders(['/etc/hostname']), { code: 'ERR_USAGE', message: /not a folder/ });
  });
});

describe('the share', () => {
  const words = shareCommand(files, { writable: ['/home/me/a/b', '/home/me'], liveFiles: false });

  it('is the host’s root, read-only, with the writable folders in it, outer ones first', () => {
    assert.deepEqual(wordsAfter(words, '--ro-bind', 2)[0], ['/', '/tmp/lab/share']);
    assert.deepEqual(wordsAfter(words, '--bind', 2), [
      ['/home/me', '/tmp/lab/share/home/me'],
      ['/home/me/a/b', '/tmp/lab/share/home/me/a/b'],
    ]);
  });

  it('hides what is no file, and is cut off from what the host mounts later', () => {
    const hidden = ['/proc', '/sys', '/dev', '/run']
      .filter((path) => existsSync(path))
      .map((path) => [`/tmp/lab/share${path}`]);
    assert.deepEqual(wordsAfter(words, '--tmpfs', 1), hidden);
    assert.deepEqual(wordsAfter(words, '--remount-ro', 1), hidden);
    assert.ok(words.some((word) => word.includes('mount --make-rprivate /')));
  });

  it('is the host’s root as it is where all of it may be written', () => {
    const plain = shareCommand(files, { writable: ['/'], liveFiles: false });
    assert.doesNotMatch(plain.join(' '), /bwrap|\/tmp\/lab\/share/);
    assert.equal(layoutText({ files, root, writable: ['/'] }), '');
  });

  it('is seen below a scratch layer, but for the run’s folder and the writable ones', () => {
    const text = layoutText({ files, root, writable: ['/home/me'] });
    assert.equal(text, 'tree /\nbind /tmp/lab\nbind /home/me\n');
  });

  it('has another tree below the scratch layer where one is named, with guesthead in it, and its own PID 1', () => {
    const other = { tree: '/srv/trixie', binds: ['/opt/node_modules'], searchPath: '/bin' };
    const binds = 'bind /tmp/lab\nbind /home/me\nbind /opt/node_modules\n';
    const text = layoutText({ files, root: other, init: '/sbin/init', writable: ['/', '/home/me'] });
    assert.equal(text, `init /sbin/init\ntree /srv/trixie\n${binds}`);
  });

  it('says what to allow where its namespaces are refused, and nothing of it where something else failed', () => {
    const advice = (said: string) => shareFailure(said).advice ?? '';
    assert.match(advice('bwrap: setting up uid map: Permission denied'), /make namespaces.*--writable/);
    assert.match(advice('bwrap: Creating new namespace failed: Operation not permitted'), /as root/);
    assert.match(advice('bwrap: Failed to make / slave: Invalid argument'), /chroot.*mount --bind.*--writable/);
    assert.equal(advice('error: unexpected argument'), '');
  });
});
