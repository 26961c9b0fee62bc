// `lockstep console link`: makes a link that signs in to the console, also where nothing else lets anybody in.

import { createOneTimeLinks, LINK_MS } from '../../admin/index.ts'
import { environment } from '../../environment.ts'
import { LockstepError } from '../../protocol/index.ts'
import { createOperators, isoTime } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { formatTime, printFacts, printJson, printLine } from '../terminal/print.ts'

/** `lockstep console link [operator]`: makes a one-time link. Whoever can open the database can sign in. */
export async function consoleLink(operator: string | undefined, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const whom = await whomFor(local, operator)
    const links = createOneTimeLinks(local.store, environment)
    const { secret, expires } = await links.make(whom, LINK_MS.command, { actor: 'cli', told: local.told })
    const link = `${await local.url()}/console/first#k=${secret}`
    const name = 'operator' in whom ? whom.operator : undefined
    if (flagOption(options, 'json')) return printJson({ link, operator: name, expires: isoTime(expires) })
    printFacts([
      ['Link', link],
      ['Signs in', name ?? 'the first owner'],
      ['Until', formatTime(expires)],
    ])
    printLine()
    printLine('It works once. Only its hash is stored.')
  })
}

/** Whom a link signs in: the operator that is named, the only one there is, or the first owner. */
async function whomFor({ store }: Local, named: string | undefined) {
  const operators = createOperators(store, environment, { actor: 'cli', role: 'owner', tenants: undefined })
  const all = await operators.list()
  if (named !== undefined) {
    if (all.some(({ id }) => id === named)) return { operator: named }
    throw new LockstepError('ERR_NOT_FOUND', `There is no operator "${named}"${listed(all.map(({ id }) => id))}`)
  }
  // Without an owner nobody could make one in the console.
  if ((await operators.firstOwner()) !== undefined) return { first: true } as const
  const [only] = all
  if (only !== undefined && all.length === 1) return { operator: only.id }
  throw new UsageError(`Name the operator${listed(all.map(({ id }) => id))}`)
}

function listed(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `; there are ${ids.join(', ')}`
}
