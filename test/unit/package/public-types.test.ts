/** The types that the package publishes: nothing internal is in them, and a number's name says its unit. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { packageRoot } from '../../../src/package-root.js';

const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string }>;
};
const entries = Object.values(exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : [join(packageRoot, entry.types)],
);
const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, skipLibCheck: true, types: ['node'] };

interface Exported {
  readonly name: string;
  readonly declarations: readonly ts.Declaration[];
  /** `export type` alone: nobody can call its constructor or its static functions. */
  readonly typeOnly: boolean;
}

function exportedBy(files: readonly string[]): Exported[] {
  const program = ts.createProgram(files, { ...options, rootDir: packageRoot });
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file) ?? assert.fail(file)) ?? assert.fail(file);
    return checker.getExportsOfModule(module).map((symbol) => {
      const typeOnly = symbol.declarations?.some((one) => ts.isExportSpecifier(one) && isTypeOnly(one)) === true;
      const meant = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
      return { name: symbol.name, declarations: meant.declarations ?? [], typeOnly };
    });
  });
}

function isTypeOnly(specifier: ts.ExportSpecifier): boolean {
  return specifier.isTypeOnly || specifier.parent.parent.isTypeOnly;
}

const published = exportedBy(entries);
const sources = exportedBy(entries.map((path) => path.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts')));

function classesOf(all: readonly Exported[]): (Exported & { readonly members: readonly ts.ClassElement[] })[] {
  return all.flatMap((one) =>
    one.declarations.filter(ts.isClassDeclaration).map(({ members }) => ({ ...one, members: [...members] })),
  );
}

function nameOf(member: ts.ClassElement): string {
  const isStatic = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
  return `${isStatic ? 'static ' : ''}${member.name?.getText() ?? 'constructor'}`;
}

function isHidden(member: ts.ClassElement): boolean {
  const isPrivate = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
  return isPrivate || member.name?.getText().startsWith('#') === true;
}

const isMarked = (node: ts.Node) => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');

/** What a program may call on an object of each class. A new name here is a promise: is it a program's, or marked `@internal`? */
const promised: Readonly<Record<string, string>> = {
  GuestheadError: 'advice code constructor device errno name operation',
  Fence: '[Symbol.dispose] close closed fd isSignalled signalled static adopt static merge take',
  Udmabuf: '[Symbol.dispose] close closed draw fd height static allocate strideBytes width',
  ClientBuffer: '[Symbol.dispose] close closed height memory width',
  Cursor: '[Symbol.dispose] close closed hide move setImage',
  DamageHistory: 'add forget',
  Gl:
    '[Symbol.dispose] close closed compose createEffect createOffscreen createPicture ended fenceKind importDmabuf info jobs$ ' +
    'readPixels renewals',
  GlPicture: '[Symbol.dispose] close closed height width',
  MemoryPicture: 'damaged pixels',
  Effect: '[Symbol.dispose] close',
  Gpus: 'changes$ checkPause close connectors connectors$ display faults$ formats openGl openHead pause render resume',
  Head:
    '[Symbol.asyncDispose] acquire bytesCopied canShow cancel close cursor faults$ flips flushFence$ id importDmabuf info off ' +
    'pacing present resetStats setMode state$ states stats turn$ upgrade waiting',
  MessageSocket: '[Symbol.dispose] close closed messages$ send static connect static listen',
  Producer: '[Symbol.asyncDispose] acquire adopt allocate buffers close connected lateReleases$ state state$',
  TransferBuffer:
    '[Symbol.dispose] acquire cancel close closed description draw drawing export fd layout memory preparation ' +
    'revoke state',
  Kiosk:
    '[Symbol.asyncDispose] active answered$ clientCounts clients$ close counts faults$ gone$ heads hung$ idle input input$ ' +
    'listen openSocket outputs$ pictures$ rearrange seat setBackground shown$ windows windows$',
  KioskHead: 'connector counts head',
  ClientCounts: 'ended now total',
  ScreenCounts: 'byGpu bytesCopied direct discarded drawn shown',
  Idle: 'for inhibited used',
  WaylandServer: '[Symbol.dispose] clients$ close connect faults$ gone$ listen log$ nextSerial offer offerShm',
  Client: 'alive credentials destroy end handle refuseMore setMask socket',
  Resource: 'alive client create destroy fail handle id implement interfaceName send version',
  ProtocolError: 'code constructor resource',
  Broker: '[Symbol.dispose] close consumer events$ kind whyMapped',
  Consumer: '[Symbol.asyncIterator] [Symbol.dispose] buffers$ close welcomed',
  ReceivedBuffer:
    '[Symbol.dispose] buffer fd format height id isHeld map modifier offsetBytes privateData read release sequence ' +
    'sizeBytes strideBytes width',
};
/** Those that a program makes by `new`. */
const constructible = [
  'GuestheadError',
  'ProtocolError',
  'DamageHistory',
  'FakeDevice',
  'FakeNative',
  'FakeKernel',
  'FakeScanout',
];

describe('the published classes', () => {
  for (const { name, members } of classesOf(published).filter(({ name }) => !name.startsWith('Fake')))
    it(`${name} has what is promised, and nothing more`, () => {
      const names = new Set(members.filter((member) => !isHidden(member)).map(nameOf));
      assert.deepEqual([...names].sort(), promised[name]?.match(/static \w+|\S+/g)?.sort());
    });

  it('have nothing that the sources mark as internal', () => {
    const marked = classesOf(sources).flatMap(({ name, members }) =>
      members.filter(isMarked).map((member) => `${name}: ${nameOf(member)}`),
    );
    assert.ok(marked.includes('Cursor: apply') && marked.includes('ClientBuffer: static imported'), marked.join());
    const there = classesOf(published).flatMap(({ name, members }) =>
      members.map((member) => `${name}: ${nameOf(member)}`),
    );
    assert.deepEqual(
      marked.filter((member) => there.includes(member)),
      [],
    );
  });

  it('are made by `new` only where a program may', () => {
    const isClosed = (members: readonly ts.ClassElement[]) =>
      members.some((member) => ts.isConstructorDeclaration(member) && isHidden(member));
    const open = classesOf(published).filter(({ typeOnly, members }) => !typeOnly && !isClosed(members));
    assert.deepEqual(open.map(({ name }) => name).sort(), [...constructible].sort());
  });
});

/** Lengths and times that have no one unit in this field, as widths are in pixels everywhere. */
const ambiguous =
  /(stride|pitch|offset|alignment|time|timeout|duration|delay|latency|interval|rate|elapsed|timestamp|(?<!form)at)$/i;
/** What a comment begins with, and the name would say in its place. */
const units = /^(bytes|milliseconds|ms|microseconds|nanoseconds|seconds|hertz)\b/i;
/** A whole of that unit is what it is: `seconds` and `bytes` by themselves. */
const named = /(bytes|milliseconds|ms|us|ns|seconds|hz|PerSecond)/i;

type Numeric = ts.PropertySignature | ts.PropertyDeclaration | ts.ParameterDeclaration | ts.GetAccessorDeclaration;

function numbersOf({ name, declarations }: Exported): [place: string, node: Numeric][] {
  const found: [string, Numeric][] = [];
  const visit = (node: ts.Node) => {
    const isMember =
      ts.isPropertySignature(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isGetAccessorDeclaration(node);
    if (isMember && /\b(number|bigint)\b/.test(node.type?.getText() ?? '')) found.push([name, node]);
    ts.forEachChild(node, visit);
  };
  declarations.forEach(visit);
  return found;
}

describe('the published numbers', () => {
  it('have their unit in their name where people would have to guess it', () => {
    const comment = (node: Numeric) =>
      ts.getJSDocCommentsAndTags(node).map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '');
    // A protocol's own names are what they are.
    const ours = published.filter(({ name }) => name !== 'Protocol');
    const unnamed = ours.flatMap(numbersOf).flatMap(([owner, node]) => {
      const name = node.name.getText();
      const isVague = ambiguous.test(name) || (comment(node).some((text) => units.test(text)) && !named.test(name));
      return isVague ? [`${owner}: ${name}`] : [];
    });
    assert.deepEqual(unnamed, []);
  });
});
