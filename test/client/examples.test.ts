// The examples of the client guide work.

import { generateKeyPairSync } from 'node:crypto'
import { bearer, createDirectory, createProvider, Group, memoryStore } from 'lockstep'
import { createClient, token, User } from 'lockstep/client'
import { type Serving, serve } from 'lockstep/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { switchOff } from '../../examples/client.ts'
import { requestsFor } from '../../examples/client-diff.ts'
import { hire } from '../../examples/client-errors.ts'
import { clientOf } from '../../examples/client-oauth.ts'
import { Employee, welcome } from '../../examples/client-types.ts'
import { scripted } from './scripted.ts'

let serving: Serving
beforeAll(async () => {
  const directory = createDirectory({ store: memoryStore(), types: [Employee, Group] })
  const scim = createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'test' } }) })
  serving = await serve(scim.fetch)
})
afterAll(() => serving.close())
const url = () => `${serving.url}/scim/v2`
const app = () => createClient({ url: url(), auth: token('secret'), attempts: 1 })

test('the examples of the guide do what they say', async () => {
  const gone = await scripted(() => '')
  await gone.close()
  expect(await welcome(app(), 'Staff', ['ada', 'bob'])).toBe(3)
  const { resources } = await app().query(Group)
  expect(resources[0]?.members).toHaveLength(2)
  expect(await hire(app(), 'cyd')).toMatch(/^created as /)
  expect(await hire(app(), 'CYD')).toBe('already exists')
  expect(await hire(createClient({ url: url(), auth: token('wrong'), attempts: 1 }), 'x')).toMatch(/refused with 401/)
  expect(await hire(createClient({ url: gone.url, attempts: 1 }), 'x')).toMatch(/^not created/)
  await app().create(User, { userName: 'dan', active: true, emails: [{ value: 'dan@old.example' }] })
  expect(await switchOff(url(), 'secret', '@old.example')).toEqual(['dan'])
  expect(await switchOff(url(), 'secret', '@old.example')).toEqual([])
  const names = Array.from({ length: 150 }, (_, at) => `${at}`)
  expect(requestsFor([], names)).toMatchObject({
    patches: [[{ op: 'add' }], [{ op: 'add' }]],
    notes: [expect.any(String)],
  })
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  expect(clientOf(url(), key as string).url).toBe(url())
})
