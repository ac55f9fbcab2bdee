import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { ClientBuffer, type BufferUser, type ImportedBuffer } from '../../../src/buffer/client-buffer.js';
import { GuestheadError } from '../../../src/errors.js';
import { format } from '../../../src/ffi/index.js';
import { isOpen } from '../../support/descriptors.js';
import { describing, dmabuf, FakeDisplay, useDmabufs } from '../../support/fake-imports.js';

const { ENODEV } = constants.errno;

useDmabufs();

const behind = (buffer: ClientBuffer): ImportedBuffer => ClientBuffer.imported(buffer);

/** A head that detaches what is unwanted when its test says so. */
class FakeHead implements BufferUser {
  readonly asked: ImportedBuffer[] = [];
  unwanted(buffer: ImportedBuffer): void {
    this.asked.push(buffer);
  }
}

describe('imports of a caller’s buffers', () => {
  it('are made once for each dma-buf, by whichever descriptor it comes, with a handle for each import', () => {
    const display = new FakeDisplay();
    const first = display.buffers.import(describing(dmabuf('a')));
    const again = display.buffers.import(describing(dmabuf('a')));
    const other = display.buffers.import(describing(dmabuf('b')));
    assert.notEqual(again, first);
    assert.equal(behind(again), behind(first));
    assert.notEqual(behind(other), behind(first));
    assert.equal(display.imported.length, 2);
    assert.deepEqual(display.open(), [0, 2, 2], 'the framebuffers keep the memory, not the handles');
  });

  it('are the same where the same picture is said in other words', () => {
    const display = new FakeDisplay();
    const first = behind(display.buffers.import(describing(dmabuf('a'))));
    for (const changes of [{ format: format.XRGB8888 }, { format: format.ARGB8888 }, { offset: 0 }])
      assert.equal(behind(display.buffers.import(describing(dmabuf('a'), changes))), first, JSON.stringify(changes));
    assert.equal(first.layout.format, format.XRGB8888);
  });

  it('of other pictures in the same memory are others', () => {
    const display = new FakeDisplay();
    const whole = display.buffers.import(describing(dmabuf('a')));
    const part = display.buffers.import(describing(dmabuf('a'), { height: 31 + 1, width: 63 }));
    assert.notEqual(behind(part), behind(whole));
    assert.deepEqual([part.width, part.height], [63, 32]);
    assert.equal(display.imported.length, 2);
  });

  it('end with the last close, and are made anew afterwards', () => {
    const display = new FakeDisplay();
    const buffer = display.buffers.import(describing(dmabuf('a')));
    const second = display.buffers.import(describing(dmabuf('a')));
    buffer.close();
    buffer.close(); // takes nothing from the other
    assert.deepEqual([buffer.closed, second.closed], [true, false]);
    assert.deepEqual(display.open(), [0, 1, 1]);
    assert.throws(() => ClientBuffer.imported(buffer), { code: 'ERR_CLOSED' });
    second.close();
    assert.equal(second.closed, true);
    assert.deepEqual(display.open(), [0, 0, 0]);
    const anew = display.buffers.import(describing(dmabuf('a')));
    assert.equal(anew.closed, false);
    assert.equal(display.imported.length, 2);
  });

  it('keep their memory while a head has them attached, which is asked to detach them', () => {
    const display = new FakeDisplay();
    const [one, other] = [new FakeHead(), new FakeHead()];
    const buffer = display.buffers.import(describing(dmabuf('a')));
    const imported = behind(buffer);
    for (const head of [one, other, one]) imported.attach(head);
    buffer.close();
    assert.deepEqual([one.asked, other.asked], [[imported], [imported]]);
    assert.deepEqual([buffer.closed, imported.gone], [true, false]);
    const anew = display.buffers.import(describing(dmabuf('a')));
    assert.notEqual(behind(anew), imported, 'one that goes is not given out again');
    imported.detach(one);
    assert.deepEqual(display.open(), [0, 2, 2]);
    imported.detach(other);
    imported.detach(other);
    assert.deepEqual(display.open(), [0, 1, 1]);
    anew.close();
    assert.deepEqual(display.open(), [0, 0, 0]);
  });

  it('stay open where a head detaches one that is still wanted', () => {
    const display = new FakeDisplay();
    const buffer = display.buffers.import(describing(dmabuf('a')));
    const head = new FakeHead();
    behind(buffer).attach(head);
    behind(buffer).detach(head);
    assert.equal(buffer.closed, false);
    assert.deepEqual(display.open(), [0, 1, 1]);
    assert.deepEqual(head.asked, []);
  });

  it('are lost with the display, however many handles and heads they have', () => {
    const display = new FakeDisplay();
    const shown = display.buffers.import(describing(dmabuf('a')));
    const again = display.buffers.import(describing(dmabuf('a')));
    const idle = display.buffers.import(describing(dmabuf('b')));
    const head = new FakeHead();
    const imported = behind(shown);
    imported.attach(head);
    display.buffers.close();
    assert.deepEqual([shown.closed, again.closed, idle.closed], [true, true, true]);
    assert.deepEqual(display.open(), [0, 0, 0]);
    imported.detach(head);
    for (const handle of [shown, again, idle]) handle.close();
    assert.deepEqual([head.asked, display.open()], [[], [0, 0, 0]]);
  });

  it('go on where closing one fails, as it does where the device has gone', () => {
    const display = new FakeDisplay();
    for (const name of ['a', 'b', 'c']) display.buffers.import(describing(dmabuf(name)));
    display.errnos.close.push(ENODEV, ENODEV, ENODEV);
    display.buffers.close();
    assert.equal(display.exported.filter(isOpen).length, 0, 'the descriptors are closed all the same');
    assert.deepEqual(display.errnos.close, []);
  });

  it('keep what the host has refused as the same refusal', () => {
    const display = new FakeDisplay();
    const buffer = behind(display.buffers.import(describing(dmabuf('a'))));
    const [first, second] = ['one', 'two'].map((what) => new GuestheadError('ERR_HOST_REFUSED', what));
    assert.ok(first && second);
    buffer.refuse(first);
    buffer.refuse(second);
    assert.equal(buffer.refusal, first);
  });
});
