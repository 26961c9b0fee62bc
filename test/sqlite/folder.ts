// Creates and removes a temporary folder for a test.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test, and the way to take it away. */
export async function makeFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
