import type { ChangeOptions } from '../../tenancy/index.ts'
import type { Local } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'

/** How a command changes what a tenant has of its own. */
export async function changeOptions({ directory }: Local, options: Options): Promise<ChangeOptions> {
  return { usage: await directory(), actor: 'cli', force: flagOption(options, 'force') }
}
