import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planClients } from '../../../src/cli/kiosk-clients.js';

const words = (text: string) => text.split(' ').filter((word) => word !== '');

describe('the clients of guesthead kiosk', () => {
  it('are one on the first head, where nothing else is said', () => {
    assert.deepEqual(planClients(words('foot -e top'), {}), {
      clients: [{ command: ['foot', '-e', 'top'], connector: undefined }],
      connectors: ['auto'],
      appIds: {},
    });
  });

  it('are one on the head of --connector', () => {
    const { clients, connectors } = planClients(['foot'], { connector: 'Virtual-2' });
    assert.deepEqual([clients[0]?.connector, connectors], ['Virtual-2', ['Virtual-2']]);
  });

  it('are each on the head that --on says', () => {
    const plan = planClients(words('one -x -- y --- --on Virtual-2 -- two --on z'), { on: ['Virtual-1'] });
    assert.deepEqual(plan.clients, [
      { command: ['one', '-x', '--', 'y'], connector: 'Virtual-1' },
      { command: ['two', '--on', 'z'], connector: 'Virtual-2' },
    ]);
    assert.deepEqual(plan.connectors, ['Virtual-1', 'Virtual-2']);
  });

  it('have their windows where their app_id is given a head', () => {
    const plan = planClients(words('one --- --on Virtual-3=org.b -- two'), { on: ['Virtual-2=org.a=1'] });
    assert.deepEqual(plan.connectors, ['auto', 'Virtual-2', 'Virtual-3']);
    assert.deepEqual(plan.appIds, { 'org.a=1': 'Virtual-2', 'org.b': 'Virtual-3' });
  });

  const wrong: [what: string, text: string, on: string[]][] = [
    ['one client on two heads', 'one', ['Virtual-1', 'Virtual-2']],
    ['a second client without --', 'one --- --on Virtual-2 two', []],
    ['another option than --on', 'one --- --mode 1x1 -- two', []],
    ['an --on without a head', 'one --- --on -- two', []],
    ['no command', 'one --- --on Virtual-2 --', []],
    ['an app_id without a head', 'one', ['=org.a']],
    ['a head without an app_id', 'one', ['Virtual-2=']],
  ];
  for (const [what, text, on] of wrong)
    it(`are refused: ${what}`, () => {
      assert.throws(() => planClients(words(text), { on }), { code: 'ERR_USAGE', advice: /--on CONNECTOR/ });
    });
});
