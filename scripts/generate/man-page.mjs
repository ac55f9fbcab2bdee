/** man/guesthead.1, in the man macros, of the same program that prints --help. */
import { configHelp, configName, kioskConfigName } from '../../src/cli/config.ts';
import { environment, examples, exitStatuses, files, introduction, seeAlso } from '../../src/cli/manual.ts';

export function manPage(program, version) {
  const lines = [
    '.\\" Made by `npm run generate` of src/cli; changes here are lost.',
    `.TH GUESTHEAD 1 "" "guesthead ${version}" "User Commands"`,
    ...section('NAME', [`guesthead \\- ${roff(lowerFirst(program.description().replace(/\.$/, '')))}`]),
    ...section('SYNOPSIS', leavesOf(program).flatMap(synopsis)),
    ...section('DESCRIPTION', introduction.flatMap(paragraph)),
    ...section('COMMANDS', leavesOf(program).flatMap(commandPart)),
    ...section('CONFIGURATION', configuration()),
    ...section('EXIT STATUS', exitStatuses.flatMap(entry)),
    ...section('ENVIRONMENT', environment.flatMap(entry)),
    ...section('FILES', files.flatMap(entry)),
    ...section(
      'EXAMPLES',
      examples.flatMap(([line, what]) => [...paragraph(what), ...literal([line])]),
    ),
    ...section('SEE ALSO', [seeAlso.map(reference).join(',\n')]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The commands that do something, with the words that lead to them. */
function leavesOf(command, path = [command.name()]) {
  if (command.commands.length === 0) return [{ command, path }];
  const shown = command.createHelp().visibleCommands(command);
  const own = command.commands.filter((one) => shown.includes(one));
  return own.flatMap((one) => leavesOf(one, [...path, one.name()]));
}

function synopsis({ command, path }) {
  return ['.PP', `.B ${roff(path.join(' '))}`, roff(command.usage())];
}

function commandPart({ command, path }) {
  const help = command.createHelp();
  return [
    `.SS ${roff(path.join(' '))} ${roff(command.usage())}`,
    roff(sentence(command.description())),
    ...help
      .visibleArguments(command)
      .flatMap((argument) => entry([`<${argument.name()}>`, help.argumentDescription(argument)])),
    ...help
      .visibleOptions(command)
      .flatMap((option) => entry([help.optionTerm(option), help.optionDescription(option)])),
    ...helpBelow(command),
  ];
}

/** What the command's help says after its options, as it stands there. */
function helpBelow(command) {
  let text = '';
  const write = (more) => (text += more);
  command.emit('afterHelp', { command, error: false, write });
  const lines = text.trim().split('\n');
  return text.trim() === '' || [configName, kioskConfigName].some((name) => text.trim() === configHelp(name))
    ? []
    : literal(lines);
}

function configuration() {
  const file = { $schema: './node_modules/guesthead/schemas/config.schema.json', path: 'import', connector: ['all'] };
  return [
    ...paragraph(
      `These are the options of guesthead run. guesthead kiosk has its own in ${kioskConfigName}, read in the same way.`,
    ),
    ...paragraph(configHelp().replaceAll('\n', ' ')),
    ...paragraph(
      `An unknown key, a wrong value and two options that exclude each other end the command with status 2. A ${configName}:`,
    ),
    ...literal(JSON.stringify(file, null, 2).split('\n')),
  ];
}

function section(name, lines) {
  return [`.SH ${name}`, ...lines];
}

function paragraph(text) {
  return ['.PP', roff(text)];
}

/** A term, and what it means. */
function entry([term, description]) {
  return ['.TP', `.B ${roff(term)}`, roff(description)];
}

function literal(lines) {
  return ['.PP', '.nf', '.RS 4', ...lines.map(roff), '.RE', '.fi'];
}

function reference(page) {
  const [, name, number] = /^(.*)\((\d)\)$/.exec(page);
  return `.BR ${roff(name)} (${number})`;
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lowerFirst(text) {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Text that no formatter takes for its own: escapes, hyphens that are typed, a dot that begins a line, all beyond ASCII. */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/[^\x20-\x7e]/gu, (letter) => `\\[u${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/^(?=[.'])/, '\\&');
}
