// The commands behind completion in the shell.

import type { CommandEntry } from '../terminal/command-entry.ts'

/** Commands behind completion in the shell; `all` gives every command, these among them. */
export const completionCommands = (all: () => readonly CommandEntry[]): readonly CommandEntry[] => [
  {
    name: 'completion',
    args: '<shell>',
    does: 'print what a shell (bash, zsh, fish) has to read to complete commands, remotes, types and attributes',
    example: 'completion bash > ~/.local/share/bash-completion/completions/lockstep',
    run: async (args) => (await import('./completion.ts')).completion(args),
  },
  {
    name: 'complete',
    args: '[words...]',
    does: 'say what the last of the words may become; for the shells',
    example: 'complete -- query User --sort-by us',
    hidden: true,
    run: async (args, options) => (await import('./completion.ts')).complete(all(), args, options),
  },
]
