import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ConfigError } from '../../protocol/index.ts'
import { type Connection, openToLook } from './connection.ts'

/** From which file to which. */
export interface BackupOptions {
  readonly file: string
  readonly to: string
  readonly busyTimeoutMs: number
}

/** Copies a database on a thread of its own, while everybody else reads and writes. */
export async function copyOnThread(options: BackupOptions): Promise<void> {
  // Here, because what a thread throws arrives without its class.
  requireFolder(options.to)
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./backup-thread.${extension}`, import.meta.url), { workerData: options })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the backup ended with code ${code}`))))
  })
}

/** Copies a database as of one moment. The copy appears whole, on disk, under its name, or not at all. */
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
    // SQLite takes an empty file as it is, with the access it has.
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
