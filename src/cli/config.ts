/** A command's options from a file: found in the current folder or named, checked, then put below the command line's. */
import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { errnoName, errnoOf, GuestheadError } from '../errors.js';
import { configurable, conflictsOf } from './config-options.js';

/** Of `guesthead run`. */
export const configName = 'guesthead.config.json';
export const kioskConfigName = 'guesthead-kiosk.config.json';

export const configHelp = (name = configName) =>
  [
    `Each option may also stand in ${name} in the current folder, or in the file of --config,`,
    'by its long name in camel case: { "path": "import", "wait": true }. The command line wins over',
    'the file, the file over the defaults; --no-OPTION switches off what the file switches on.',
  ].join('\n');

/** Call it when the command has all its other options. `name`: of the file in the current folder. */
export function withConfigFile(command: Command, name = configName): Command {
  for (const option of configurable(command))
    if (option.isBoolean()) command.addOption(new Option(`--no-${option.name()}`).hideHelp());
  return command
    .option('--config <file>', `a file with options (default: ./${name}, where there is one)`)
    .option('--no-config', `leave ./${name} alone`)
    .addHelpText('after', `\n${configHelp(name)}`)
    .hook('preAction', (given) => applyFile(given, name));
}

async function applyFile(command: Command, name: string): Promise<void> {
  const { config } = command.opts<{ config?: string | boolean }>();
  if (config === false) return;
  const file = typeof config === 'string' ? config : name;
  const text = read(file, file === config);
  if (text === undefined) return;
  const { parseConfig } = await import('./config-schema.js');
  const values = parseConfig(command, text, file);
  for (const [key, value] of Object.entries(values))
    if (!isDecided(command, key)) command.setOptionValueWithSource(key, value, 'config');
}

/** Undefined where there is none and none was asked for. */
function read(file: string, asked: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const errno = errnoOf(cause);
    if (!asked && errno !== undefined && errnoName(errno) === 'ENOENT') return undefined;
    const advice = 'name a file that this user may read, or leave it alone with --no-config';
    throw new GuestheadError('ERR_USAGE', `The config file ${file} cannot be read`, {
      ...{ operation: 'open', errno, cause, advice },
    });
  }
}

/** The command line gives it, or what excludes it. */
function isDecided(command: Command, key: string): boolean {
  const rivals = conflictsOf(command).flatMap(([one, other]) => (one === key ? [other] : other === key ? [one] : []));
  return [key, ...rivals].some((name) => command.getOptionValueSource(name) === 'cli');
}
