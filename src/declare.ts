/**
 * How options are declared: once, as data, from which come the types that a program sees, the checks with
 * their messages, and the command's --help, completion, config file and man page (see cli/declared-options.ts).
 * It is data and not a valibot schema because the command reads it before its first flip.
 */
import { assertGiven, isObject, shown } from './arguments.js';
import { GuestheadError } from './errors.js';

interface Described {
  /** For people: the line of --help. */
  readonly says: string;
  /** The default in words, where it depends on something. */
  readonly otherwise?: string;
}

interface Named extends Described {
  /** What a value is: "… is not a `named`". */
  readonly named: string;
}

/** One of several words. */
export interface Choice extends Named {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly standard?: string;
  /** The value's place in --help: `<how>`. */
  readonly value: string;
}

/** On or off; off unless given. */
export interface Switch extends Described {
  readonly kind: 'switch';
}

export interface Integer extends Named {
  readonly kind: 'integer';
  readonly least: number;
  readonly most?: number;
  readonly standard?: number;
}

/** A program gives milliseconds, the command line seconds. */
export interface Duration extends Named {
  readonly kind: 'duration';
  readonly mostMs: number;
  readonly standard?: number;
}

export interface Text extends Named {
  readonly kind: 'text';
  readonly pattern?: RegExp;
  /** What to write where `pattern` does not match. */
  readonly advice?: string;
  readonly standard?: string;
  readonly value: string;
}

/** Of one that may be given several times. */
export interface List extends Described {
  readonly kind: 'list';
  readonly value: string;
}

/** A time that is given in seconds everywhere. */
export interface Seconds extends Described {
  readonly kind: 'seconds';
}

/** What a word of the command line becomes; never given by a program. */
export interface Word<T> extends Described {
  readonly kind: 'word';
  readonly value: string;
  readonly parse: (word: string) => T;
}

/** What only a program can give. */
export interface Thing<T> extends Pick<Named, 'named'> {
  readonly kind: 'thing';
  readonly is: (value: unknown) => value is T;
}

/** What the library takes. */
export type Declaration = Choice | Switch | Integer | Duration | Text | Thing<unknown>;
/** What the command takes. */
export type CommandDeclaration = Exclude<Declaration, Thing<unknown>> | List | Seconds | Word<unknown>;
export type Declarations = Readonly<Record<string, Declaration>>;

export const thing = <T>(named: string, is: (value: unknown) => value is T): Thing<T> => ({ kind: 'thing', named, is });

type ValueOf<D> = D extends { readonly kind: 'choice'; readonly choices: readonly (infer C)[] }
  ? C
  : D extends Switch
    ? boolean
    : D extends Integer | Duration | Seconds
      ? number
      : D extends Text
        ? string
        : D extends List
          ? readonly string[]
          : D extends Thing<infer T> | Word<infer T>
            ? T
            : never;

/** What a program gives. */
export type OptionsOf<D> = { readonly [K in keyof D]?: ValueOf<D[K]> | undefined };

/** What the checks make of it: the standard where there is one. */
export type CheckedOf<D> = {
  readonly [K in keyof D]: D[K] extends Switch | { readonly standard: string | number }
    ? ValueOf<D[K]>
    : ValueOf<D[K]> | undefined;
};

/** Options that are none of these are others' and are left out. Throws ERR_USAGE that names the valid choices. */
export function checkOptions<D extends Declarations>(declarations: D, given: OptionsOf<D>): CheckedOf<D> {
  const options: unknown = given;
  assertGiven(isObject(options), options, 'object of options', 'give { name: value }');
  const entries = Object.entries(declarations).map(([name, declared]) => [
    name,
    checked(name, declared, options[name]),
  ]);
  return Object.fromEntries(entries) as CheckedOf<D>;
}

function checked(name: string, declared: Declaration, value: unknown): unknown {
  if (value === undefined) return standardOf(declared);
  if (isValid(declared, value)) return value;
  throw new GuestheadError('ERR_USAGE', complaint(name, declared, value), { advice: adviceOn(declared) });
}

function complaint(name: string, declared: Declaration, value: unknown): string {
  if (declared.kind === 'thing') return `\`${name}\` is no ${declared.named}`;
  return `${shown(value)} is not a ${declared.kind === 'switch' ? `value of \`${name}\`` : declared.named}`;
}

function standardOf(declared: Declaration): unknown {
  if (declared.kind === 'switch') return false;
  return 'standard' in declared ? declared.standard : undefined;
}

function isValid(declared: Declaration, value: unknown): boolean {
  switch (declared.kind) {
    case 'choice':
      return declared.choices.some((one) => one === value);
    case 'switch':
      return typeof value === 'boolean';
    case 'integer':
      return isWithin(value, declared.least, declared.most ?? Number.MAX_SAFE_INTEGER) && Number.isInteger(value);
    case 'duration':
      return isWithin(value, Number.MIN_VALUE, declared.mostMs);
    case 'text':
      return typeof value === 'string' && (declared.pattern?.test(value) ?? true);
    case 'thing':
      return declared.is(value);
  }
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function adviceOn(declared: Declaration): string | undefined {
  switch (declared.kind) {
    case 'choice':
      return `valid choices: ${declared.choices.join(', ')}`;
    case 'switch':
      return 'valid choices: true, false';
    case 'integer': {
      const range = declared.most === undefined ? `${declared.least} or more` : `${declared.least} to ${declared.most}`;
      return `choose ${range}${defaultIn(declared)}`;
    }
    case 'duration':
      return `choose milliseconds, more than 0 and at most ${declared.mostMs}${defaultIn(declared)}`;
    case 'text':
      return declared.advice;
    case 'thing':
      return undefined;
  }
}

function defaultIn({ standard }: Integer | Duration): string {
  return standard === undefined ? '' : `; ${standard} is the default`;
}
