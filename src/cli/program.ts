import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { CommandEntry } from './command-entry.ts'
import { COMMANDS, GROUPS } from './commands.ts'

/** Makes the command line from the table of commands; it throws where commander alone would exit. */
export function createProgram(): Command {
  const program = new Command('lockstep')
    .description('SCIM 2.0 service provider: people and groups from your identity provider, in lockstep.')
    .version(readVersion())
    .showHelpAfterError('(lockstep help shows the commands)')
    .exitOverride()
  const groups = new Map<string, Command>()
  for (const entry of COMMANDS) {
    const [first = '', second] = entry.name.split(' ')
    let parent = program
    if (second !== undefined) {
      parent =
        groups.get(first) ??
        program
          .command(first)
          .description(GROUPS[first] ?? '')
          .exitOverride()
          .addHelpText('after', `\nEach takes --json, to print JSON for programs.\n${exampleText(entry)}`)
      groups.set(first, parent)
    }
    addCommand(parent, second ?? first, entry)
  }
  return program
}

function exampleText({ example }: CommandEntry): string {
  return `\nExample:\n  $ lockstep ${example}`
}

function addCommand(parent: Command, name: string, entry: CommandEntry): void {
  const command = parent
    .command(entry.args === undefined ? name : `${name} ${entry.args}`, { hidden: entry.hidden === true })
    .description(entry.does)
    .exitOverride()
    .addHelpText('after', exampleText(entry))
  for (const option of entry.options ?? []) {
    const [flags, does, initial] = option
    command.addOption(initial === undefined ? new Option(flags, does) : new Option(flags, does).default(initial))
  }
  command.option('--json', 'print JSON for programs')
  command.action(async (...given: unknown[]) => {
    // Commander hands over the arguments, then the options, then the command itself.
    const texts = given
      .slice(0, -2)
      .flat()
      .filter((value): value is string => typeof value === 'string')
    await entry.run(texts, command.opts())
  })
}

/** The package's version; the file is two folders up in the source and in the built package alike. */
function readVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return version
}
