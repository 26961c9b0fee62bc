// Makes the link of a first start, which signs in the first owner of the console.

import { environment } from '../environment.ts'
import type { Store } from '../store/index.ts'
import { createOperators } from '../tenancy/index.ts'

/** Makes the secret of a link that signs in the first owner, for half an hour; undefined if there is an owner. */
export async function firstLink(store: Store): Promise<string | undefined> {
  // The admin API is loaded only now: most starts are no first ones.
  const { createOneTimeLinks, LINK_MS } = await import('../admin/index.ts')
  const operators = createOperators(store, environment, { actor: 'first start', role: 'owner', tenants: undefined })
  if ((await operators.firstOwner()) === undefined) return undefined
  const { secret } = await createOneTimeLinks(store, environment).make({ first: true }, LINK_MS.first, {
    actor: 'first start',
  })
  return secret
}
