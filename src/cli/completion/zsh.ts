/** Completion for zsh: a file named _guesthead in $fpath, or sourced after compinit. */
import { choicesOf, optionsTaking, type CompletedCommand } from './commands.js';

export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef guesthead
# zsh completion for guesthead, made by \`guesthead completion zsh\`
_guesthead() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT - 1]}
  local command= ended= word files=
  local -i index
  local -a names options
  if [[ $cur == --*=* ]]; then
    prev=\${cur%%=*}
    compset -P '*='
    cur=\${cur#*=}
  fi
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    if [[ $word == -- ]]; then
      ended=1
      break
    fi
    case "$command $word" in
      (${pattern(commands.map(({ path }) => path).filter((path) => path !== ''))}) command="$command $word" ;;
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
    _describe -o option options
  elif [[ -n $files ]]; then
    _files
  elif [[ -z $ended && \${#names} -gt 0 ]]; then
    _describe command names
  elif [[ -z $ended ]]; then
    _describe -o option options
  fi
}

if [[ \${funcstack[1]} == _guesthead ]]; then
  _guesthead "$@"
else
  compdef _guesthead guesthead
fi
`;
}

function values(commands: readonly CompletedCommand[]): string[] {
  const line = (words: readonly string[], what: string) =>
    words.length === 0 ? [] : [`      (${pattern(words)}) ${what}; return ;;`];
  return [
    ...choicesOf(commands).flatMap(({ words, choices }) => line(words, `compadd -- ${choices.map(quoted).join(' ')}`)),
    ...line(optionsTaking(commands, 'file'), '_files'),
    ...line(optionsTaking(commands, 'free'), "_message 'a value'"),
  ];
}

function commandCase({ path, commands, options, operand }: CompletedCommand): string {
  const names =
    typeof operand === 'object'
      ? operand.choices.map(quoted)
      : commands.map(({ name, description }) => described(name, description));
  const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)));
  const files = operand === 'file' ? ' files=1' : '';
  return `    (${quoted(path)}) names=(${names.join(' ')}) options=(${flags.join(' ')})${files} ;;`;
}

function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description}`);
}

function pattern(words: readonly string[]): string {
  return words.map(quoted).join(' | ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
