import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { holderAdvice, masterHolder, type HolderRoots } from '../../../src/device/index.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-holder-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const self = 4;

/** A machine of its own: its processes with what each has open, and debugfs where it may be read. */
function machine(
  name: string,
  processes: Record<number, { comm: string; open: readonly string[] }>,
  clients: Record<number, string> = {},
): HolderRoots {
  const roots = { proc: join(folder, name, 'proc'), debug: join(folder, name, 'debug'), self };
  for (const [pid, { comm, open }] of Object.entries(processes)) {
    mkdirSync(join(roots.proc, pid, 'fd'), { recursive: true });
    writeFileSync(join(roots.proc, pid, 'comm'), `${comm}\n`);
    open.forEach((path, fd) => {
      symlinkSync(path, join(roots.proc, pid, 'fd', String(fd)));
    });
  }
  for (const [minor, text] of Object.entries(clients)) {
    mkdirSync(join(roots.debug, 'dri', minor), { recursive: true });
    writeFileSync(join(roots.debug, 'dri', minor, 'clients'), text);
  }
  return roots;
}

const oldClients = `             command   pid dev master a   uid      magic
      systemd-logind   301   0   n    y     0          0
              weston   123   0   y    y  1000          1
`;
const newClients = `             command  tgid dev master a   uid      magic                                                             name client-id
         Web Content    77 128   n    n  1000          0                                                          <unset>         3
       my compositor    99   1   y    y     0          0                                                          <unset>         2
`;

describe('the holder of a display', () => {
  it('is the master that debugfs names, of the node asked for', () => {
    const roots = machine(
      'debugfs',
      { 5: { comm: 'seatd', open: ['/dev/dri/card0'] } },
      { 0: oldClients, 1: newClients },
    );
    assert.deepEqual(masterHolder('/dev/dri/card0', roots), { pid: 123, command: 'weston' });
    assert.deepEqual(masterHolder('/dev/dri/card1', roots), { pid: 99, command: 'my compositor' });
  });

  it('is the compositor of the session for which logind opened the node', () => {
    const clients = oldClients
      .replace('   0   n    y     0', '   0   y    y     0')
      .replace('  y    y  1000', '  n    y  1000');
    const logind = { comm: 'systemd-logind', open: ['/dev/dri/card0'] };
    const alone = machine('logind', { 301: logind }, { 0: clients });
    assert.deepEqual(masterHolder('/dev/dri/card0', alone), { pid: 301, command: 'systemd-logind' });
    const weston = { comm: 'weston', open: ['/dev/dri/card0'] };
    const session = { pid: 123, command: 'weston' };
    const both = machine('session', { 301: logind, 123: weston }, { 0: clients });
    assert.deepEqual(masterHolder('/dev/dri/card0', both), session);
    assert.deepEqual(masterHolder('/dev/dri/card0', { ...both, debug: '/nowhere' }), session);
    const many = machine('clients', { 301: logind, 123: weston, 124: weston }, { 0: clients });
    assert.deepEqual(masterHolder('/dev/dri/card0', many), { pid: 301, command: 'systemd-logind' });
  });

  it('is nobody where debugfs shows no master, whoever has the node open', () => {
    const clients = oldClients.replace('  y    y  1000', '  n    y  1000');
    const roots = machine('no-master', { 5: { comm: 'weston', open: ['/dev/dri/card0'] } }, { 0: clients });
    assert.equal(masterHolder('/dev/dri/card0', roots), undefined);
  });

  it('is, without debugfs, the only other process that has the node open', () => {
    const roots = machine('lone', {
      [self]: { comm: 'node', open: ['/dev/dri/card0'] },
      5: { comm: 'bash', open: ['/dev/null', '/dev/dri/card1', '/dev/dri/card01'] },
      6: { comm: 'weston', open: ['/dev/null', '/dev/dri/card0'] },
    });
    assert.deepEqual(masterHolder('/dev/dri/card0', roots), { pid: 6, command: 'weston' });
    assert.equal(masterHolder('/dev/dri/card2', roots), undefined);
  });

  it('is found through a link to the node', () => {
    const node = join(folder, 'card3');
    writeFileSync(node, '');
    symlinkSync(node, join(folder, 'by-path'));
    const roots = machine('link', { 6: { comm: 'sway', open: [node] } });
    assert.deepEqual(masterHolder(join(folder, 'by-path'), roots), { pid: 6, command: 'sway' });
  });

  it('is not guessed among several', () => {
    const roots = machine('several', {
      6: { comm: 'weston', open: ['/dev/dri/card0'] },
      7: { comm: 'logind', open: ['/dev/dri/card0'] },
    });
    assert.equal(masterHolder('/dev/dri/card0', roots), undefined);
  });

  it('is unknown where neither tells', () => {
    const roots = machine('closed', { 6: { comm: 'weston', open: [] } });
    rmSync(join(roots.proc, '6', 'fd'), { recursive: true });
    assert.equal(masterHolder('/dev/dri/card0', roots), undefined);
    assert.equal(masterHolder('/dev/dri/card0', { ...roots, proc: '/nowhere' }), undefined);
  });
});

describe('the advice about the holder of a display', () => {
  it('is to stop it, whoever it is', () => {
    for (const holder of [undefined, { pid: 6, command: 'weston' }])
      assert.match(holderAdvice(holder), /^stop the compositor/);
  });

  for (const [command, how] of [
    ['systemd-logind', /loginctl list-sessions/],
    ['elogind', /loginctl list-sessions/],
    ['seatd', /fuser -v/],
  ] as const)
    it(`is not to stop ${command}, but to find the session that it opened the display for`, () => {
      const advice = holderAdvice({ pid: 301, command });
      assert.match(advice, how);
      assert.match(advice, new RegExp(`a session holds it.*leave ${command} alone`));
      assert.doesNotMatch(advice, /stop/);
    });

  it('is to let the boot splash end, which is no compositor', () => {
    const advice = holderAdvice({ pid: 140, command: 'plymouthd' });
    assert.match(advice, /plymouth quit.*plymouth-quit-wait\.service/);
    assert.doesNotMatch(advice, /compositor/);
  });
});
