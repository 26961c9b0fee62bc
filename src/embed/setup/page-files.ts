// The files of the setup page: put into this module by the build, read from console/dist in the repository.

import type { PageFile } from './page-file.ts'

/** The files of the page by their names below it; `index.html` is the page itself. Undefined if it was not built. */
export async function readPageFiles(): Promise<{ readonly [name: string]: PageFile } | undefined> {
  const { collectPageFiles } = await import('./collect-page-files.ts')
  return collectPageFiles(new URL('../../../console/dist/', import.meta.url))
}
