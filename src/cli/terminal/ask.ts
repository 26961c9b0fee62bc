// Asks a question on the terminal and reads the answer.

import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { printErrorLine, printQuestion } from '../../terminal.ts'

/**
 * Asks a question on the terminal and resolves with the typed line, or undefined when it is cancelled with Ctrl+C or Ctrl+D.
 * A secret is not echoed.
 */
export function ask(
  question: string,
  { secret = false }: { readonly secret?: boolean } = {},
): Promise<string | undefined> {
  printQuestion(question)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  // Without `terminal` the system itself echoes and edits the line.
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: secret })
  return new Promise((resolve) => {
    let answer: string | undefined
    lines.once('line', (line) => {
      answer = line
      lines.close()
    })
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => {
      if (secret || answer === undefined) printErrorLine()
      process.stdin.pause()
      resolve(answer)
    })
  })
}
