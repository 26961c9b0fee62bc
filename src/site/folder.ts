// Makes folders that only their owner can read.

import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder that only its owner can read, with its parents. Level by level: the recursive mkdir of Node never ends on a file
 * system that denies the existence of a folder that exists, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (error) {
    const above = dirname(folder)
    if (codeOf(error) !== 'ENOENT' || above === folder) throw error
    await makeFolder(above)
    await makeOne(folder)
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    // Some systems report that the folder can't be made when it already exists.
    if (
      codeOf(error) === 'ENOENT' ||
      !(await stat(folder).then(
        (stats) => stats.isDirectory(),
        () => false,
      ))
    )
      throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
