/** A JSON text whose faults, and whose values, are told by line and column. */
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type JSONPath,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { GuestheadError } from '../errors.js';

/** What is to be mended where the parser stops, by the name of its code. */
const mends: Readonly<Record<string, string>> = {
  InvalidSymbol: 'names and texts stand in double quotes; other words are true, false and null',
  PropertyNameExpected: 'a name in double quotes is expected; no comma stands after the last value',
  ValueExpected: 'a value is expected; no comma stands after the last one',
  ColonExpected: 'a colon is expected between a name and its value',
  CommaExpected: 'a comma is expected before what follows',
  CloseBraceExpected: 'the object does not end: a } is missing',
  CloseBracketExpected: 'the list does not end: a ] is missing',
  EndOfFileExpected: 'the value has ended, and nothing may follow it',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the text does not end in its line: a " is missing',
  UnexpectedEndOfNumber: 'digits are missing',
  InvalidCharacter: 'a text has no control characters: write \\n or \\t',
  InvalidEscapeCharacter: 'there is no such escape: one backslash is written \\\\',
  InvalidUnicode: '\\u takes four hexadecimal digits',
};

export class JsonText {
  /** As JSON.parse would make it, but objects have no prototype. */
  readonly value: unknown;
  readonly #root: Node;

  /** Throws ERR_USAGE where it is no JSON, with the place and what to mend there; `file` is how it is called. */
  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { disallowComments: true });
    const [first] = errors;
    if (first !== undefined) throw this.#noJson(printParseErrorCode(first.error), first);
    if (root === undefined) throw this.#noJson('ValueExpected', { offset: 0, length: 0 });
    this.#root = root;
    this.value = getNodeValue(root);
  }

  /** `file:line:column` of the name of what `path` leads to, of an element of a list itself; of the whole where it leads nowhere. */
  placeOf(path: JSONPath): string {
    const node = findNodeAtLocation(this.#root, path) ?? this.#root;
    const named = node.parent?.type === 'property' ? node.parent : node;
    return this.#place(named.offset);
  }

  #noJson(code: string, { offset, length }: Pick<ParseError, 'offset' | 'length'>): GuestheadError {
    const found = this.text.slice(offset, offset + length).split('\n')[0] ?? '';
    const before = found === '' ? '' : `found ${found}, but `;
    return new GuestheadError('ERR_USAGE', `${this.#place(offset)} is not JSON: ${before}${mends[code] ?? code}`);
  }

  /** Both count from 1, the column in UTF-16 units, as editors do. */
  #place(offset: number): string {
    const lines = this.text.slice(0, offset).split('\n');
    return `${this.file}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
  }
}
