// `lockstep admin token`: creates, lists and revokes tokens of the admin API.

import { isoTime } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { flagOption, lifetimeOption, listOption, type Options, textOption } from '../terminal/options.ts'
import { formatExpiry, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'

/** `lockstep admin token`: creates, lists or revokes tokens of the admin API. */
export async function adminToken(options: Options): Promise<void> {
  const lifetimeMs = lifetimeOption(options, Date.now())
  const use = (local: Local) => {
    const revoked = textOption(options, 'revoke')
    if (revoked !== undefined) return revokeToken(local, revoked, options)
    return flagOption(options, 'list') ? listTokens(local, options) : createToken(local, lifetimeMs, options)
  }
  await withLocal(options, use, { create: true })
}

async function revokeToken({ tenancy }: Local, id: string, options: Options): Promise<void> {
  await tenancy.adminTokens.revoke(id)
  if (flagOption(options, 'json')) printJson({ id, revoked: true })
  else printLine(`Admin token ${id} was revoked.`)
}

async function listTokens({ tenancy }: Local, options: Options): Promise<void> {
  const tokens = await tenancy.adminTokens.list()
  if (flagOption(options, 'json')) {
    printJson(
      tokens.map(({ created, expires, lastUsed, ...token }) => ({
        ...token,
        created: isoTime(created),
        expires: isoTime(expires),
        lastUsed: isoTime(lastUsed),
      })),
    )
    return
  }
  printTable(tokens, [
    ['TOKEN', ({ id }) => id],
    ['LABEL', ({ label }) => label],
    ['ROLE', ({ role }) => role],
    ['TENANTS', ({ tenants }) => tenants?.join(', ') ?? 'all'],
    ['CREATED', ({ created }) => formatTime(created)],
    ['EXPIRES', ({ expires }) => formatExpiry(expires, Date.now())],
    ['LAST USED', ({ lastUsed }) => formatTime(lastUsed)],
  ])
}

async function createToken(
  { tenancy, url }: Local,
  lifetimeMs: number | null | undefined,
  options: Options,
): Promise<void> {
  const tenants = listOption(options, 'tenants')
  const { admin, token } = await tenancy.adminTokens.create({
    label: textOption(options, 'label') ?? 'admin',
    role: textOption(options, 'role') ?? 'owner',
    ...(tenants.length === 0 ? {} : { tenants }),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
  })
  const address = `${await url()}/admin/v1`
  if (flagOption(options, 'json')) {
    const { id, label, role, expires } = admin
    printJson({ id, label, role, tenants: admin.tenants, url: address, token, expires: isoTime(expires) })
    return
  }
  printFacts([
    ['Admin API', address],
    ['Token', token],
    ['Expires', formatTime(admin.expires) || 'never'],
  ])
  printLine()
  printLine('The token is shown only this once; only its hash is stored. Try it:')
  printLine()
  printLine(`  curl -H 'Authorization: Bearer ${token}' '${address}/tenants'`)
}
