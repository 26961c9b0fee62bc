import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder that only its owner may look into, with those above it. Level by level: the recursive mkdir of Node never ends where
 * a file system says of a folder that is there that it is not, as /proc does.
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
    // Some systems would rather say that the folder can't be made than that it is there.
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
