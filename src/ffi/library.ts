/**
 * Shared libraries, opened at first use, and their functions with plain
 * JavaScript values. The only file that calls ffi-napi.
 *
 * Pointers are addresses (`bigint`), not ffi-napi's Buffers over foreign memory:
 * ref-napi keeps one ArrayBuffer an address and ignores the length asked for
 * (`LookupOrCreateArrayBuffer` in its binding.cc), so a struct of a recycled
 * address could not be read, and a view outlives the C library's `free`.
 */
import type ffi from 'ffi-napi';
import { GuestheadError, messageOf } from '../errors.js';
import { ffiNapi } from './ffi-napi.js';
import { installAdvice, type Packages } from './packages.js';

/** The address of C memory; `0n` is NULL. */
export type Address = bigint;

/** What each C type is in JavaScript. `buffer` is a pointer argument into JavaScript's own memory. */
interface JsTypes {
  void: undefined;
  int: number;
  uint32: number;
  ulong: number;
  uint64: bigint;
  address: Address;
  buffer: Buffer;
}

type CType = keyof JsTypes;
/** The result's type, then the parameters' types. */
type Signature = readonly [CType, ...CType[]];
type Signatures = Readonly<Record<string, Signature>>;
type JsTypesOf<T extends readonly CType[]> = { [I in keyof T]: JsTypes[T[I]] };
type Bound<S extends Signatures> = {
  readonly [Name in keyof S]: S[Name] extends readonly [
    infer Result extends CType,
    ...infer Parameters extends readonly CType[],
  ]
    ? (...values: JsTypesOf<Parameters>) => JsTypes[Result]
    : never;
};

interface LibraryDescription<Required extends Signatures, Optional extends Signatures> {
  /** The name for `dlopen`, with the ABI version; of several, the first that loads. */
  readonly file: string | readonly string[];
  /** What holds it, for advice. */
  readonly packages: Packages;
  readonly required: Required;
  /** Functions that a supported version may lack; `undefined` where it does. */
  readonly optional: Optional;
}

/**
 * Returns a function that opens the library at its first call and gives the same
 * functions afterwards. It throws `ERR_LIBRARY_MISSING`, with the package to
 * install as advice. Nothing is ever unloaded.
 */
export function libraryLoader<Required extends Signatures, Optional extends Signatures>(
  description: LibraryDescription<Required, Optional>,
): (file?: string) => Bound<Required> & Partial<Bound<Optional>> {
  const loaded = new Map<string, Bound<Required> & Partial<Bound<Optional>>>();
  return (file) => {
    const files = [file ?? description.file].flat();
    const key = files.join();
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const functions = bindAll(files, description);
    loaded.set(key, functions);
    return functions;
  };
}

function bindAll<Required extends Signatures, Optional extends Signatures>(
  files: readonly string[],
  description: LibraryDescription<Required, Optional>,
): Bound<Required> & Partial<Bound<Optional>> {
  try {
    const library = openFirst(files);
    return { ...bindRequired(library, description.required), ...bindOptional(library, description.optional) };
  } catch (cause) {
    if (cause instanceof GuestheadError) throw cause; // ffi-napi itself is missing
    throw new GuestheadError('ERR_LIBRARY_MISSING', `Cannot load ${files.join(' or ')}: ${messageOf(cause)}`, {
      advice: installAdvice(description.packages),
      cause,
    });
  }
}

/** Throws what the last one says where none loads. */
function openFirst([file = '', ...others]: readonly string[]): ffi.DynamicLibrary {
  const { DynamicLibrary } = ffiNapi();
  try {
    return new DynamicLibrary(file, DynamicLibrary.FLAGS.RTLD_NOW);
  } catch (error) {
    if (others.length > 0) return openFirst(others);
    throw error;
  }
}

/** Functions of what the process has loaded already, the C library first of all. */
export function bindProcess<S extends Signatures>(signatures: S): Bound<S> {
  return bindRequired(new (ffiNapi().DynamicLibrary)(), signatures);
}

function bindRequired<S extends Signatures>(library: ffi.DynamicLibrary, signatures: S): Bound<S> {
  const entries = Object.entries(signatures).map(([name, signature]) => [name, bind(library.get(name), signature)]);
  return Object.fromEntries(entries) as Bound<S>;
}

function bindOptional<S extends Signatures>(library: ffi.DynamicLibrary, signatures: S): Partial<Bound<S>> {
  const present = Object.entries(signatures).filter(([name]) => hasSymbol(library, name));
  return bindRequired(library, Object.fromEntries(present)) as Partial<Bound<S>>;
}

function hasSymbol(library: ffi.DynamicLibrary, name: string): boolean {
  try {
    library.get(name);
    return true;
  } catch {
    return false;
  }
}

const ffiTypes: Readonly<Record<CType, string>> = {
  void: 'void',
  int: 'int',
  uint32: 'uint32',
  ulong: 'ulong',
  uint64: 'uint64',
  address: 'size_t',
  buffer: 'void *',
};

/** What ffi-napi makes of a symbol. */
type Foreign = ((...values: unknown[]) => unknown) & { async(...values: unknown[]): void };

function bind(symbol: Buffer, [result, ...parameters]: Signature): (...values: unknown[]) => unknown {
  const types = parameters.map((type) => ffiTypes[type]);
  const isWide = result === 'uint64' || result === 'address';
  let made: Foreign | undefined; // at the first use: most are never used in a run
  const foreign = () => (made ??= ffiNapi().ForeignFunction(symbol, ffiTypes[result], types) as Foreign);
  const fromFfi = (value: unknown) => (isWide ? fromWide(value) : value);
  const bound = (...values: unknown[]) => fromFfi(foreign()(...values.map(toFfi)));
  threaded.set(bound, (values, done) => {
    foreign().async(...values.map(toFfi), (error: unknown, value: unknown) => {
      done(error, fromFfi(value));
    });
  });
  return bound;
}

/** How each bound function is called on a thread. */
const threaded = new WeakMap<object, (values: unknown[], done: (error: unknown, value: unknown) => void) => void>();

/** Calls a bound function on a thread of libuv's pool. Its errno cannot be read. */
export function onThread<Values extends unknown[], Result>(
  bound: (...values: Values) => Result,
  ...values: Values
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const call = threaded.get(bound);
    if (call === undefined) throw new TypeError('This function is not bound to a library');
    call(values, (error, value) => {
      if (error === null || error === undefined) resolve(value as Result);
      else reject(new Error('The call on a thread failed', { cause: error }));
    });
  });
}

/** ffi-napi takes a 64-bit integer as a number or, exactly, as a decimal string. */
function toFfi(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** ffi-napi gives a 64-bit integer as a number, or as a decimal string above 2^53. */
function fromWide(value: unknown): bigint {
  return BigInt(value as number | string);
}

/**
 * The C `errno` as the last call left it, or undefined when it is 0. Read it
 * before anything else is called: a success in between may change it.
 */
export function lastErrno(): number | undefined {
  const errno = ffiNapi().errno();
  return errno === 0 ? undefined : errno;
}
