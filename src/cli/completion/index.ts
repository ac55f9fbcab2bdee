import { bashScript } from './bash.js';
import type { CompletedCommand } from './commands.js';
import { fishScript } from './fish.js';
import { zshScript } from './zsh.js';

export { commandsOf } from './commands.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

export function scriptFor(shell: keyof typeof scripts, commands: readonly CompletedCommand[]): string {
  return scripts[shell](commands);
}
