/** Options from a file: what it may say, what it is told, and who wins. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { Command, InvalidArgumentError, Option } from 'commander';
import { configName, withConfigFile } from '../../../src/cli/config.js';
import { notInFile } from '../../../src/cli/config-options.js';
import { configSchema, parseConfig } from '../../../src/cli/config-schema.js';
import { seconds, wholeNumber } from '../../../src/cli/parse.js';
import { createProgram } from '../../../src/cli/program.js';
import { GuestheadError, messageOf } from '../../../src/errors.js';
import { packageRoot } from '../../../src/package-root.js';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'guesthead-config-'));
before(() => process.chdir(folder));
after(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const run = () => createProgram().commands.find((command) => command.name() === 'run')!;
const parse = (config: unknown) => parseConfig(run(), JSON.stringify(config), 'f.json');

const published = JSON.parse(readFileSync(join(packageRoot, 'schemas/config.schema.json'), 'utf8')) as object;
const accepts = new Ajv({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true }).compile(
  published,
);

describe('a config file', () => {
  const right: object[] = [
    {},
    { $schema: './node_modules/guesthead/schemas/config.schema.json' },
    { path: 'udmabuf', update: 'flip', onResize: 'keep', mode: '1920x1080@59.94', buffers: 3 },
    { connector: ['Virtual-1', 'Virtual-2'], deadline: true, wait: false, flipTimeout: 0.5, frames: 1 },
  ];
  for (const config of right)
    it(`may say ${JSON.stringify(config)}, also to an editor`, () => {
      const values = Object.fromEntries(Object.entries(config).filter(([key]) => key !== '$schema'));
      assert.deepEqual(parse(config), values);
      assert.equal(accepts(config), true, JSON.stringify(accepts.errors));
    });

  const wrong: [config: unknown, says: RegExp][] = [
    [{ updte: 'flip' }, /'updte' is no option of guesthead run; did you mean 'update'\?/],
    [{ 'on-resize': 'keep' }, /did you mean 'onResize'/],
    [{ colour: 'red' }, /'colour' is no option .*choose render, display, /],
    [{ json: true }, /'json' is no option/],
    [{ config: 'other.json' }, /'config' is no option/],
    [{ path: 'improt' }, /path: found "improt"; choose "auto", "import", .* \(did you mean "import"\?\)/],
    [{ buffers: 17 }, /buffers: found 17; choose a whole number, 2 to 16/],
    [{ buffers: '4' }, /buffers: found "4"; choose a whole number/],
    [{ frames: 1.5 }, /frames: found 1.5; choose a whole number, 1 or more/],
    [{ flipTimeout: 0 }, /flipTimeout: found 0; choose a number of seconds above 0/],
    [{ wait: 'yes' }, /wait: found "yes"; choose true or false/],
    [{ connector: 'all' }, /connector: found "all"; choose a list of texts: write \["all"\]/],
    [{ connector: ['all', 7] }, /connector\.1: found 7; choose a text/],
    [{ mode: 'wide' }, /mode: found "wide"; choose a text: write WIDTHxHEIGHT/],
    [{ render: null }, /render: found null; choose a text/],
    [{ $schema: 7 }, /\$schema: choose a text/],
    [{ frames: 1, seconds: 1 }, /frames and seconds: choose one of them/],
    [[], /found a list; choose an object/],
    ['path', /found "path"; choose an object/],
    [null, /found null; choose an object/],
  ];
  for (const [config, says] of wrong)
    it(`that says ${JSON.stringify(config)} is told what to choose, also by an editor`, () => {
      assert.throws(() => parse(config), { code: 'ERR_USAGE', message: says });
      assert.throws(() => parse(config), { message: /^f\.json:1:\d+: / });
      assert.equal(accepts(config), false);
    });

  it('is told all that is wrong at once', () => {
    assert.throws(() => parse({ buffers: 1, path: 'x', foo: 1 }), { message: /buffers: .*'foo'|'foo'.*buffers: /s });
  });

  const noJson: [text: string, says: string][] = [
    ['{oops', ':1:2 is not JSON: found oops, but names and texts stand in double quotes'],
    ['{\n  "buffers": 3,\n}', ':3:1 is not JSON: found }, but a name in double quotes is expected; no comma stands'],
    ['{\n  "path" "copy"\n}', ':2:10 is not JSON: found "copy", but a colon is expected'],
    ['{\n  "path": "copy"\n  "buffers": 3\n}', ':3:3 is not JSON: found "buffers", but a comma is expected'],
    ['{\n  // mine\n}', ':2:3 is not JSON: found // mine, but JSON has no comments'],
    ['{\n  "path": "copy\n}', ':2:11 is not JSON: found "copy, but the text does not end in its line'],
    ['{ "path": "copy"', ':1:17 is not JSON: the object does not end: a } is missing'],
    ['{} {}', ':1:4 is not JSON: found {, but the value has ended'],
    ['', ':1:1 is not JSON: a value is expected'],
  ];
  for (const [text, says] of noJson)
    it(`that is no JSON is told where: ${JSON.stringify(text)}`, () => {
      const told = (error: unknown) => error instanceof GuestheadError && error.message.startsWith(`f.json${says}`);
      assert.throws(() => parseConfig(run(), text, 'f.json'), told);
      assert.throws(() => JSON.parse(text) as unknown);
    });

  it('has each problem told with the line and the column of its key', () => {
    const text = '{\n  "path": "copy",\n  "connector": "all",\n\t"updte": "flip",\n  "wait":\n    7\n}';
    assert.deepEqual(problemsOf(text).sort(), ['3:3 connector', "4:2 'updte'", '5:3 wait']);
    assert.deepEqual(problemsOf('{\n  "connector": [\n    "all",\n    7\n  ]\n}'), ['4:5 connector.1']);
    assert.deepEqual(problemsOf('{\n  "frames": 1,\n  "seconds": 1\n}'), ['3:3 frames and seconds']);
    assert.deepEqual(problemsOf('\n  []'), ['2:3 found a list; choose an object of options']);
  });

  it('knows every option of the command but those of one call', () => {
    const { entries } = configSchema(run());
    const options = run().options.map((option) => option.attributeName());
    const known = new Set(options.filter((name) => !notInFile.includes(name)));
    assert.deepEqual(new Set(Object.keys(entries)), new Set(['$schema', ...known]));
    assert.deepEqual([...notInFile], ['config', 'json', 'check']);
    assert.ok(known.size > 15);
  });
});

/** Where each is, and of what it is. */
function problemsOf(text: string): string[] {
  try {
    parseConfig(run(), text, 'f.json');
    return [];
  } catch (error) {
    const line = /^f\.json:(\d+:\d+): ('\w+'|[^:]*)/;
    return messageOf(error)
      .split('\n')
      .map((problem) => line.exec(problem)?.slice(1).join(' ') ?? problem);
  }
}

/** The options that a command ends up with, whose file says `config`. */
async function optionsOf(config: object | undefined, ...words: string[]): Promise<Record<string, unknown>> {
  if (config === undefined) rmSync(configName, { force: true });
  else writeFileSync(configName, JSON.stringify(config));
  let options = {};
  const program = new Command('guesthead').exitOverride();
  const port = (text: string) => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Choose a port.');
    return { port: Number(text) };
  };
  const command = program
    .command('run')
    .option('--path <name>', 'a path', 'import')
    .option('--wait', 'waits')
    .option('--metrics [port]', 'figures', port)
    .addOption(new Option('--frames <n>').argParser(wholeNumber(1)).conflicts('seconds'))
    .option('--seconds <s>', 'ends', seconds)
    .action((given: object) => {
      options = given;
    });
  withConfigFile(command).configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['run', ...words], { from: 'user' });
  return options;
}

describe('an option', () => {
  it('of the command line wins over the file, the file over the default', async () => {
    assert.equal((await optionsOf(undefined))['path'], 'import');
    assert.equal((await optionsOf({ path: 'copy' }))['path'], 'copy');
    assert.equal((await optionsOf({ path: 'copy' }, '--path', 'import'))['path'], 'import');
  });

  it('that the file switches on is switched off by --no-', async () => {
    assert.equal((await optionsOf({ wait: true }))['wait'], true);
    assert.equal((await optionsOf({ wait: true }, '--no-wait'))['wait'], false);
    assert.equal((await optionsOf(undefined))['wait'], undefined);
  });

  it('of the command line puts aside what excludes it in the file', async () => {
    assert.deepEqual(await optionsOf({ frames: 3 }, '--seconds', '2'), { path: 'import', seconds: 2 });
    assert.deepEqual(await optionsOf({ seconds: 3 }, '--frames', '2'), { path: 'import', frames: 2 });
  });

  it('with a parser of its own is a text in the file, and becomes what the parser makes', async () => {
    assert.deepEqual((await optionsOf({ metrics: '90' }))['metrics'], { port: 90 });
    assert.equal((await optionsOf({ metrics: true }))['metrics'], true);
    await assert.rejects(optionsOf({ metrics: 'x' }), { message: /metrics: found "x"; .*Choose a port/ });
  });

  it('comes from the file that --config names, or from none with --no-config', async () => {
    writeFileSync('other.json', '{"path":"export"}');
    assert.equal((await optionsOf({ path: 'copy' }, '--config', 'other.json'))['path'], 'export');
    assert.equal((await optionsOf({ path: 'copy' }, '--no-config'))['path'], 'import');
    await assert.rejects(optionsOf({}, '--config', 'none.json'), { code: 'ERR_USAGE', message: /none\.json .*ENOENT/ });
  });
});

describe('a kiosk’s config file', () => {
  const kiosk = () => createProgram().commands.find((command) => command.name() === 'kiosk')!;
  const schema = JSON.parse(readFileSync(join(packageRoot, 'schemas/kiosk-config.schema.json'), 'utf8')) as object;
  const right = { cursor: 'never', idle: '600=off', background: 'logo.png', restart: 'always', touch: ['a=Virtual-1'] };

  it('has the kiosk’s options, and its words mean what they mean on the command line', () => {
    const parsed = parseConfig(kiosk(), JSON.stringify({ ...right, scale: '1.5' }), 'f.json');
    const meant = { idle: { afterMs: 600_000, look: 'off' }, background: { file: 'logo.png' }, scale: 1.5 };
    assert.deepEqual(parsed, { ...right, ...meant });
    const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
    const accepts = ajv.compile(schema);
    assert.ok(accepts(right), JSON.stringify(accepts.errors));
    assert.equal(accepts({ pattern: 'bars' }), false);
  });

  it('is refused with the kiosk’s own help', () => {
    assert.throws(
      () => parseConfig(kiosk(), '{"idle":"soon"}', 'f.json'),
      (error: GuestheadError) => {
        assert.match(error.message, /idle: found "soon".*no number of seconds/);
        assert.match(error.advice ?? '', /guesthead kiosk --help.*kiosk-config\.schema\.json/);
        return true;
      },
    );
  });
});
