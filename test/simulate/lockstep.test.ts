// Each simulated identity provider does all its work against Lockstep, and leaves nothing behind.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assertWorksWith, watchLeavers } from '../../examples/simulate.ts'
import { SCENARIOS, type Simulated, simulate, tellSimulation } from '../../src/simulate/index.ts'
import { type Serving, serve } from '../serve.ts'
import { scimError, spoiled } from './spoiled.ts'

const NAMES = Object.keys(SCENARIOS) as readonly Simulated[]

let serving: Serving

beforeAll(async () => {
  serving = await serve()
})
afterAll(() => serving.close())

/** How many resources a connection can see. */
async function count(base: string, token: string): Promise<number> {
  const totals = await Promise.all(
    ['/Users', '/Groups'].map(async (path) => {
      const answer = await fetch(`${base}${path}?count=0`, { headers: { Authorization: `Bearer ${token}` } })
      const { totalResults } = (await answer.json()) as { readonly totalResults: number }
      return totalResults
    }),
  )
  return totals.reduce((sum, one) => sum + one, 0)
}

describe.each(NAMES)('%s', (name) => {
  test.each([SCENARIOS[name].kind, 'generic'])('works on a connection of the kind %s', async (kind) => {
    const { base, token } = await serving.connection(kind)
    const played = await simulate(name, { url: base, token, people: 3 })
    expect(tellSimulation(played)).toBe(`${played.provider} (${played.about}): all works`)
    expect(played.works).toBe(true)
    expect(played.steps.filter(({ verdict }) => verdict !== 'works')).toEqual([])
    expect(played.acts.map(({ act }) => act)).toEqual(
      expect.arrayContaining(['joiner', 'existing', 'mover', 'leaver', 'returner']),
    )
    expect(played.left).toEqual([])
    expect(await count(base, token)).toBe(0)
  })
})

describe('the example of the guide', () => {
  test('passes with a server that works, and says what is wrong with one that does not', async () => {
    const { fetch, token } = spoiled()
    await assertWorksWith(['onelogin', 'entra'], fetch, token)
    const broken = spoiled(({ method }) => (method === 'PUT' ? scimError(501, 'No PUT') : undefined))
    await expect(assertWorksWith(['onelogin'], broken.fetch, token)).rejects.toThrow(/mover, replace the account/)
  })

  test('watches people leave', async () => {
    const { base, token } = await serving.connection('okta')
    const hasAccess = async (id: string) => {
      const answer = await fetch(`${base}/Users/${id}`, { headers: { Authorization: `Bearer ${token}` } })
      return ((await answer.json()) as { readonly active: boolean }).active
    }
    expect(await watchLeavers(base, token, hasAccess)).toEqual([
      'joiner: in',
      'joiner: in',
      'leaver: out',
      'leaver: out',
    ])
  })
})

test('a group can be named, so that the app gives it a role; the host may be a name of this machine', async () => {
  const { base, token } = await serving.connection('entra')
  const { port, pathname } = new URL(base)
  const url = `http://acme.localhost:${port}${pathname}`
  const names: string[] = []
  const played = await simulate('entra', {
    url,
    token,
    people: 1,
    group: 'R&D + Admins',
    only: ['group'],
    onStep({ request }) {
      const body = request?.method === 'POST' ? JSON.parse(request.body ?? '{}') : {}
      if (body.displayName !== undefined && request?.path.startsWith('/Groups')) names.push(body.displayName)
    },
  })
  expect(tellSimulation(played)).toMatch(/all works$/)
  expect(names).toEqual(['R&D + Admins'])
})
