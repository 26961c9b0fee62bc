// Makes a token for the customer of a link: shown once, never to the vendor, and the earlier one ends.

import { hashToken, tokenId } from '../../access/index.ts'
import type { Environment } from '../../environment.ts'
import type { Json } from '../../protocol/index.ts'
import { isKind, type Kind } from '../../quirks/index.ts'
import { factsOf, oneRecord, putIfSame, type Store, untilUnchanged } from '../../store/index.ts'
import type { ConnectionDoor, LinkedToken } from './connection-door.ts'
import { isOpen, type KeptLink, SETUP_LINK, type SetupLink, type SetupToken, toLink } from './link.ts'
import { noSession, wrong } from './refused.ts'

/** Most tokens of a link that are remembered. */
const TOKENS = 20

/** What making tokens works with. */
export interface TokenDeps {
  readonly store: Store
  readonly environment: Environment
  /** The connections of tenants, for changes under this name in the log. */
  readonly connections: (actor: string) => ConnectionDoor
}

/** A token just made: the only time that it is shown. */
export interface MadeToken {
  readonly token: string
  readonly link: SetupLink
}

/** Makes the first token of a link with its connection, or another one in place of the earlier ones. Throws Refused. */
export async function makeLinkToken(deps: TokenDeps, kept: KeptLink, given: string | undefined): Promise<MadeToken> {
  const { link } = kept
  const { store } = deps
  const kind = chosenKind(link, given)
  const connections = deps.connections(`setup:${link.id}`)
  const place = (await store.tenant(link.tenant))?.place ?? 0
  const made = await make(connections, link, kind)
  const { id } = made.connection
  const after = await keep(deps, kept, made, place)
  if (isOpen(after, deps.environment.now())) return { token: made.token, link: after }
  // The link was revoked in the meantime: what was made through it must not stay.
  await connections.revoke(link.tenant, id, tokenId(hashToken(made.token)))
  throw noSession()
}

function chosenKind(link: SetupLink, given: string | undefined): Kind {
  const kind = given ?? (link.kinds.length === 1 ? link.kinds[0] : undefined)
  if (kind === undefined || !isKind(kind) || !link.kinds.includes(kind))
    throw wrong(`kind must be one of ${link.kinds.join(', ')}`)
  return kind
}

async function make(connections: ConnectionDoor, link: SetupLink, kind: Kind): Promise<LinkedToken> {
  const { tenant, connection, label } = link
  if (connection === undefined) return connections.create(tenant, { kind, ...(label === undefined ? {} : { label }) })
  const now = await connections.show(tenant, connection)
  if (now.kind !== kind) {
    const named = now.label === now.kind ? kind : now.label
    await connections.change(tenant, connection, { kind, label: named, rights: now.rights })
  }
  return connections.rotate(tenant, connection, { revokeOthers: true })
}

/** Notes the token in its link; the earlier ones are over. */
function keep(
  { store, environment }: TokenDeps,
  { link: { tenant }, record: { key } }: KeptLink,
  { token, connection }: LinkedToken,
  place: number,
): Promise<SetupLink> {
  const made: SetupToken = { id: tokenId(hashToken(token)), made: environment.now(), length: token.length }
  return untilUnchanged(key, async () => {
    const record = await oneRecord(store, tenant, SETUP_LINK, key)
    if (record === undefined) throw noSession()
    const { link } = toLink(record)
    const earlier = link.tokens.map((one) => ({ ...one, ended: one.ended ?? made.made }))
    const tokens = [...earlier, made].slice(-TOKENS) as unknown as Json
    const value = { ...factsOf(record), connection: connection.id, place: link.place ?? place, tokens }
    await store.commit([putIfSame(record, value)])
    return toLink({ ...record, value }).link
  })
}
