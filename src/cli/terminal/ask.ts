import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { complain, printQuestion } from '../../terminal.ts'

/**
 * Asks a question on the terminal and gives the line that is typed; undefined when the person ends it, with Ctrl+C or Ctrl+D.
 * A secret is not shown while it is typed.
 */
export function ask(
  question: string,
  { secret = false }: { readonly secret?: boolean } = {},
): Promise<string | undefined> {
  printQuestion(question)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  // Without `terminal` the system shows and edits what is typed itself.
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: secret })
  return new Promise((resolve) => {
    let answer: string | undefined
    lines.once('line', (line) => {
      answer = line
      lines.close()
    })
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => {
      if (secret || answer === undefined) complain()
      process.stdin.pause()
      resolve(answer)
    })
  })
}
