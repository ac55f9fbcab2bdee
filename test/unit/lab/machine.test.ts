import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { machineOf, qemuArguments, runFiles, type MachineWishes } from '../../../src/lab/machine.js';

const kernel = { image: '/k/vmlinuz', release: '7.2', modules: undefined, tree: undefined, isNamed: false };

/** The values that QEMU gets for an option. */
function values(option: string, wishes: MachineWishes, isNamed = false): string[] {
  const words = qemuArguments(machineOf(wishes), { ...kernel, isNamed }, runFiles('/run'), 'tcg');
  return words.filter((_, index) => words[index - 1] === option);
}

describe('a machine', () => {
  it('has one head of 1920x1080, or several of 1280x720, where nobody says otherwise', () => {
    assert.deepEqual(machineOf({}).size, { width: 1920, height: 1080 });
    assert.deepEqual(machineOf({ heads: 4, size: undefined }).size, { width: 1280, height: 720 });
    assert.deepEqual(machineOf({ heads: 4, size: { width: 800, height: 600 } }).size, { width: 800, height: 600 });
  });

  it('has a display device with its heads, and a VNC server for each of them', () => {
    const wishes = { heads: 2, blob: false };
    const gpu = 'virtio-gpu-pci,id=gpu0,max_outputs=2,blob=off,xres=1280,yres=720';
    assert.ok(values('-device', wishes).includes(gpu));
    assert.deepEqual(values('-vnc', wishes), [
      'unix:/run/vnc0.sock,display=gpu0,head=0',
      'unix:/run/vnc1.sock,display=gpu0,head=1',
    ]);
  });

  it('has memory that its host can hand on', () => {
    assert.deepEqual(values('-object', { memory: '512M' }), ['memory-backend-memfd,id=mem,size=512M,share=on']);
  });

  it('has the processors that were asked for, else those that the environment names, else two', (t) => {
    const usual = process.env['GUESTHEAD_LAB_CPUS'];
    t.after(() => {
      if (usual === undefined) delete process.env['GUESTHEAD_LAB_CPUS'];
      else process.env['GUESTHEAD_LAB_CPUS'] = usual;
    });
    delete process.env['GUESTHEAD_LAB_CPUS'];
    assert.deepEqual([values('-smp', {}), values('-smp', { cpus: 4 })], [['2'], ['4']]);
    process.env['GUESTHEAD_LAB_CPUS'] = '1';
    assert.deepEqual([values('-smp', {}), values('-smp', { cpus: 4 })], [['1'], ['4']]);
    for (const named of ['0', 'two', '1.5', '256', '']) {
      process.env['GUESTHEAD_LAB_CPUS'] = named;
      assert.throws(() => machineOf({}), { code: 'ERR_USAGE', message: `GUESTHEAD_LAB_CPUS is ${named}` });
    }
  });

  it('counts the instructions of one processor where that is asked for', () => {
    const counted = { countInstructions: true };
    assert.deepEqual([values('-smp', counted), values('-accel', counted)], [['1'], ['tcg']]);
    assert.deepEqual(values('-icount', counted), ['shift=2,sleep=on']);
    assert.deepEqual([values('-icount', {}), values('-accel', {})], [[], ['tcg,thread=multi']]);
  });

  it('is the PC that was asked for', () => {
    assert.deepEqual(values('-machine', {}), ['q35,memory-backend=mem']);
    assert.deepEqual(values('-machine', { type: 'pc' }), ['pc,memory-backend=mem']);
  });

  it('has a tablet for each head, a mouse and a keyboard only where they are asked for', () => {
    const inputs = (wishes: MachineWishes) =>
      values('-device', wishes).filter((device) => /tablet|mouse|keyboard/.test(device));
    assert.deepEqual(inputs({ heads: 2 }), []);
    assert.deepEqual(inputs({ heads: 2, input: true }), [
      'virtio-tablet-pci,display=gpu0,head=0',
      'virtio-tablet-pci,display=gpu0,head=1',
      'virtio-mouse-pci',
      'virtio-keyboard-pci',
    ]);
  });

  it('has the transfer’s port and a monitor for the broker only where they are asked for', () => {
    const port = 'virtserialport,chardev=transfer,name=org.guesthead.transfer.0,id=transfer0,nr=3';
    const monitor = 'unix:/run/broker-qmp.sock,server=on,wait=off';
    assert.deepEqual([values('-device', {}).includes(port), values('-qmp', {}).includes(monitor)], [false, false]);
    const wishes = { transfer: true };
    assert.deepEqual(
      [values('-device', wishes).includes(port), values('-qmp', wishes).includes(monitor)],
      [true, true],
    );
  });

  it('has a user’s kernel protect its own memory, and tell of its boot from the first line on', () => {
    const [ours, users] = [false, true].map((isNamed) => values('-append', {}, isNamed)[0]?.split(' ') ?? []);
    assert.deepEqual([ours?.includes('rodata=off'), users?.includes('rodata=off')], [true, false]);
    assert.deepEqual([ours?.includes('earlyprintk=serial'), users?.includes('earlyprintk=serial')], [false, true]);
  });
});
