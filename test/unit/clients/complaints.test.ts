/** Which lines of a client are faults. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heardIn } from '../../clients/complaints.js';

describe('what a client said', () => {
  it('is no fault where it only names one in a message', () => {
    const log = [
      '[1234567.890]  -> xdg_toplevel@12.set_title("critical error")',
      '[ 234567.890] {Display Queue} wl_surface#3.enter(wl_output#4)',
      '[ 234567.890] discarded wl_buffer@7.release()',
      '[1234567.890]  -> wl_surface@3.commit()',
      'all is well',
    ].join('\n');
    assert.deepEqual(heardIn(log), { complaints: [], harmless: [], commits: 1 });
  });

  it('is a fault where it warns, fails, or was told of a protocol error', () => {
    const faults = [
      '[1234567.890] wl_display@1.error(xdg_wm_base@5, 4, "it has a picture before its size was told")',
      '(app:12): Gtk-WARNING **: no theme',
      '[12:34:0101/120000.1:ERROR:gpu.cc(1)] lost',
      'Failed to create a window',
    ];
    assert.deepEqual(heardIn(faults.join('\n')).complaints, faults);
    assert.deepEqual(heardIn('', [], 'MESA: no driver\nkiosk: A client has gone\n').complaints, [
      'kiosk: A client has gone',
    ]);
  });

  it('is told with its reason where that is known', () => {
    const known = [{ says: /no theme/, why: 'there is none here' }];
    const { complaints, harmless } = heardIn('Gtk-WARNING: no theme\nGtk-WARNING: no theme\n', known);
    assert.deepEqual([complaints, harmless], [[], ['there is none here']]);
  });
});
