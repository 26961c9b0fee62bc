// The options that every change to a tenant's schemas takes.

import type { ChangeOptions } from '../../tenancy/index.ts'
import type { Local } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'

/** Options for a change to a tenant's schemas, types or indexes. */
export async function changeOptions({ directory }: Local, options: Options): Promise<ChangeOptions> {
  return { usage: await directory(), actor: 'cli', force: flagOption(options, 'force') }
}
