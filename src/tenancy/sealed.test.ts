// Tests how secrets are sealed and opened.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { createSealer, makeSealKey, parseSealKeys, SealError, type SealKey, sealedWith } from './sealed.ts'

const CRM = { tenant: 'acme', kind: 'app', key: 'crm' } as const
const newKey = (): SealKey => {
  const [key] = parseSealKeys(makeSealKey(environment), 'test')
  if (key === undefined) throw new Error('No key')
  return key
}
const sealerOf = (...keys: readonly SealKey[]) => createSealer(async () => keys, environment)

test('what is sealed opens again, whatever it is, and is never sealed alike twice', async () => {
  const sealer = sealerOf(newKey())
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (secret) => {
      const [one, two] = [await sealer.seal(secret, CRM), await sealer.seal(secret, CRM)]
      expect(one).not.toBe(two)
      expect(await sealer.open(one, CRM)).toBe(secret)
      if (secret.length > 3) expect(one).not.toContain(secret)
    }),
  )
})

test.each([
  ['tenant', { ...CRM, tenant: 'other' }],
  ['kind', { ...CRM, kind: 'signing-key' }],
  ['key', { ...CRM, key: 'hr' }],
  // The parts are told apart.
  ['shifted parts', { tenant: 'acme","app', kind: 'crm', key: '' }],
])('moved to another %s it does not open', async (_, elsewhere) => {
  const sealer = sealerOf(newKey())
  const sealed = await sealer.seal('canary', CRM)
  await expect(sealer.open(sealed, elsewhere)).rejects.toMatchObject({ code: 'ERR_SEALED', reason: 'broken' })
})

test('a value with any part changed, cut or added to does not open', async () => {
  const sealer = sealerOf(newKey())
  const sealed = await sealer.seal('canary', CRM)
  const other = (character = '') => (character === 'A' ? 'B' : 'A')
  for (let at = 0; at < sealed.length - 1; at++) {
    const changed = sealed.slice(0, at) + other(sealed[at]) + sealed.slice(at + 1)
    await expect(sealer.open(changed, CRM), `${at}`).rejects.toBeInstanceOf(SealError)
  }
  for (const changed of [sealed.slice(0, -4), `${sealed}AAAA`, 's1.00000000.AAAA', '', 'canary'])
    await expect(sealer.open(changed, CRM)).rejects.toBeInstanceOf(SealError)
})

test('all keys open, the first one seals, and without its key a value says which one it needs', async () => {
  const [old, young] = [newKey(), newKey()]
  const sealed = await sealerOf(old).seal('canary', CRM)
  expect(sealedWith(sealed)).toBe(old.id)
  const both = sealerOf(young, old)
  expect(await both.open(sealed, CRM)).toBe('canary')
  const renewed = await both.renew(sealed, CRM)
  expect(sealedWith(renewed)).toBe(young.id)
  expect(await both.renew(renewed, CRM)).toBe(renewed)
  expect(await sealerOf(young).open(renewed, CRM)).toBe('canary')
  await expect(sealerOf(young).open(sealed, CRM)).rejects.toMatchObject({
    reason: 'key',
    message: expect.stringContaining(`sealed with key ${old.id}`),
  })
})

test('a key that is added later is found when a value names it, without a restart', async () => {
  const [old, young] = [newKey(), newKey()]
  let keys = [old]
  const sealer = createSealer(async () => keys, environment)
  const first = await sealer.seal('one', CRM)
  keys = [young, old]
  const second = await sealerOf(young).seal('two', CRM)
  expect(await sealer.open(second, CRM)).toBe('two')
  expect(sealedWith(await sealer.seal('three', CRM))).toBe(young.id)
  expect(await sealer.open(first, CRM)).toBe('one')
})

test('without a key nothing is sealed, and the error says how to make one', async () => {
  await expect(sealerOf().seal('canary', CRM)).rejects.toThrow('openssl rand -base64 32')
})

test('keys are read in base64, base64url and hexadecimal, with comments; wrong ones are refused and not repeated', () => {
  const bytes = Buffer.alloc(32, 0xfb)
  const forms = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]
  const ids = parseSealKeys(`# two keys\n${forms.join('\n')}\r\n`, 'test').map(({ id }) => id)
  expect(ids).toHaveLength(3)
  expect(new Set(ids).size).toBe(1)
  for (const wrong of ['canary', `${forms[0]},canary`, '', '# only a comment', `${'canary'.repeat(8)}`])
    expect(() => parseSealKeys(wrong, 'LOCKSTEP_SEAL_KEY')).toThrow(/^LOCKSTEP_SEAL_KEY: (?!.*canary)/)
})
