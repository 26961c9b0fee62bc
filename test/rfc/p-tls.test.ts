// Plain HTTP from another machine is refused. RFC 7644 §7.1.

import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { serve } from '../serve.ts'
import { createClient, user } from './client.ts'

// RFC 7644 §7.2: transport security. TLS ends in front of the server; what comes past it is refused.

/** An address of this machine that is not loopback; undefined when it has none. */
function outside(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

/** A port that is free now. */
async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, () => resolve()))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return String(typeof address === 'object' ? address?.port : 0)
}

test('P-001 plain http from outside is refused without being carried out, unless TLS ends in front', async ({
  skip,
}) => {
  const address = outside()
  if (address === undefined) return skip('this machine has no address but loopback')
  const at = (port: string, base: string) => base.replace(/^https?:\/\/[^/]+/, `http://${address}:${port}`)

  const open = await serve({ flags: { host: '0.0.0.0' } })
  try {
    const { base, token } = await open.connection('strict')
    const local = createClient({ base, token })
    const far = createClient({ base: at(new URL(open.url).port, base), token })
    const refused = await far.post('/Users', user())
    expect([307, 308, 403, 426], refused.text).toContain(refused.status)
    expect((await local.get('/Users')).body.totalResults).toBe(0)
  } finally {
    await open.close()
  }

  const port = await freePort()
  const behind = await serve({ flags: { host: '0.0.0.0', port, publicUrl: 'https://scim.example.com' } })
  try {
    const { base, token } = await behind.connection('strict')
    const far = createClient({ base: at(port, base), token })
    const made = await far.post('/Users', user(), { 'x-forwarded-proto': 'https' })
    expect(made.status, made.text).toBe(201)
    expect(made.headers.get('location')).toMatch(/^https:\/\/scim\.example\.com\/tenants\//)
  } finally {
    await behind.close()
  }
})
