// Each fault of a server is named with its step, and with what the real identity provider does about it.

import { describe, expect, test } from 'vitest'
import {
  SCENARIOS,
  type Simulated,
  type SimulateOptions,
  type StepResult,
  simulate,
  tellSimulation,
} from '../../src/simulate/index.ts'
import { altered, type Spoil, scimError, spoiled } from './spoiled.ts'

const play = (name: Simulated, spoil?: Spoil, options: SimulateOptions = {}) => {
  const { fetch, url, token } = spoiled(spoil)
  return simulate(name, { fetch, url, token, people: 2, seed: 7, ...options })
}

/** What is said of a step: its act and name, the verdict, and what the provider does. */
const told = ({ act, step, verdict, findings }: StepResult) =>
  [`${act}: ${step}`, verdict, findings.map(({ does }) => does).join('; ')] as const

const isWrite = (method: string) => method === 'PUT' || method === 'PATCH'

/** A fault, the first problem that it must come to, and what the provider does or shows. */
interface Case {
  readonly fault: string
  readonly provider: Simulated
  readonly spoil: Spoil
  readonly step: string
  readonly verdict: 'fails' | 'unnoticed'
  readonly does: RegExp
  readonly shows?: RegExp
}

const CASES: readonly Case[] = [
  {
    fault: 'a duplicate is answered with 500',
    provider: 'okta',
    spoil: async (_, pass) => {
      const answer = await pass()
      return answer.status === 409 ? scimError(500, 'duplicate key') : answer
    },
    step: 'existing: create the account a second time',
    verdict: 'fails',
    does: /a duplicate must be refused with 409/,
  },
  {
    fault: 'a duplicate is answered with 400',
    provider: 'authentik',
    spoil: async (_, pass) => {
      const answer = await pass()
      return answer.status === 409 ? scimError(400, 'taken') : answer
    },
    step: 'existing: create the account a second time',
    verdict: 'fails',
    does: /searches only after a 409/,
  },
  {
    fault: 'a duplicate is created',
    provider: 'entra',
    spoil: async ({ body }, pass) => {
      const answer = await pass()
      if (answer.status !== 409) return answer
      return pass({ body: body.replaceAll('@example.com', '@second.example.com') })
    },
    step: 'existing: create the account a second time',
    verdict: 'fails',
    does: /the person now has two accounts/,
  },
  {
    fault: 'every create is refused with a reason',
    provider: 'okta',
    spoil: ({ method, path }) =>
      method === 'POST' && path === '/Users' ? scimError(400, 'The seat limit is reached') : undefined,
    step: 'joiner: create the account',
    verdict: 'fails',
    does: /Dashboard > Tasks/,
    shows:
      /Error while creating user ada\.\S+@example\.com: Bad Request\. Errors reported by remote server: The seat limit is reached/,
  },
  {
    fault: 'a create is answered without a body',
    provider: 'okta',
    spoil: async ({ method }, pass) =>
      method === 'POST' ? new Response(null, { status: 201, headers: (await pass()).headers }) : undefined,
    step: 'joiner: create the account',
    verdict: 'fails',
    does: /marks the assignment as failed/,
    shows: /^Create new user returned empty user$/,
  },
  {
    fault: 'ids are numbers',
    provider: 'auth0',
    spoil: async ({ method }, pass) =>
      method === 'POST' ? altered(await pass(), (body) => ({ ...body, id: 7 })) : undefined,
    step: 'joiner: create the account',
    verdict: 'fails',
    does: /marks the delivery as failed/,
    shows: /^invalid response shape$/,
  },
  {
    fault: 'there is no PATCH',
    provider: 'okta-oin',
    spoil: ({ method }) => (method === 'PATCH' ? scimError(501, 'PATCH is not supported') : undefined),
    step: 'group: push the members',
    verdict: 'fails',
    does: /does not try PUT instead/,
  },
  {
    fault: 'PATCH of active is refused',
    provider: 'entra',
    spoil: ({ method, body }) =>
      method === 'PATCH' && body.includes('"path":"active"') ? scimError(400, 'active must be a boolean') : undefined,
    step: 'leaver: turn the account off',
    verdict: 'fails',
    does: /goes into quarantine, down to one cycle a day, and is switched off after four weeks/,
    shows: /^StatusCode: BadRequest Message: .* Web Response: .*active must be a boolean/,
  },
  {
    fault: 'the text "False" is taken for true',
    provider: 'entra',
    spoil: ({ body }, pass) => (body.includes('"False"') ? pass({ body: body.replace('"False"', 'true') }) : undefined),
    step: 'leaver: the account is off',
    verdict: 'unnoticed',
    does: /believes that the person has no access any more, and they still have it/,
  },
  {
    fault: 'PUT forgets active',
    provider: 'onelogin',
    spoil: ({ method, body }, pass) =>
      method === 'PUT' ? pass({ body: body.replace('"active":false', '"active":true') }) : undefined,
    step: 'leaver: the account is off',
    verdict: 'unnoticed',
    does: /they still have it/,
  },
  {
    fault: 'removal by a list of values empties the group',
    provider: 'entra',
    spoil: ({ body }, pass) =>
      body.includes('"op":"Remove"') ? pass({ body: body.replace(/,"value":\[.*?\]/, '') }) : undefined,
    step: 'group: one is out, and the others have stayed',
    verdict: 'unnoticed',
    does: /has others than it should have/,
  },
  {
    fault: 'a rename without a path empties the group',
    provider: 'okta-oin',
    spoil: async ({ method, path, body }, pass) => {
      if (method !== 'PATCH' || !body.includes('renamed')) return undefined
      await pass({ body: body.replace('"value":{', '"value":{"members":[],') })
      return pass({ method: 'GET', path, body: '' })
    },
    step: 'group: the name is new, and the members have stayed',
    verdict: 'unnoticed',
    does: /its new name and all its members, and it has not/,
  },
  {
    fault: '404 on groups',
    provider: 'okta',
    spoil: ({ path }) => (path.startsWith('/Groups') ? scimError(404, 'No such endpoint') : undefined),
    step: 'connect: list groups',
    verdict: 'fails',
    does: /provisioning cannot be switched on/,
    shows: /^Error authenticating: Not Found\. The connector configuration could not be tested/,
  },
  {
    fault: '404 on groups',
    provider: 'entra',
    spoil: ({ path }) => (path.startsWith('/Groups') ? scimError(404, 'No such endpoint') : undefined),
    step: 'connect: look for a group that cannot exist, even when only users are provisioned',
    verdict: 'fails',
    does: /the configuration cannot be saved/,
    shows: /^SystemForCrossDomainIdentityManagementServiceIncompatible$/,
  },
  {
    fault: '404 for nobody found',
    provider: 'entra',
    spoil: async ({ path }, pass) => {
      const answer = await pass()
      if (!path.includes('filter=')) return answer
      const { totalResults } = (await answer.clone().json()) as { readonly totalResults: number }
      return totalResults === 0 ? scimError(404, 'Nobody') : answer
    },
    step: 'connect: look for a user that cannot exist',
    verdict: 'fails',
    does: /the configuration cannot be saved/,
  },
  {
    fault: 'names compare by letter case',
    provider: 'entra',
    spoil: ({ path }, pass) => (/%22[A-Z0-9.@-]+%22/.test(path) ? pass({ path: '/Users?count=0' }) : undefined),
    step: 'existing: match in capitals',
    verdict: 'fails',
    does: /creates a second one/,
  },
  {
    fault: 'accounts that are off are hidden',
    provider: 'okta-oin',
    spoil: async ({ method, path }, pass) => {
      const answer = await pass()
      const isOff =
        method === 'GET' && /^\/Users\/[^?]+$/.test(path) && (await answer.clone().text()).includes('"active":false')
      return isOff ? scimError(404, 'No such user') : answer
    },
    step: 'leaver: the account is off',
    verdict: 'unnoticed',
    does: /will look for it by its id when the person returns; it is gone/,
  },
  {
    fault: 'the answer to a reactivation does not say so',
    provider: 'okta',
    spoil: async ({ method, body }, pass) =>
      isWrite(method) && body.includes('"active":true')
        ? altered(await pass(), ({ active: _active, ...rest }) => rest)
        : undefined,
    step: 'returner: turn the account on',
    verdict: 'fails',
    does: /a delay in reactivating the remote user/,
  },
  {
    fault: 'application/json is refused',
    provider: 'google',
    spoil: ({ method }) => (method === 'POST' ? scimError(415, 'Send application/scim+json') : undefined),
    step: 'joiner: create the account',
    verdict: 'fails',
    does: /provisions nobody: it sends application\/json/,
  },
  {
    fault: 'who is off is not listed',
    provider: 'rippling',
    spoil: async ({ path }, pass) =>
      path.includes('filter=')
        ? altered(await pass(), (body) => {
            const list = body.Resources as readonly { readonly active: boolean }[]
            const Resources = list.filter(({ active }) => active)
            return { ...body, totalResults: Resources.length, Resources }
          })
        : undefined,
    step: 'leaver: the person is in the listing',
    verdict: 'fails',
    does: /missing from its listing is gone for it/,
  },
  {
    fault: 'a page for people comes instead of JSON',
    provider: 'okta',
    spoil: ({ method }) =>
      method === 'GET' ? new Response('<html>Sign in</html>', { headers: { 'content-type': 'text/html' } }) : undefined,
    step: 'connect: list users',
    verdict: 'fails',
    does: /refuses the list/,
  },
]

describe('a fault is named with its step, and with what the provider does', () => {
  test.each(CASES)('$provider: $fault', async ({ provider, spoil, step, verdict, does, shows }) => {
    const played = await play(provider, spoil)
    const first = played.problems[0]
    expect(first, tellSimulation(played)).toBeDefined()
    if (first === undefined) return
    expect(told(first)).toEqual([step, verdict, expect.stringMatching(does)])
    if (shows !== undefined) expect(first.findings[0]?.shows).toMatch(shows)
    expect(played.works).toBe(false)
    expect(tellSimulation(played)).toContain(first.findings[0]?.wrong)
  })
})

describe('where a provider knows another way, it takes it, and an administrator is told', () => {
  test('JumpCloud turns its test account off where DELETE is missing', async () => {
    const played = await play('jumpcloud', ({ method }) => (method === 'DELETE' ? scimError(405, 'No') : undefined), {
      only: ['connect'],
    })
    expect(played.works).toBe(true)
    expect(played.steps.map(told)).toContainEqual([
      'connect: delete the test user',
      'warning',
      expect.stringContaining('it stays on the server, and takes up a seat'),
    ])
    expect(played.left.length).toBeGreaterThan(0)
  })

  test('Auth0 searches by userName where externalId is refused', async () => {
    const refuses: Spoil = ({ path }) => (path.includes('externalId') ? scimError(400, 'No such filter') : undefined)
    const played = await play('auth0', refuses, { people: 1 })
    expect(played.works).toBe(true)
    expect(played.steps.filter(({ step }) => step === 'find the account by userName')).toHaveLength(4)
  })

  test('authentik PUTs whole groups where it cannot read what the server can do', async () => {
    const played = await play('authentik', ({ path }) =>
      path === '/ServiceProviderConfig' ? scimError(404, 'No such endpoint') : undefined,
    )
    expect(played.works).toBe(true)
    const sent = played.steps.filter(({ act, look }) => act === 'group' && !look).map(({ request }) => request?.method)
    expect(sent).toEqual(['POST', 'PUT', 'PUT', 'GET'])
    expect(played.steps.map(({ step }) => step)).not.toContain('find the account, by a filter without quotes')
  })
})

describe('a search that ignores its filter', () => {
  const ignoresFilters: Spoil = ({ method, path }, pass) =>
    method === 'GET' && path.includes('filter=') ? pass({ path: path.replace(/\?.*/, '') }) : undefined

  test.each(Object.keys(SCENARIOS) as readonly Simulated[])('%s changes nobody who was there', async (name) => {
    const server = spoiled(ignoresFilters)
    const strangers = await Promise.all(['ceo@example.com', 'cfo@example.com'].map(server.make))
    const before = await server.held('/Users')
    await simulate(name, { fetch: server.fetch, url: server.url, token: server.token })
    expect(await server.held('/Users')).toEqual(before)
    expect(server.seen.filter((line) => !line.startsWith('GET') && strangers.some((id) => line.includes(id)))).toEqual(
      [],
    )
  })

  test('is told of: the provider would change somebody else', async () => {
    const server = spoiled(ignoresFilters)
    await server.make('ceo@example.com')
    const played = await simulate('okta', { fetch: server.fetch, url: server.url, token: server.token })
    expect(played.problems.map(told)).toContainEqual([
      'joiner: look the person up',
      'fails',
      expect.stringContaining("somebody else's"),
    ])
  })
})

describe('credentials', () => {
  test('wrong ones end it at once', async () => {
    const server = spoiled()
    const played = await simulate('okta', { fetch: server.fetch, url: server.url, token: 'wrong' })
    expect(played).toMatchObject({ works: false, stopped: true, requests: 1 })
    expect(played.problems[0]?.findings[0]?.shows).toMatch(/^Error authenticating: Unauthorized/)
  })

  test('are in no result, though the server repeats them', async () => {
    const server = spoiled(({ method, body }) =>
      method === 'POST' ? scimError(500, `Bearer ${server.token} ${body}`) : undefined,
    )
    const played = await simulate('entra', { fetch: server.fetch, url: server.url, token: server.token })
    expect(played.works).toBe(false)
    expect(JSON.stringify(played) + tellSimulation(played)).not.toContain(server.token)
  })
})

describe('a server at the root of its host', () => {
  test('is played and tidied up all the same', async () => {
    const server = spoiled()
    const moved = (request: Request) => server.fetch(new Request(request.url.replace(ROOT, server.url), request))
    const ROOT = 'http://root.example'
    const played = await simulate('onelogin', { fetch: moved, url: `${ROOT}/`, token: server.token })
    expect([tellSimulation(played), played.left]).toEqual([expect.stringMatching(/all works$/), []])
    expect(await server.held('/Users')).toEqual([])
  })
})

describe('patience', () => {
  test('who answers too late is told so', async () => {
    const late: Spoil = ({ method }) => (method === 'POST' ? new Promise<Response>(() => {}) : undefined)
    const played = await play('auth0', late, { timeoutMs: 20, people: 1 })
    expect(played.problems.map(told)[0]).toEqual([
      'joiner: create the account',
      'fails',
      expect.stringContaining('gives up after 1.5 seconds'),
    ])
  })

  test('a 429 is sent again, by those who do', async () => {
    let times = 0
    const throttled: Spoil = ({ method }) => {
      if (method !== 'POST' || ++times > 1) return undefined
      return new Response(null, { status: 429, headers: { 'retry-after': '0' } })
    }
    expect((await play('okta', throttled, { people: 1 })).works).toBe(true)
    times = 0
    const played = await play('entra', throttled)
    expect(played.problems.map(told)[0]).toEqual([
      'joiner: create the account',
      'fails',
      expect.stringContaining('whether it heeds Retry-After is not settled'),
    ])
  })
})

describe('what was made is removed', () => {
  test('also what nobody knows to have been made', async () => {
    const server = spoiled(async ({ method }, pass) => {
      if (method !== 'POST') return undefined
      await pass()
      throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
    })
    const played = await simulate('entra', { fetch: server.fetch, url: server.url, token: server.token })
    expect(played.problems[0]?.findings[0]?.wrong).toBe('no answer: socket hang up')
    expect([await server.held('/Users'), await server.held('/Groups'), played.left]).toEqual([[], [], []])
  })

  test('also what a server made twice', async () => {
    const server = spoiled(async ({ method, body }, pass) => {
      const answer = await pass()
      if (method !== 'POST' || answer.status !== 409) return answer
      return pass({ body: body.replaceAll('@example.com', '@second.example.com') })
    })
    await simulate('entra', { fetch: server.fetch, url: server.url, token: server.token })
    expect(await server.held('/Users')).toEqual([])
  })

  test('and what cannot be is told', async () => {
    const server = spoiled(({ method }) => (method === 'DELETE' ? scimError(403, 'No') : undefined))
    const played = await simulate('okta', { fetch: server.fetch, url: server.url, token: server.token, people: 1 })
    // Okta never deletes: what it does works.
    expect(played.works).toBe(true)
    const [user] = await server.held('/Users')
    expect(played.left).toEqual([
      expect.stringMatching(/^\/Groups\/\S+: DELETE got 403$/),
      `/Users/${user?.id}: DELETE got 403`,
    ])
  })

  test('but no group that may be somebody else’s, whose name was given', async () => {
    const server = spoiled(async ({ method, path }, pass) => {
      const answer = await pass()
      return method === 'POST' && path === '/Groups' ? scimError(500, 'Late') : answer
    })
    const options = { fetch: server.fetch, url: server.url, token: server.token, people: 1, group: 'Admins' }
    const { left } = await simulate('okta', { ...options, only: ['group'] })
    expect(left).toEqual([
      '/Groups: perhaps Admins, since nobody knows what came of its POST, and others may have its name',
    ])
    expect(await server.held('/Groups')).toMatchObject([{ displayName: 'Admins' }])
  })

  test('unless it is to be kept', async () => {
    const server = spoiled()
    const options = { fetch: server.fetch, url: server.url, token: server.token, people: 2, keep: true } as const
    const played = await simulate('entra', { ...options, only: ['joiner'] })
    expect(played.people.map(({ id }) => id)).toEqual((await server.held('/Users')).map(({ id }) => id))
  })

  test('after it was stopped, and whatever a callback throws', async () => {
    for (const mode of ['abort', 'throw']) {
      const server = spoiled()
      const stop = new AbortController()
      const running = simulate('entra', {
        ...{ fetch: server.fetch, url: server.url, token: server.token, signal: stop.signal },
        onStep({ request }) {
          if (request?.method !== 'POST') return
          if (mode === 'throw') throw new Error('full disk')
          stop.abort()
        },
      })
      if (mode === 'throw') await expect(running).rejects.toThrow('full disk')
      else expect(await running).toMatchObject({ works: false, stopped: true })
      expect(await server.held('/Users')).toEqual([])
    }
  })
})

describe('options', () => {
  test.each<[string, SimulateOptions, string]>([
    ['no server', {}, 'url: give the base URL of a SCIM server, or the fetch of one in this process'],
    ['no address', { url: 'app.example' }, 'url: must be an address like'],
    ['credentials in the address', { url: 'https://a:b@app.example/' }, 'url: must not hold credentials'],
    ['a query', { url: 'https://app.example/scim?x=1' }, 'url: must be a base URL, without a query'],
    ['nobody', { url: 'https://app.example', people: 0 }, 'people: must be a whole number from 1 to 1000, not 0'],
    ['too many', { url: 'https://app.example', people: 1001 }, 'people: must be a whole number from 1 to 1000'],
    ['a seed that is none', { url: 'https://app.example', seed: -1 }, 'seed: must be from 0 to 4294967295'],
    ['a domain that is none', { url: 'https://app.example', domain: 'x' }, 'domain: must be a domain name'],
    ['a group with quotes', { url: 'https://app.example', group: 'the "A"' }, 'group: must be a name of 1 to 200'],
    ['no acts', { url: 'https://app.example', only: [] }, 'only: must be some of connect, joiner'],
    ['no patience', { url: 'https://app.example', timeoutMs: 0 }, 'timeoutMs: must be from 1 to 600000'],
  ])('%s is refused', async (_case, options, message) => {
    await expect(simulate('okta', options)).rejects.toThrow(message)
  })

  test('a provider that nobody knows is refused', async () => {
    const name = 'nokta' as Simulated
    await expect(simulate(name, { url: 'https://app.example' })).rejects.toThrow(
      'provider: must be one of okta, okta-oin',
    )
  })

  test('the same seed plays the same people, another one others', async () => {
    const names = async (seed: number) =>
      (await play('entra', undefined, { seed, only: ['joiner'] })).people.map((one) => one.userName)
    expect(await names(1)).toEqual(await names(1))
    expect(await names(1)).not.toEqual(await names(2))
  })

  test('acts that are needed are played before the one that is asked for, however many people there are', async () => {
    const acts: string[] = []
    const played = await play('entra', undefined, {
      only: ['returner'],
      people: 60,
      onAct: ({ act, verdict, people }) => void acts.push(`${act} ${verdict} ${people.filter(({ id }) => id).length}`),
    })
    expect(acts).toEqual(['joiner works 60', 'leaver works 60', 'returner works 60'])
    expect(played.works).toBe(true)
  })
})
