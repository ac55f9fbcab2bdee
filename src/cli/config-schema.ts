/** The config file's schema, made of a command's own options, and what a file that does not keep to it is told. */
import type { Command, Option } from 'commander';
import * as v from 'valibot';
import { GuestheadError, messageOf } from '../errors.js';
import { configurable, conflictsOf, isOptional, parserOf, takesOf } from './config-options.js';
import { JsonText } from './json-text.js';
import { nearest } from './nearest.js';
import { describe, type Takes } from './parse.js';

type Values = Record<string, unknown>;

/** Refuses keys that are no option. Values are what the file has: `parseConfig` makes those of the command. */
export function configSchema(command: Command) {
  const entries = configurable(command).map((option) => {
    const value = v.pipe(valueSchema(option), v.description(descriptionOf(option)));
    return [option.attributeName(), v.optional(value)] as const;
  });
  const schemaKey = v.optional(v.pipe(v.string(), v.description('this schema, for editors')));
  return v.pipe(
    v.strictObject({ $schema: schemaKey, ...Object.fromEntries(entries) }),
    v.title(`Options of guesthead ${command.name()}`),
  );
}

function descriptionOf({ description, defaultValue }: Option): string {
  const named = defaultValue === undefined || typeof defaultValue === 'boolean';
  return named ? description : `${description} (default: ${defaultValue})`;
}

function valueSchema(option: Option): v.GenericSchema {
  if (option.isBoolean()) return v.boolean();
  if (option.argChoices !== undefined) return v.picklist(option.argChoices);
  const takes = takesOf(option);
  const text = takes === undefined ? v.pipe(v.string(), v.check(parses(option), whyNot(option))) : typedSchema(takes);
  return isOptional(option) ? v.union([v.literal(true), text]) : text;
}

function typedSchema(takes: Takes): v.GenericSchema {
  switch (takes.kind) {
    case 'integer': {
      const least = v.pipe(v.number(), v.integer(), v.minValue(takes.least));
      return takes.most === Number.MAX_SAFE_INTEGER ? least : v.pipe(least, v.maxValue(takes.most));
    }
    case 'seconds':
      return v.pipe(v.number(), v.gtValue(0));
    case 'pattern':
      return v.pipe(v.string(), v.regex(takes.pattern));
    case 'list':
      return v.array(v.string());
  }
}

function parses(option: Option): (text: string) => boolean {
  return (text) => reasonAgainst(option, text) === undefined;
}

function whyNot(option: Option): (issue: { readonly input: string }) => string {
  return ({ input }) => reasonAgainst(option, input) ?? '';
}

/** What the command line would say of it. */
function reasonAgainst(option: Option, text: string): string | undefined {
  try {
    parserOf(option)?.(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The options that a file's text gives, with the values that the command line's parsers would make. Throws ERR_USAGE. */
export function parseConfig(command: Command, text: string, file: string): Values {
  const json = new JsonText(text, file);
  const { success, issues, output } = v.safeParse(configSchema(command), json.value);
  if (Array.isArray(json.value)) refuse(command, [`${json.placeOf([])}: found a list; choose an object of options`]);
  if (!success)
    refuse(command, [...new Set(issues.map((issue) => `${placeOf(json, issue)}: ${problemOf(command, issue)}`))]);
  const values = Object.fromEntries(Object.entries(output).filter(([key]) => key !== '$schema'));
  const both = conflictsOf(command).filter((pair) => pair.every((key) => key in values));
  if (both.length > 0)
    refuse(
      command,
      both.map((pair) => `${json.placeOf([pair[1]])}: ${pair.join(' and ')}: choose one of them`),
    );
  const options = new Map(configurable(command).map((option) => [option.attributeName(), option]));
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, parsed(options.get(key), value)]));
}

function placeOf(json: JsonText, { path }: v.BaseIssue<unknown>): string {
  return json.placeOf((path ?? []).map(({ key }) => key as string | number));
}

/** Each problem begins with its place. */
function refuse(command: Command, problems: readonly string[]): never {
  const advice = `\`guesthead ${command.name()} --help\` lists the options; ${schemaFile(command.name())} tells an editor`;
  throw new GuestheadError('ERR_USAGE', problems.join('\n'), { advice });
}

/** In the package's folder. */
export function schemaFile(command: string): string {
  return `schemas/${command === 'run' ? '' : `${command}-`}config.schema.json`;
}

function parsed(option: Option | undefined, value: unknown): unknown {
  if (option === undefined) return value;
  if (value === true && isOptional(option)) return (option as Option & { presetArg?: unknown }).presetArg ?? true;
  const parse = parserOf(option);
  return typeof value === 'string' && parse !== undefined ? parse(value) : value;
}

function problemOf(command: Command, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (path === null) return `found ${shown(issue.input)}; choose an object of options`;
  const [key = ''] = path.split('.');
  const option = configurable(command).find((candidate) => candidate.attributeName() === key);
  if (option === undefined) return key === '$schema' ? `${path}: choose a text` : unknownKey(command, key);
  const said = issue.type === 'check' ? `: ${issue.message}` : '';
  return `${path}: found ${shown(issue.input)}; choose ${path === key ? choicesOf(option) : 'a text'}${said}${hint(option, issue.input)}`;
}

function unknownKey(command: Command, key: string): string {
  const names = configurable(command).map((option) => option.attributeName());
  const meant = nearest(key, names);
  const choice = meant === undefined ? `choose ${names.join(', ')}` : `did you mean '${meant}'?`;
  return `'${key}' is no option of guesthead ${command.name()}; ${choice}`;
}

function choicesOf(option: Option): string {
  if (option.isBoolean()) return 'true or false';
  if (option.argChoices !== undefined) return option.argChoices.map((choice) => `"${choice}"`).join(', ');
  const takes = takesOf(option);
  return `${isOptional(option) ? 'true or ' : ''}${takes === undefined ? 'a text' : describe(takes)}`;
}

function hint(option: Option, given: unknown): string {
  const { argChoices } = option;
  if (takesOf(option)?.kind === 'list' && typeof given === 'string') return `: write ${shown([given])}`;
  const meant = typeof given === 'string' ? nearest(given, argChoices ?? []) : undefined;
  return meant === undefined ? '' : ` (did you mean "${meant}"?)`;
}

function shown(value: unknown): string {
  return JSON.stringify(value); // what JSON brought has always a text
}
