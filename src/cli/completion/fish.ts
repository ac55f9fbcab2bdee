/** Completion for fish. */
import type { CompletedCommand, CompletedOption, Value } from './commands.js';

export function fishScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `# fish completion for guesthead, made by \`guesthead completion fish\`
function __guesthead_at --description 'whether the words so far lead to this command'
    set -l command
    for word in (commandline -opc)[2..-1]
        test "$word" = --; and break
        switch "$command $word"
            case ${paths.map(quoted).join(' ')}
                set command "$command $word"
        end
    end
    test "$command" = "$argv[1]"
end

complete -c guesthead -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, operand }: CompletedCommand): string[] {
  const at = `complete -c guesthead -n ${quoted(`__guesthead_at ${quoted(path)}`)}`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${quoted(name)} -d ${quoted(description)}`),
    ...options.map((option) => `${at} ${optionWords(option)}`),
    ...(operand === undefined ? [] : [`${at} ${operandWords(operand)}`]),
  ];
}

function optionWords({ flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, ...(value === undefined ? [] : [valueWords(value)]), `-d ${quoted(description)}`].join(' ');
}

/** -r: a value must follow, -F: which may be a file, -x: which is none. */
function valueWords(value: Value): string {
  if (typeof value === 'object') return `-x -a ${quoted(value.choices.join(' '))}`;
  return value === 'file' ? '-r -F' : '-x';
}

function operandWords(operand: Value): string {
  return typeof operand === 'object' ? `-a ${quoted(operand.choices.join(' '))}` : '-F';
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
