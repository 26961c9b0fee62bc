import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'

/** From which file to which. */
export interface BackupOptions {
  readonly file: string
  readonly to: string
  readonly busyTimeoutMs: number
}

/** Copies a database on a thread of its own, while everybody else reads and writes. */
export function copyOnThread(options: BackupOptions): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./backup-thread.${extension}`, import.meta.url), { workerData: options })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the backup ended with code ${code}`))))
  })
}

/** Copies a database as of one moment. The copy appears whole, on disk, under its name, or not at all. */
export function copyDatabase({ file, to, busyTimeoutMs }: BackupOptions): void {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs })
  try {
    writeCopy(db, to)
  } finally {
    db.close()
  }
}

/** The same through an open connection. */
export function writeCopy(db: DatabaseSync, to: string): void {
  const partial = `${to}.${process.pid}.partial`
  rmSync(partial, { force: true })
  try {
    db.prepare('vacuum into ?').run(partial)
    sync(partial)
    renameSync(partial, to)
  } finally {
    rmSync(partial, { force: true })
  }
  sync(dirname(to))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
