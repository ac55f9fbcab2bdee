/** Completion for bash 4 and later. */
import { choicesOf, optionsTaking, type CompletedCommand } from './commands.js';

export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# bash completion for guesthead, made by \`guesthead completion bash\`
_guesthead_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_guesthead_files() {
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
  compopt -o filenames 2>/dev/null
}

_guesthead() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command= ended= word index names= options= files=
  COMPREPLY=()
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == -- ]]; then
      ended=1
      break
    fi
    case "$command $word" in
      ${pattern(commands.map(({ path }) => path).filter((path) => path !== ''))}) command="$command $word" ;;
    esac
  done
  if [[ -z $ended ]]; then
    case "$command $prev" in
${values(commands).join('\n')}
    esac
  fi
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
  if [[ -z $ended && $cur == -* ]]; then
    _guesthead_words "$options" "$cur"
  elif [[ -n $files ]]; then
    _guesthead_files "$cur"
  elif [[ -z $ended ]]; then
    _guesthead_words "\${names:-$options}" "$cur"
  fi
}

complete -F _guesthead guesthead
`;
}

function values(commands: readonly CompletedCommand[]): string[] {
  const line = (words: readonly string[], what: string) =>
    words.length === 0 ? [] : [`      ${pattern(words)}) ${what}return ;;`];
  return [
    ...choicesOf(commands).flatMap(({ words, choices }) =>
      line(words, `_guesthead_words ${quoted(choices.join(' '))} "$cur"; `),
    ),
    ...line(optionsTaking(commands, 'file'), '_guesthead_files "$cur"; '),
    ...line(optionsTaking(commands, 'free'), ''),
  ];
}

function commandCase({ path, commands, options, operand }: CompletedCommand): string {
  const names = typeof operand === 'object' ? operand.choices : commands.map(({ name }) => name);
  const flags = options.flatMap((option) => option.flags);
  const files = operand === 'file' ? ' files=1' : '';
  return `    ${quoted(path)}) names=${quoted(names.join(' '))} options=${quoted(flags.join(' '))}${files} ;;`;
}

function pattern(words: readonly string[]): string {
  return words.map(quoted).join(' | ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
