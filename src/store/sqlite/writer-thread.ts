// The thread that writes a database file for all threads of a process.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { environment } from '../../environment.ts'
import { type ConnectionOptions, openConnection } from './connection.ts'
import { identityOf } from './database-file.ts'
import { createDictionary } from './dictionary.ts'
import { type AnswerMessage, type CommitMessage, type ControlMessage, toFault, unpack } from './messages.ts'
import type { AnyWrite } from './work.ts'
import { createWriter } from './writer.ts'

/** What the thread is started with. */
export interface WriterThreadOptions {
  readonly file: string
  readonly connection: ConnectionOptions
}

/** Lists of writes in one transaction, at most, so that no caller waits for all others. */
const LISTS = 512

interface Waiting {
  readonly port: MessagePort
  readonly call: number
  readonly writes: readonly AnyWrite[]
}

// All lists that have arrived, from any port, are one transaction and one sync.
if (parentPort !== null) run(parentPort, workerData as WriterThreadOptions)

function run(parent: MessagePort, options: WriterThreadOptions): void {
  const connection = openConnection(options.file, options.connection)
  const writer = createWriter(connection, createDictionary(connection), {
    ...identityOf(options.file),
    environment,
  })
  const ports = new Set<MessagePort>()
  const queue: Waiting[] = []

  function take(port: MessagePort, message: CommitMessage): void {
    for (const [call, writes] of unpack(message)) queue.push({ port, call, writes })
  }

  /** Takes every message that has arrived. */
  function gather(): void {
    for (const port of ports) {
      for (;;) {
        const received: { message: CommitMessage } | undefined = receiveMessageOnPort(port)
        if (received === undefined) break
        take(port, received.message)
      }
    }
  }

  function work(): void {
    for (;;) {
      gather()
      const batch = queue.splice(0, LISTS)
      if (batch.length === 0) {
        if (writer.collectGarbage()) environment.afterTurn(work)
        return
      }
      const outcomes = writer.commit(batch)
      const answers = new Map<MessagePort, AnswerMessage['answers'][number][]>()
      for (const [at, { port, call }] of batch.entries()) {
        const outcome = outcomes[at]
        const answer =
          outcome !== undefined && 'written' in outcome
            ? { call, written: outcome.written }
            : { call, fault: toFault(outcome?.error) }
        const list = answers.get(port)
        if (list === undefined) answers.set(port, [answer])
        else list.push(answer)
      }
      for (const [port, list] of answers) port.postMessage({ answers: list } satisfies AnswerMessage)
    }
  }

  environment.afterTurn(work)
  parent.on('message', (message: ControlMessage) => {
    if ('close' in message) {
      work()
      connection.close()
      for (const port of ports) port.close()
      parent.close()
      return
    }
    const { port } = message
    ports.add(port)
    port.on('message', (message: CommitMessage) => {
      take(port, message)
      work()
    })
    port.on('close', () => ports.delete(port))
  })
}
