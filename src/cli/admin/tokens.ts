// `lockstep admin token`: creates, lists and revokes tokens of the admin API.

import { isoTime } from '../../tenancy/index.ts'
import { withLocal } from '../database/local.ts'
import { flagOption, lifetimeOption, listOption, type Options, textOption } from '../terminal/options.ts'
import { formatExpiry, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'

/** `lockstep admin token`: creates, lists or revokes tokens of the admin API. */
export async function adminToken(options: Options): Promise<void> {
  const lifetimeMs = lifetimeOption(options, Date.now())
  const json = flagOption(options, 'json')
  await withLocal(
    options,
    async ({ tenancy, url }) => {
      const revoked = textOption(options, 'revoke')
      if (revoked !== undefined) {
        await tenancy.adminTokens.revoke(revoked)
        if (json) printJson({ id: revoked, revoked: true })
        else printLine(`Admin token ${revoked} was revoked.`)
        return
      }
      if (flagOption(options, 'list')) {
        const tokens = await tenancy.adminTokens.list()
        if (json) {
          printJson(
            tokens.map(({ id, label, role, tenants, created, expires }) => ({
              id,
              label,
              role,
              tenants,
              created: isoTime(created),
              expires: isoTime(expires),
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
        ])
        return
      }
      const tenants = listOption(options, 'tenants')
      const { admin, token } = await tenancy.adminTokens.create({
        label: textOption(options, 'label') ?? 'admin',
        role: textOption(options, 'role') ?? 'owner',
        ...(tenants.length === 0 ? {} : { tenants }),
        ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
      })
      const address = `${await url()}/admin/v1`
      if (json) {
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
    },
    { create: true },
  )
}
