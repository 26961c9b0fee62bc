/** A thread that copies a database, however long it takes. */
import { workerData } from 'node:worker_threads'
import { type BackupOptions, copyDatabase } from './backup.ts'

// Copying takes as long as the database is large; whoever started the thread goes on serving.
copyDatabase(workerData as BackupOptions)
