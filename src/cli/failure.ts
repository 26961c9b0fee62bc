import { LockstepError } from '../protocol/index.ts'
import { commandName, plainMessage, subjectOf, systemReason } from '../server/index.ts'
import { complain, complainLines, shownJson, stackOf } from '../terminal.ts'
import { COMMANDS } from './commands.ts'
import { UsageError } from './terminal/options.ts'

/** 0: done; 1: it failed; 2: the command makes no sense. */
export const EXIT = { done: 0, failure: 1, usage: 2 } as const

/** First words of commands, by which hints in messages are found. */
const FIRST_WORDS: ReadonlySet<string> = new Set(COMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))

/** A message of ours with the commands that it names as they have to be typed here. */
function asCalled(message: string): string {
  return message.replaceAll(/(?<![\w/.-])lockstep ([a-z]+)/g, (hint, word: string) =>
    FIRST_WORDS.has(word) ? `${commandName()} ${word}` : hint,
  )
}

/** Says what went wrong in one line, without a stack; programs get JSON. Gives the exit code. */
export function fail(error: unknown, json: boolean): number {
  const code = error instanceof LockstepError ? error.code : 'ERR_INTERNAL'
  const message = asSentence(asCalled(onOneLine(messageOf(error))))
  if (json) complainLines(shownJson(JSON.stringify({ error: { code, message } })))
  else {
    complain(`lockstep: ${message}`)
    if (error instanceof UsageError && error.usage !== undefined) complain(`Usage: ${error.usage}`)
  }
  if (process.env.LOCKSTEP_DEBUG) complainLines(stackOf(error))
  return error instanceof UsageError || code === 'ERR_CONFIG' ? EXIT.usage : EXIT.failure
}

function onOneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
}

/** What went wrong in words: codes of the system never stand alone. */
function messageOf(error: unknown): string {
  const reason = systemReason(error)
  if (reason === undefined) return plainMessage(error)
  const subject = subjectOf(error)
  return subject === undefined ? sentence(reason) : `${subject} can't be used: ${reason}`
}

/** Words of ours begin a sentence here; names of attributes, settings and files stay as they are. */
function asSentence(message: string): string {
  return /^(?:an?|another|connection|credentials|no|nothing|only|tenant|the|there|this) /.test(message)
    ? sentence(message)
    : message
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
