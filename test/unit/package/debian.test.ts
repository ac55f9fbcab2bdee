import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maintainerScripts } from '../../../scripts/package/debian/control.mjs';
import { isLeftOut } from '../../../scripts/package/debian/install.mjs';
import { unitNames, unitText } from '../../../scripts/package/debian/units.mjs';

const leftOut = (path: string) => isLeftOut(`/tmp/tree/usr/lib/guesthead/${path}`, 'x64');

describe('the Debian package', () => {
  it('keeps all sources of the lab’s own programs: by them it is known whether what is compiled is up to date', () => {
    for (const name of ['init.c', 'root.h', 'modules.h', 'udmabuf-stand-in.c'])
      assert.equal(leftOut(`src/lab/guest/${name}`), false, name);
  });

  it('leaves out what only compiles or explains, and what is for other machines; licences stay', () => {
    for (const path of ['native/drm/device.h', 'native/addon.cc', 'node_modules/rxjs/README.md', 'dist/index.js.map'])
      assert.equal(leftOut(path), true, path);
    assert.equal(leftOut('native/prebuilds/linux-arm64/guesthead.uv1.glibc.node'), true);
    for (const path of [
      'native/prebuilds/linux-x64/a.node',
      'native/prebuilds/lab-linux-x64/init',
      'node_modules/x/LICENSE.md',
    ])
      assert.equal(leftOut(path), false, path);
  });

  it('brings the units of a run and of a kiosk, each with the command where the package has it', () => {
    assert.deepEqual(unitNames, ['guesthead.service', 'guesthead-kiosk.service']);
    for (const name of unitNames) {
      const text = unitText(name);
      assert.match(text, /^ExecStart=\/usr\/bin\/guesthead (run|kiosk) /m, name);
      assert.match(text, /^# Not enabled by the package/);
      assert.match(text, /^\[Install\]$/m);
      assert.doesNotMatch(text, /npm install|\/usr\/local/);
    }
  });

  it('starts none of them, and has those that run go on with a new version and end with the package', () => {
    const { postinst, prerm, postrm } = maintainerScripts();
    for (const name of unitNames) {
      assert.match(postinst, new RegExp(`systemctl try-restart .*\\b${name}`));
      assert.match(prerm, new RegExp(`systemctl disable --now .*\\b${name}`));
    }
    for (const script of [postinst, prerm, postrm]) assert.doesNotMatch(script, /systemctl (enable|start|restart)/);
  });

  it('has the code cache made for the Node that is there, and takes it away before another version comes', () => {
    const { postinst, prerm } = maintainerScripts();
    assert.match(
      postinst,
      /^if \[ "\$1" = configure \]; then\n {2}node \/usr\/lib\/guesthead\/dist\/cli\/code-cache\.cjs > /m,
    );
    assert.match(prerm, /^rm -f \/usr\/lib\/guesthead\/dist\/cli\/program\.cache$/m);
  });
});
