// Builds the program from the list of commands, with commander.

import { readFileSync } from 'node:fs'
import { Command, type CommanderError, Option } from 'commander'
import { commandName } from '../server/index.ts'
import { printErrorLines, printLines } from '../terminal.ts'
import { COMMANDS, GROUPS } from './commands.ts'
import type { CommandEntry } from './terminal/command-entry.ts'
import { UsageError } from './terminal/options.ts'

/** Builds the command line from the list of commands. It throws where commander by itself would print and exit. */
export function createProgram(): Command {
  const name = commandName()
  const program = new Command(name)
    .description('SCIM 2.0 service provider: people and groups from your identity provider, in lockstep.')
    .version(readVersion())
    // A command that has others below it, like log, has options that those have too.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => printLines(text.replace(/\n$/, '')),
      writeErr: (text) => printErrorLines(text.replace(/\n$/, '')),
      // Errors are printed in failure.ts, for people and for programs.
      outputError: () => undefined,
    })
  program.helpCommand('help [command]', 'Show the help for a command')
  program.exitOverride((error) => refuse(error, `${name} COMMAND; ${name} help shows the commands`))
  const groups = new Map<string, Command>()
  for (const entry of COMMANDS) {
    const [first = '', second] = entry.name.split(' ')
    let parent = program
    if (second !== undefined) {
      parent = groups.get(first) ?? addGroup(program, first, entry)
      groups.set(first, parent)
    }
    const command = addCommand(parent, second ?? first, entry)
    if (second === undefined) groups.set(first, command.enablePositionalOptions())
  }
  return program
}

function addGroup(program: Command, first: string, entry: CommandEntry): Command {
  const group = program
    .command(first)
    .description(GROUPS[first] ?? '')
    .addHelpText('after', `\nEvery command takes --json, to print JSON for programs.\n${exampleText(entry)}`)
  return group.exitOverride((error) =>
    refuse(error, `${commandName()} ${first} COMMAND; ${commandName()} ${first} --help shows the commands`),
  )
}

/** What the list of commands shows. */
function firstSentence(does: string): string {
  return does.split('. ', 1)[0]?.replace(/\.$/, '') ?? does
}

function exampleText({ example }: CommandEntry): string {
  return `\nExample:\n  $ ${commandName()} ${example}`
}

function addCommand(parent: Command, name: string, entry: CommandEntry): Command {
  const command = parent
    .command(entry.args === undefined ? name : `${name} ${entry.args}`, { hidden: entry.hidden === true })
    .description(entry.does)
    .summary(firstSentence(entry.does))
    .addHelpText('after', exampleText(entry))
  command.exitOverride((error) => refuse(error, `${commandName()} ${entry.name} ${command.usage()}`))
  for (const option of entry.options ?? []) {
    const [flags, does, initial] = option
    command.addOption(initial === undefined ? new Option(flags, does) : new Option(flags, does).default(initial))
  }
  command.option('--json', 'print JSON for programs')
  command.action(async (...given: unknown[]) => {
    // Commander passes the arguments, then the options, then the command itself.
    const texts = given
      .slice(0, -2)
      .flat()
      .filter((value): value is string => typeof value === 'string')
    await entry.run(texts, command.opts())
  })
  return command
}

/** Turns an error of commander into one of ours that shows the usage; help and version are passed on unchanged. */
function refuse(error: CommanderError, usage: string): never {
  if (error.exitCode === 0 || error.code === 'commander.help') throw error
  const text = error.message.replace(/^error: /, '')
  throw new UsageError(text.slice(0, 1).toUpperCase() + text.slice(1), { usage })
}

/** The package's version; package.json is two folders up both in the source and in the built package. */
function readVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return version
}
