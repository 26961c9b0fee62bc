// A thread that copies a database.

import { workerData } from 'node:worker_threads'
import { type BackupOptions, copyDatabase } from './backup.ts'

// Copying a large database takes long; the thread that started this one continues to serve requests.
copyDatabase(workerData as BackupOptions)
