/** The config file's JSON Schema, of the one that the command checks it with. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { formatted } from './formatted.mjs';
import { conflictsOf } from '../../src/cli/config-options.ts';
import { configSchema } from '../../src/cli/config-schema.ts';

/** What only the option's parser can tell is left to the command. */
export async function configJsonSchema(program, name) {
  const command = program.commands.find((one) => one.name() === name);
  const schema = toJsonSchema(configSchema(command), { ignoreActions: ['check'] });
  const conflicts = conflictsOf(command).map((required) => ({ not: { required } }));
  const whole = conflicts.length === 0 ? schema : { ...schema, allOf: conflicts };
  return formatted('config.schema.json', JSON.stringify(whole));
}
