// Tests which URLs and addresses requests may go to, by the vectors.

import { expect, test } from 'vitest'
import { isPublic } from '../../src/outbound/addresses.ts'
import { createOutbound, type OutboundPolicy } from '../../src/outbound/index.ts'
import { vectors } from '../vectors/vectors.ts'

/** A way out without a network: what is looked up is kept, and has no address. */
function lookedUp(policy: OutboundPolicy = {}) {
  const names: string[] = []
  const resolve = async (name: string) => {
    names.push(name)
    throw new Error('No network in this test')
  }
  return { names, ...createOutbound({ ...policy, resolve }) }
}

test.each(vectors('outbound-url.refused.txt'))('refused: $given', async ({ given, expected }) => {
  const { fetch, names } = lookedUp()
  await expect(fetch(given, {})).rejects.toMatchObject({
    code: 'ERR_OUTBOUND_REFUSED',
    message: expect.stringContaining(expected ?? ''),
  })
  expect(names).toEqual([])
})

test.each(vectors('outbound-url.allowed.txt'))('allowed: $given', async ({ given, expected }) => {
  const { fetch, names } = lookedUp()
  const [host] = expected?.split(' ') ?? []
  await expect(fetch(given, {})).rejects.toMatchObject({ code: 'ERR_OUTBOUND_CONNECT' })
  expect(names).toEqual([host])
})

test.each(vectors('outbound-address.txt'))('$given is $expected', ({ given, expected }) => {
  expect(isPublic(given) ? 'public' : 'inner').toBe(expected)
})

test('a URL may have 2,048 characters, and not one more', async () => {
  const { fetch } = lookedUp()
  const url = `https://app.example.com/${'x'.repeat(2_048 - 24)}`
  await expect(fetch(url, {})).rejects.toMatchObject({ code: 'ERR_OUTBOUND_CONNECT' })
  await expect(fetch(`${url}x`, {})).rejects.toMatchObject({ message: expect.stringContaining('2049 characters') })
})

test('a message never repeats a password', async () => {
  const { fetch } = lookedUp()
  const error = await fetch('https://user:canary@app.example.com/', {}).catch((thrown: unknown) => String(thrown))
  expect(error).not.toContain('canary')
  expect(() => createOutbound({ proxy: 'socks://user:canary@proxy' })).toThrow(/^(?!.*canary)/)
})

test('with an allowed network, addresses outside it and public ones are refused as hosts all the same', async () => {
  const { fetch, names } = lookedUp({ allow: [{ address: '10.1.0.0', bits: 16 }] })
  for (const host of ['10.2.0.1', '127.0.0.1', '8.8.8.8', '[::1]', '[::ffff:10.2.0.1]', '0xa020001'])
    await expect(fetch(`https://${host}/`, {}), host).rejects.toMatchObject({ code: 'ERR_OUTBOUND_REFUSED' })
  expect(names).toEqual([])
})
