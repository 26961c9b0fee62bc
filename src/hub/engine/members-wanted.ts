// Who is to be a member of a group in an app, as of now.

import { type Link, QUEUES } from '../contract/index.ts'
import { accountOf } from './match.ts'
import { flattens, membersAmong } from './nested.ts'
import type { Job, Turn } from './turn.ts'

/** A resource, looked at as a member of one group. */
export interface WantedMember {
  readonly link: Link | undefined
  /** The account that is to be a member; undefined when it is not to be one. */
  readonly account: string | undefined
  /** It is to be one as soon as it has an account. */
  readonly isWanted: boolean
}

/** Which of these resources are to be members of a group in the app: in it here, in scope, and with an account there. */
export async function wantedMembers(
  turn: Turn,
  { item: { key: group } }: Pick<Job, 'item'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, WantedMember>> {
  const { deps, tenant, app } = turn
  const flat = flattens(app)
  const [inGroup, links] = await Promise.all([
    membersAmong(deps.store, tenant, group, keys, flat),
    deps.store.items(tenant, QUEUES.links(app.settings.id), { keys }),
  ])
  const stored = new Map(links.map(({ key, value }) => [key, value as unknown as Link]))
  return new Map(
    keys.map((key): readonly [string, WantedMember] => {
      // What a delivery under way knows is newer than what is stored.
      const link = turn.jobs.get(key)?.link ?? stored.get(key)
      const isNested = link?.type === 'Group' && flat
      const isWanted = inGroup.has(key) && link?.inScope === true && !isNested
      return [key, { link, isWanted, account: isWanted ? accountOf(turn, link) : undefined }]
    }),
  )
}
