/** `guesthead completion SHELL`: what lets a shell complete the command's words. */
import { Argument, type Command } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const howTo = [
  'bash: guesthead completion bash > ~/.local/share/bash-completion/completions/guesthead',
  'zsh:  guesthead completion zsh > a folder of $fpath, as _guesthead',
  'fish: guesthead completion fish > ~/.config/fish/completions/guesthead.fish',
].join('\n');

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('prints a script that completes commands, options and their choices in a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .addHelpText('after', `\n${howTo}`)
    .action(async (shell: Shell) => {
      process.stdout.write(await completionScript(program, shell));
    });
}

export async function completionScript(program: Command, shell: Shell): Promise<string> {
  const { commandsOf, scriptFor } = await import('./completion/index.js');
  return scriptFor(shell, commandsOf(program));
}
