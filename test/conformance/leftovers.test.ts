// The checker finds and removes what it has left behind, and nothing else.

import { expect, test } from 'vitest'
import { checkHere, createHere, HERE } from './here.ts'

type Fetch = (request: Request) => Promise<Response>

/** Creates users with these names, and runs a check of one case that cleans up first. */
async function cleaned(fetch: Fetch, names: readonly string[]) {
  for (const userName of names) {
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName })
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/scim+json' }
    expect((await fetch(new Request(`${HERE}/Users`, { method: 'POST', headers, body }))).status).toBe(201)
  }
  const { leftovers } = await checkHere(fetch, { only: ['P-060'], clean: true })
  const list = await fetch(new Request(`${HERE}/Users`, { headers: { authorization: 'Bearer secret' } }))
  const { Resources } = (await list.json()) as { Resources: readonly { userName: string }[] }
  return { leftovers, left: Resources.map(({ userName }) => userName) }
}

const MADE = [
  'lockstep-check-abcdef-1@example.com',
  'lockstep-check-abcdef-4-displayname-0',
  'lockstep-check-abcdef-610-jürgen@example.com',
  'lockstep-check-abcdef-754@example.com Żółć 日本',
]
const STRANGERS = ['lockstep-check-er@example.com', 'lockstep-check-abcdef', 'ada@example.com']

test('leftovers are found by any name that a case gives; users with similar names are left alone', async () => {
  expect(await cleaned(createHere(), [...MADE, ...STRANGERS])).toEqual({ leftovers: [], left: STRANGERS })
})

test('where "sw" is unknown the whole list is read, and 200 to a DELETE is as good as 204', async () => {
  const here = createHere()
  const fetch: Fetch = async (request) => {
    if (new URL(request.url).searchParams.get('filter')?.includes(' sw ')) return Response.json({}, { status: 400 })
    const answer = await here(request)
    return answer.status === 204 ? new Response('') : answer
  }
  expect(await cleaned(fetch, [...MADE, ...STRANGERS])).toEqual({ leftovers: [], left: STRANGERS })
})

test('a server that breaks off at some requests is checked with all others', async () => {
  const here = createHere()
  const fetch: Fetch = async (request) => {
    if (new URL(request.url).searchParams.get('filter')?.includes(' sw ')) throw new TypeError('fetch failed')
    return here(request)
  }
  const { counts, left, leftovers } = await checkHere(fetch, { only: ['create', 'P-129'] })
  expect(counts).toMatchObject({ must: 0 })
  expect(counts.passed).toBeGreaterThan(10)
  expect(counts.untested).toBeGreaterThan(0)
  expect([...left, ...leftovers]).toEqual([])
})
