// Explains one resource in one app: source, scope clause by clause, match, difference, requests.

import type { Json } from '../../protocol/index.ts'
import { type Explanation, type Link, type LinkState, QUEUES } from '../contract/index.ts'
import { readSources } from '../engine/source.ts'
import { type PlanDeps, type PlanStep, planApp } from './plan.ts'

/** Explains a person, or a group, in an app. It reads, here and in the app, and sends nothing. */
export async function explain(deps: PlanDeps, user: string, type: 'User' | 'Group' = 'User'): Promise<Explanation> {
  const { store, tenant, app } = deps
  let step: PlanStep | undefined
  await planApp(
    deps,
    async ([found]) => {
      step = found
    },
    { type, ids: [user] },
    true,
  )
  const [sources, [item]] = await Promise.all([
    readSources(store, tenant, [{ type, id: user }]),
    store.items(tenant, QUEUES.links(app.settings.id), { keys: [user] }),
  ])
  const source = sources.get(user)
  const link = item === undefined ? undefined : (item.value as unknown as Link)
  const document = source?.document
  const scope =
    document === undefined || source === undefined
      ? { in: false, clauses: [] }
      : app.scope.decide(type, document, source.memberOf)
  const { planned } = step ?? {}
  return {
    source: document,
    scope: { in: scope.in, clauses: scope.clauses },
    match: matchOf(link, planned),
    wanted: planned?.want?.document,
    acked: link?.acked,
    link: {
      state: (item?.state ?? '') as LinkState,
      ...(link?.account === undefined ? {} : { account: link.account }),
      ...(link?.reason === undefined ? {} : { reason: link.reason }),
    },
    item: planned?.item ?? {
      resource: user,
      type,
      name: link?.name ?? user,
      action: 'same',
      why: document === undefined ? 'there is no such resource, and no account' : 'out of scope, and no account',
      requests: [],
    },
  }
}

function matchOf(link: Link | undefined, planned: PlanStep['planned'] | undefined): Explanation['match'] {
  if (link?.account !== undefined)
    return { keys: [], found: [link.account], note: 'linked already: the app is not searched' }
  const keys = (planned?.keys ?? []).map(({ attribute, value }) => ({ attribute, value })) as Json
  const { found } = planned ?? {}
  switch (found?.found) {
    case undefined:
      return { keys, found: [], note: 'no account is wanted: the app is not searched' }
    case 'none':
      return { keys, found: [], note: 'the app has no such account' }
    case 'one':
      return { keys, found: [found.account.id], note: `one account has ${found.key.attribute} "${found.key.value}"` }
    case 'taken':
      return { keys, found: [found.account.id], note: `the account belongs to ${found.by}` }
    case 'many':
      return { keys, found: found.accounts.map(({ id }) => id), note: `several accounts have ${found.key.attribute}` }
  }
}
