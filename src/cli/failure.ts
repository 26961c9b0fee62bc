// Prints the error that ended a command, and chooses the exit code.

import { LockstepError } from '../protocol/index.ts'
import { commandName } from '../server/index.ts'
import { plainMessage, subjectOf, systemReason } from '../site/index.ts'
import { escapeJson, printErrorLine, printErrorLines, stackOf } from '../terminal.ts'
import { COMMANDS } from './commands.ts'
import { UsageError } from './terminal/options.ts'

/** Exit codes: success, failure, and a command line that makes no sense. */
export const EXIT = { done: 0, failure: 1, usage: 2 } as const

/** First words of commands, to find commands that a message mentions. */
const FIRST_WORDS: ReadonlySet<string> = new Set(COMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))

/** A message with each command that it mentions as it has to be typed in this installation. */
function asCalled(message: string): string {
  return message.replaceAll(/(?<![\w/.-])lockstep ([a-z][a-z-]*)/g, (hint, word: string) =>
    FIRST_WORDS.has(word) ? `${commandName()} ${word}` : hint,
  )
}

/** Prints an error on one line, without a stack, or as JSON for programs. Returns the exit code. */
export function fail(error: unknown, json: boolean): number {
  const code = error instanceof LockstepError ? error.code : 'ERR_INTERNAL'
  const message = asSentence(asCalled(onOneLine(messageOf(error))))
  if (json) printErrorLines(escapeJson(JSON.stringify({ error: { code, message } })))
  else {
    printErrorLine(`lockstep: ${message}`)
    if (error instanceof UsageError && error.usage !== undefined) printErrorLine(`Usage: ${error.usage}`)
  }
  if (process.env.LOCKSTEP_DEBUG) printErrorLines(stackOf(error))
  return error instanceof UsageError || code === 'ERR_CONFIG' ? EXIT.usage : EXIT.failure
}

function onOneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
}

/** The message of an error; error codes of the system are put into words. */
function messageOf(error: unknown): string {
  const reason = systemReason(error)
  if (reason === undefined) return plainMessage(error)
  const subject = subjectOf(error)
  return subject === undefined ? sentence(reason) : `${subject} can't be used: ${reason}`
}

/** A message in sentence case, unless it begins with the name of an attribute, setting or file. */
function asSentence(message: string): string {
  return /^(?:an?|another|connection|credentials|no|nothing|only|remote|tenant|the|there|this) /.test(message)
    ? sentence(message)
    : message
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
