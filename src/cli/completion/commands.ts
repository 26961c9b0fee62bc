// The commands behind completion in the shell.

import type { CommandEntry } from '../terminal/command-entry.ts'

/** Commands behind completion in the shell; `all` gives every command, these among them. */
export const completionCommands = (all: () => readonly CommandEntry[]): readonly CommandEntry[] => [
  {
    name: 'completion',
    args: '<shell>',
    does: 'Print a script for bash, zsh or fish that completes commands, remotes, types and attributes',
    example: 'completion bash > ~/.local/share/bash-completion/completions/lockstep',
    run: async (args) => (await import('./completion.ts')).completion(args),
  },
  {
    name: 'complete',
    args: '[words...]',
    does: 'Print completions of the last word; the shell scripts call this',
    example: 'complete -- query User --sort-by us',
    hidden: true,
    run: async (args, options) => (await import('./completion.ts')).complete(all(), args, options),
  },
]
