// `lockstep connection`: creates, lists, rotates and revokes connections.

import { formatRights, parseRights } from '../../access/index.ts'
import { type Connection, type ConnectionDraft, describeConnection } from '../../tenancy/index.ts'
import { withLocal } from '../database/local.ts'
import { flagOption, lifetimeOption, listOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { formatExpiry, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'
import { printIssued } from './issued-token.ts'

/** The new connection that the options describe. */
export function readDraft(options: Options): ConnectionDraft {
  const rights = parseRights(textOption(options, 'rights') ?? 'all')
  if (typeof rights === 'string') throw new UsageError(`--rights: ${rights}`)
  const lifetimeMs = lifetimeOption(options, Date.now())
  const allow = listOption(options, 'allow')
  const forbid = listOption(options, 'forbid')
  const draft: { [name: string]: string | undefined } = {}
  for (const name of ['kind', 'profile', 'label', 'subject']) {
    const text = textOption(options, name)
    if (text !== undefined) draft[name] = text
  }
  return { ...draft, rights, allow, forbid, ...(lifetimeMs === undefined ? {} : { lifetimeMs }) }
}

/** `lockstep connection create`. */
export async function createConnection([tenant = '']: readonly string[], options: Options): Promise<void> {
  const draft = readDraft(options)
  await withLocal(options, async ({ tenancy, baseUrl }) => {
    printIssued(await tenancy.connections.create(tenant, draft), await baseUrl(tenant), options)
  })
}

/** `lockstep connection list`. */
export async function listConnections([tenant = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async ({ tenancy }) => {
    const connections = await tenancy.connections.list(tenant)
    if (flagOption(options, 'json')) {
      printJson(connections.map(describeConnection))
      return
    }
    const rows = connections.flatMap((connection) =>
      (connection.tokens.length === 0 ? [undefined] : connection.tokens).map((token) => ({ connection, token })),
    )
    printTable(rows, [
      ['CONNECTION', ({ connection }) => connection.id],
      ['LABEL', ({ connection }) => connection.label],
      ['KIND', ({ connection }) => formatKind(connection)],
      ['RIGHTS', ({ connection }) => formatRights(connection.rights)],
      ['TOKEN', ({ token }) => token?.id ?? 'none'],
      ['EXPIRES', ({ token }) => token && formatExpiry(token.expires, Date.now())],
      ['LAST USED', ({ token }) => token && (formatTime(token.lastUsed) || 'never')],
    ])
  })
}

/** The kind of a connection, with what differs from it: `okta (strict) +uniqueGroupNames -anyForm`. */
function formatKind({ kind, profile, allow = [], forbid = [] }: Connection): string {
  const own = [...allow.map((name) => ` +${name}`), ...forbid.map((name) => ` -${name}`)]
  return `${kind}${profile === undefined ? '' : ` (${profile})`}${own.join('')}`
}

/** `lockstep connection rotate`. */
export async function rotateConnection([tenant = '', id = '']: readonly string[], options: Options): Promise<void> {
  const lifetimeMs = lifetimeOption(options, Date.now())
  await withLocal(options, async ({ tenancy, baseUrl }) => {
    const issued = await tenancy.connections.rotate(tenant, id, {
      ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
      revokeOthers: flagOption(options, 'revokeOthers'),
    })
    printIssued(issued, await baseUrl(tenant), options)
  })
}

/** `lockstep connection revoke`. */
export async function revokeConnection([tenant = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async ({ tenancy }) => {
    const token = textOption(options, 'token')
    await tenancy.connections.revoke(tenant, id, token)
    if (flagOption(options, 'json'))
      printJson({ tenant, connection: id, ...(token === undefined ? {} : { token: token }), revoked: true })
    else
      printLine(
        token === undefined ? `Connection "${id}" and all its tokens were revoked.` : `Token ${token} was revoked.`,
      )
  })
}
