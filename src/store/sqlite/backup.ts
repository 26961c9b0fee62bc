// Copies a database to another file while it is in use.

import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ConfigError } from '../../protocol/index.ts'
import { type Connection, openToLook } from './connection.ts'
import { threadFile } from './thread-file.ts'

/** Which file is copied to which. */
export interface BackupOptions {
  readonly file: string
  readonly to: string
  readonly busyTimeoutMs: number
}

/** Copies a database on a thread of its own, while others read and write; in a bundle, which has no such thread, on this one. */
export async function copyOnThread(options: BackupOptions): Promise<void> {
  // Checked here, because an error loses its class on its way from a thread.
  requireFolder(options.to)
  const file = threadFile('backup-thread')
  if (file === undefined) return copyDatabase(options)
  const worker = new Worker(file, { workerData: options })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The backup ended with code ${code}`))))
  })
}

/** Copies a database as of one moment. The copy appears under its name complete and synced, or not at all. */
export function copyDatabase({ file, to, busyTimeoutMs }: BackupOptions): void {
  const connection = openToLook(file, busyTimeoutMs)
  try {
    writeCopy(connection, to)
  } finally {
    connection.close()
  }
}

/** The same through an open connection. */
export function writeCopy(connection: Connection, to: string): void {
  requireFolder(to)
  const partial = `${to}.${process.pid}.partial`
  rmSync(partial, { force: true })
  try {
    // SQLite keeps the access rights of an empty file.
    closeSync(openSync(partial, 'wx', 0o600))
    connection.run('vacuum into ?', partial)
    sync(partial)
    renameSync(partial, to)
  } finally {
    rmSync(partial, { force: true })
  }
  sync(dirname(to))
}

function requireFolder(to: string): void {
  const folder = dirname(to)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw new ConfigError('backup', `there is no folder ${folder}; make it first, or name a file in another one`)
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
