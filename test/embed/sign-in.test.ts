// Who signs in is the person who was provisioned, or nobody.

import { afterEach, describe, expect, test } from 'vitest'
import { bearer } from '../../src/access/index.ts'
import { type Arrival, type Lockstep, lockstep, type SsoConnection } from '../../src/embed/index.ts'
import { type Json, LENIENT } from '../../src/protocol/index.ts'
import { onPostgres } from '../database-under-test.ts'
import { DATABASES, inMemory, type Opened } from './databases.ts'

const ending: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

const OKTA: SsoConnection = { id: 'okta', kind: 'okta', issuer: 'https://acme.okta.com', domains: ['acme.example'] }
const TENANT_ID = '11111111-2222-3333-4444-555555555555'
const ENTRA: SsoConnection = {
  id: 'entra',
  kind: 'entra',
  issuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
  domains: ['Acme.example'],
}

type People = readonly { readonly id: string; readonly userName: string; readonly [name: string]: Json }[]

async function setUp(on: () => Promise<Opened>, connections: readonly SsoConnection[], people: People) {
  const database = await on()
  ending.push(database.end)
  const scim = lockstep({
    store: database.store,
    authenticate: bearer({ t: { tenant: 'acme', actor: 'okta', kind: 'okta' } }),
    signIn: { connections: (tenant) => (tenant === 'acme' ? connections : []) },
  })
  ending.push(scim.close)
  expect(await scim.adopt('acme', people)).toMatchObject({ adopted: people.length })
  const { directory } = await scim.open()
  const context = { tenant: 'acme', actor: 'okta', allow: LENIENT }
  const signIn = (arrival: Partial<Arrival>) =>
    scim.signIn({ tenant: 'acme', issuer: OKTA.issuer, subject: '00u1', ...arrival })
  const set = (id: string, path: string, value: Json) =>
    directory.patch(context, 'User', id, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path, value }],
    })
  return { scim, again: database.again, store: database.store, directory, context, signIn, set }
}

const ann = { id: '1', userName: 'ann@acme.example', externalId: '00u1', emails: [{ value: 'Ann@acme.example' }] }
const bea = { id: '2', userName: 'bea@acme.example', emails: [{ value: 'bea@acme.example' }] }
const accepted = (id: string, rule: string) => ({ outcome: 'accepted', person: { id }, link: { rule } })
const refused = (code: string) => ({ outcome: 'refused', code: `ERR_SIGNIN_${code}` })

describe.each(DATABASES)('on %s', (_name, on) => {
  test('a link is made once, by the immutable id, and counts whatever changes afterwards', async () => {
    const { signIn, set, scim, store } = await setUp(on, [OKTA], [ann, bea])
    const first = await signIn({})
    expect(first).toMatchObject({
      outcome: 'accepted',
      person: { id: '1', userName: 'ann@acme.example' },
      link: { issuer: OKTA.issuer, subject: '00u1', connection: 'okta', rule: 'immutable' },
    })
    await set('1', 'externalId', 'changed')
    await set('1', 'userName', 'renamed')
    await set('2', 'externalId', '00u1')
    expect(await signIn({})).toMatchObject(accepted('1', 'immutable'))
    expect(await scim.signIns.links('acme', '1')).toMatchObject([{ subject: '00u1', connection: 'okta' }])
    expect(await scim.signIns.links('acme', '2')).toEqual([])
    const notes = (await store.changes('acme', 0, 100)).filter(({ op }) => op === 'note')
    expect(notes).toMatchObject([
      { type: 'SignIn', id: '1', actor: 'sign-in:okta', paths: [{ new: 'linked' }, {}, {}] },
    ])
    expect(JSON.stringify(notes)).not.toContain('00u1')
  })

  test('somebody who was deactivated is refused, and in again when active again', async () => {
    const { signIn, set, scim } = await setUp(on, [OKTA], [ann])
    await set('1', 'active', false)
    expect(await signIn({})).toMatchObject(refused('INACTIVE'))
    expect(await scim.signIns.links('acme', '1')).toEqual([])
    await set('1', 'active', true)
    expect(await signIn({})).toMatchObject(accepted('1', 'immutable'))
    expect(await scim.signIns.check('acme', '1')).toMatchObject({ in: true, person: { id: '1' } })
    await set('1', 'active', false)
    expect(await signIn({})).toMatchObject(refused('INACTIVE'))
    expect(await scim.signIns.check('acme', '1')).toEqual({ in: false, code: 'ERR_SIGNIN_INACTIVE' })
    expect(await scim.signIns.check('acme', 'nobody')).toEqual({ in: false, code: 'ERR_SIGNIN_INACTIVE' })
    expect(await scim.signIns.check('other', '1')).toEqual({ in: false, code: 'ERR_SIGNIN_INACTIVE' })
  })

  test('links go with the person, also when somebody comes under the same id', async () => {
    const { signIn, scim, directory, context, store } = await setUp(on, [OKTA], [ann])
    await signIn({})
    expect(await store.items('acme', 'sign-in-link', { limit: 10 })).toHaveLength(2)
    await directory.remove(context, 'User', '1')
    expect(await store.items('acme', 'sign-in-link', { limit: 10 })).toEqual([])
    expect(await signIn({})).toMatchObject(refused('UNKNOWN'))
    await scim.adopt('acme', [{ id: '1', userName: 'somebody-else' }])
    expect(await signIn({})).toMatchObject(refused('UNKNOWN'))
  })

  test('of many who come at once with one address only one is linked', async () => {
    const { signIn, scim } = await setUp(on, [{ ...OKTA, kind: 'generic', email: true }], [bea])
    const arrivals = Array.from({ length: 12 }, (_, n) =>
      signIn({ subject: `s${n}`, email: 'bea@acme.example', emailVerified: true }),
    )
    const outcomes = await Promise.all(arrivals)
    expect(outcomes.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
    expect(await scim.signIns.links('acme', '2')).toHaveLength(1)
  })

  test('whoever is deactivated while signing in is not linked', async () => {
    for (let n = 0; n < 5; n++) {
      const { signIn, set, scim } = await setUp(on, [OKTA], [ann])
      const [outcome] = await Promise.all([signIn({}), set('1', 'active', false)])
      // Either it was before, and the session ends; or it was after, and nobody was let in.
      if (outcome.outcome === 'refused') expect(await scim.signIns.links('acme', '1')).toEqual([])
      expect((await scim.signIns.check('acme', '1')).in).toBe(false)
    }
  })

  test('a process hears whose sessions are to end, and so does another one', async () => {
    const { scim, store, again, set, directory, context } = await setUp(on, [OKTA], [ann, bea])
    const other: Lockstep = lockstep({
      store: again ?? store,
      authenticate: () => undefined,
      signIn: {},
    })
    ending.push(other.close)
    const heard: string[] = []
    const enough = new Promise<void>((resolve) => {
      const hear = (who: string) => (end: { person: string; cause: string; tenant: string }) => {
        heard.push(`${who} ${end.tenant} ${end.person} ${end.cause}`)
        if (heard.length === 4) resolve()
      }
      ending.push(async () => {
        for (const stop of stops) stop()
      })
      const stops = [scim.signIns.onEnd(hear('one')), other.signIns.onEnd(hear('other'))]
    })
    await set('1', 'title', 'Dr')
    await set('1', 'active', false)
    await set('1', 'title', 'Prof')
    await directory.remove(context, 'User', '2')
    await enough
    expect(heard.sort()).toEqual([
      'one acme 1 deactivated',
      'one acme 2 deleted',
      'other acme 1 deactivated',
      'other acme 2 deleted',
    ])
  })
})

// The rest is the same on every database.
const on = inMemory

describe.skipIf(onPostgres)('rules', () => {
  test('Entra is found by oid, whose sub is another for each app', async () => {
    const oid = 'aaaaaaaa-0000-0000-0000-000000000001'
    const { signIn } = await setUp(
      on,
      [ENTRA],
      [
        { ...ann, externalId: oid },
        { ...bea, externalId: 'sub-of-another-app' },
      ],
    )
    const at = { issuer: ENTRA.issuer, subject: 'sub-of-another-app' }
    expect(await signIn({ ...at, claims: { oid } })).toMatchObject(accepted('1', 'immutable'))
    const saml = { 'http://schemas.microsoft.com/identity/claims/objectidentifier': [oid] }
    expect(await signIn({ ...at, subject: 'nameid', claims: saml })).toMatchObject(accepted('1', 'immutable'))
    expect(await signIn({ ...at, subject: 's2', claims: {} })).toMatchObject(refused('UNKNOWN'))
  })

  test('Entra with externalId from mailNickname is found by its name in a domain of the tenant', async () => {
    const { signIn } = await setUp(on, [ENTRA], [{ ...ann, externalId: 'ann' }])
    const claims = { oid: 'aaaaaaaa-0000-0000-0000-000000000001', preferred_username: 'Ann@acme.example' }
    expect(await signIn({ issuer: ENTRA.issuer, subject: 's', claims })).toMatchObject(accepted('1', 'userName'))
  })

  test('several people with one externalId are nobody', async () => {
    const { signIn } = await setUp(on, [OKTA], [ann, { ...bea, externalId: '00u1' }])
    const outcome = await signIn({})
    expect(outcome).toMatchObject({ ...refused('AMBIGUOUS'), why: expect.stringMatching(/1 and 2/) })
    expect((outcome as { shown: string }).shown).not.toMatch(/1 and 2|externalId/)
  })

  test('a SAML NameID that is the user name', async () => {
    const saml: SsoConnection = { id: 'adfs', protocol: 'saml', issuer: 'urn:adfs', domains: ['acme.example'] }
    const { signIn } = await setUp(on, [saml], [bea])
    expect(await signIn({ issuer: 'urn:adfs', subject: 'BEA@acme.example' })).toMatchObject(accepted('2', 'userName'))
  })

  test('who is a filter: only those may come in', async () => {
    const { signIn, set } = await setUp(on, [{ ...OKTA, who: 'title eq "Dr"' }], [ann])
    expect(await signIn({})).toMatchObject(refused('NOT_ASSIGNED'))
    await set('1', 'title', 'Dr')
    expect(await signIn({})).toMatchObject(accepted('1', 'immutable'))
    await set('1', 'title', 'Mr')
    expect(await signIn({})).toMatchObject(refused('NOT_ASSIGNED'))
  })

  test('links by hand, and unlinking', async () => {
    const { signIn, scim } = await setUp(on, [OKTA], [bea])
    const identity = { issuer: OKTA.issuer, subject: 'odd', connection: 'okta', actor: 'support' }
    await scim.signIns.link('acme', '2', identity)
    expect(await signIn({ subject: 'odd' })).toMatchObject(accepted('2', 'person'))
    expect(await scim.signIns.unlink('acme', '2', { actor: 'support', issuer: 'https://other' })).toBe(0)
    expect(await scim.signIns.unlink('acme', '2', { actor: 'support' })).toBe(1)
    expect(await signIn({ subject: 'odd' })).toMatchObject(refused('UNKNOWN'))
    await expect(scim.signIns.link('acme', 'nobody', identity)).rejects.toMatchObject({ status: 404 })
  })
})

describe.skipIf(onPostgres)('attacks', () => {
  const mailing: SsoConnection = { ...OKTA, kind: 'generic', email: true }
  const at = (more: Partial<Arrival>) => ({ subject: 'evil', ...more })

  test.each([
    ['not verified', { email: 'bea@acme.example', emailVerified: false }],
    ['nothing said', { email: 'bea@acme.example' }],
    ['verified as text', { email: 'bea@acme.example', emailVerified: 'true' as never }],
    ['verified as a number', { email: 'bea@acme.example', emailVerified: 1 as never }],
    ['another domain', { email: 'bea@evil.example', emailVerified: true }],
    ['a domain that ends the same', { email: 'bea@notacme.example', emailVerified: true }],
    ['two at-signs', { email: 'bea@acme.example@evil.example', emailVerified: true }],
    ['a sub-domain', { email: 'bea@x.acme.example', emailVerified: true }],
    ['a look-alike domain', { email: 'bea@аcme.example', emailVerified: true }],
    ['a list', { email: ['bea@acme.example'] as never, emailVerified: true }],
    ['verified only among the claims', { email: 'bea@acme.example', claims: { email_verified: true } }],
  ] as const)('an e-mail that counts for nothing: %s', async (_what, more) => {
    const { signIn } = await setUp(
      on,
      [mailing],
      [bea, { id: '9', userName: 'x', emails: [{ value: 'bea@notacme.example' }] }],
    )
    expect(await signIn(at(more))).toMatchObject(refused('UNKNOWN'))
  })

  test('an e-mail finds only where the connection says so, and only whoever has never signed in', async () => {
    const verified = at({ email: 'bea@acme.example', emailVerified: true })
    expect(await (await setUp(on, [{ ...mailing, email: false }], [bea])).signIn(verified)).toMatchObject(
      refused('UNKNOWN'),
    )
    expect(await (await setUp(on, [{ ...mailing, domains: [] }], [bea])).signIn(verified)).toMatchObject(
      refused('UNKNOWN'),
    )
    const { signIn } = await setUp(on, [mailing], [bea])
    expect(await signIn({ ...verified, subject: 'good' })).toMatchObject(accepted('2', 'email'))
    expect(await signIn(verified)).toMatchObject({
      ...refused('LINK'),
      why: expect.stringMatching(/linked to another identity/),
    })
  })

  test('an address or a name that was given to somebody else opens nothing', async () => {
    const { signIn } = await setUp(on, [{ ...OKTA, email: true }], [ann])
    const newcomer = { subject: '00u2', claims: { preferred_username: 'ann@acme.example' } }
    expect(await signIn(newcomer)).toMatchObject({ ...refused('LINK'), why: expect.stringMatching(/another account/) })
    const mailed = { subject: '00u2', email: 'ann@acme.example', emailVerified: true }
    expect(await signIn(mailed)).toMatchObject(refused('LINK'))
  })

  test('an address that is called an immutable id is an address still', async () => {
    const saml: SsoConnection = { ...OKTA, protocol: 'saml' }
    const mailed = { ...ann, externalId: 'ann@acme.example' }
    const { signIn, scim } = await setUp(on, [saml], [mailed, { ...bea, externalId: 'bea@elsewhere.example' }])
    expect(await signIn({ subject: 'bea@elsewhere.example' })).toMatchObject(refused('UNKNOWN'))
    const identity = { issuer: OKTA.issuer, subject: 'hers', connection: 'okta', actor: 'support' }
    await scim.signIns.link('acme', '1', identity)
    expect(await signIn({ subject: 'ann@acme.example' })).toMatchObject(refused('LINK'))
  })

  test('look-alike names that fold to a plain one are somebody else', async () => {
    const { signIn } = await setUp(on, [{ ...OKTA, kind: 'generic' }], [{ id: 'k', userName: 'kim@acme.example' }])
    for (const name of ['\u212aim@acme.example', 'ｋim@acme.example', 'кim@acme.example', 'kim@acme.example\u200b']) {
      const claims = { preferred_username: name }
      expect(await signIn({ subject: 's', claims }), name).toMatchObject(refused('UNKNOWN'))
    }
    expect(await signIn({ subject: 's', claims: { preferred_username: 'KIM@ACME.example' } })).toMatchObject(
      accepted('k', 'userName'),
    )
  })

  test("another tenant's issuer, a near one, and another connection's are refused", async () => {
    const { signIn, scim } = await setUp(
      on,
      [OKTA, ENTRA, { ...OKTA, id: 'okta-2', issuer: 'https://two.okta.com' }],
      [ann],
    )
    for (const issuer of [
      'https://evil.okta.com',
      'https://acme.okta.com/',
      'https://ACME.okta.com',
      'https://acme.okta.com.evil.example',
    ]) {
      expect(await signIn({ issuer })).toMatchObject(refused('CONNECTION'))
    }
    expect(await signIn({ connection: 'entra' })).toMatchObject(refused('CONNECTION'))
    expect(await signIn({ connection: 'okta' })).toMatchObject(accepted('1', 'immutable'))
    expect(await scim.signIn({ tenant: 'other', issuer: OKTA.issuer, subject: '00u1' })).toMatchObject(
      refused('CONNECTION'),
    )
    // The same subject of another identity provider of the same tenant is somebody else.
    expect(await signIn({ issuer: 'https://two.okta.com', subject: 'x' })).toMatchObject(refused('UNKNOWN'))
  })

  test('a link counts in its tenant alone', async () => {
    const database = await on()
    ending.push(database.end)
    const scim = lockstep({
      store: database.store,
      authenticate: () => undefined,
      signIn: { connections: () => [OKTA] },
    })
    await scim.adopt('acme', [ann])
    await scim.adopt('other', [{ ...ann, externalId: 'other' }])
    const arrival = { issuer: OKTA.issuer, subject: '00u1' }
    expect(await scim.signIn({ tenant: 'acme', ...arrival })).toMatchObject(accepted('1', 'immutable'))
    expect(await scim.signIn({ tenant: 'other', ...arrival })).toMatchObject(refused('UNKNOWN'))
    expect(await scim.signIns.links('other', '1')).toEqual([])
  })

  test('several connections with one issuer must be told apart', async () => {
    const { signIn } = await setUp(on, [OKTA, { ...OKTA, id: 'okta-2' }], [ann])
    expect(await signIn({})).toMatchObject({ ...refused('CONNECTION'), why: expect.stringMatching(/several/) })
    expect(await signIn({ connection: 'okta-2' })).toMatchObject(accepted('1', 'immutable'))
  })

  test('every refusal shows the same words, and a reference to find the reason by', async () => {
    const { signIn, set } = await setUp(on, [OKTA], [ann])
    await set('1', 'active', false)
    const shown = new Set<string>()
    for (const arrival of [{}, { subject: 'nobody' }]) {
      const outcome = await signIn(arrival)
      if (outcome.outcome !== 'refused') throw new Error('was accepted')
      expect(outcome.shown).toContain(outcome.reference)
      shown.add(outcome.shown.replace(outcome.reference, ''))
    }
    expect(shown.size).toBe(1)
  })

  test('what no library gives is a fault of the app', async () => {
    const { signIn } = await setUp(on, [OKTA], [])
    for (const wrong of [{ subject: '' }, { subject: undefined }, { issuer: 7 }, { subject: 'x'.repeat(2_049) }]) {
      await expect(signIn(wrong as never)).rejects.toThrow(/^signIn: (subject|issuer): must be a text/)
    }
  })

  test.each([
    [{ id: '', issuer: 'x' }, /needs an id/],
    [{ id: 'a', issuer: '' }, /needs the issuer/],
    [{ id: 'a', issuer: 'https://login.microsoftonline.com/common/v2.0' }, /of one tenant/],
    [{ id: 'a', issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }, /of one tenant/],
    [{ id: 'a', issuer: 'x', domains: ['*.example'] }, /is no domain/],
    [{ id: 'a', issuer: 'x', who: 'active eq' }, /who is no filter/],
    [{ id: 'a', issuer: 'x', who: 'title eq "Dr") or (id pr' }, /who is no filter/],
    [{ id: 'a', issuer: 'x', domains: ['acme.example/'] }, /is no domain/],
  ])('a connection that makes no sense: %j', async (connection, words) => {
    const { signIn } = await setUp(on, [connection], [{ ...ann, externalId: 'abc' }])
    await expect(signIn({ issuer: 'x', subject: 'abc' })).rejects.toThrow(words)
  })
})

describe.skipIf(onPostgres)('just in time', () => {
  const jit: SsoConnection = { ...OKTA, kind: 'generic', jit: 'create' }
  const claims = {
    preferred_username: 'new@acme.example',
    given_name: 'Nia',
    family_name: 'New',
    name: 'Nia New',
    admin: true,
  }

  test('nobody is created unless the connection says so', async () => {
    const { signIn } = await setUp(on, [OKTA], [])
    expect(await signIn({ subject: 's', claims })).toMatchObject(refused('UNKNOWN'))
  })

  test('creates with what the connection may vouch for, once', async () => {
    const { signIn, store } = await setUp(on, [jit], [])
    const arrival = { subject: 's', email: 'new@acme.example', emailVerified: true, claims }
    const [one, two] = await Promise.all([signIn(arrival), signIn(arrival)])
    const made = [one, two].find(({ outcome }) => outcome === 'accepted')
    expect(made).toMatchObject({
      person: {
        userName: 'new@acme.example',
        displayName: 'Nia New',
        user: { externalId: 's', name: { givenName: 'Nia' } },
      },
      link: { rule: 'jit' },
    })
    expect(await signIn(arrival)).toMatchObject({ outcome: 'accepted', link: { rule: 'jit' } })
    expect(await store.tenant('acme')).toMatchObject({ resources: { User: 1 } })
    expect(JSON.stringify(made)).not.toContain('admin')
  })

  test('not from another domain, nor in the place of somebody who is there', async () => {
    const { signIn, store } = await setUp(on, [jit], [ann, { id: '5', userName: 'new@acme.example' }])
    const foreign = { preferred_username: 'new@evil.example' }
    expect(
      await signIn({ subject: 's', email: 'new@evil.example', emailVerified: true, claims: foreign }),
    ).toMatchObject(refused('UNKNOWN'))
    expect(await signIn({ subject: 's1', email: 'ann@acme.example', emailVerified: true })).toMatchObject(
      refused('LINK'),
    )
    expect(await store.tenant('acme')).toMatchObject({ resources: { User: 2 } })
  })
})

describe.skipIf(onPostgres)('options', () => {
  test.each([
    [{ signIn: { conections: () => [] } }, /^signIn.conections: is no option/],
    [{ signIn: { connections: [] } }, /^signIn.connections: must be a function/],
    [{ signIn: 7 }, /^signIn: must be an object/],
    [{ match: {} }, /^match: must be a function/],
    [{ match: () => undefined, onMatch: 'both' }, /^onMatch: must be one of/],
    [{ onMatch: 'adopt' }, /^onMatch: .* no match/],
  ])('%j is told at creation', async (options, words) => {
    const { store, end } = await on()
    ending.push(end)
    expect(() => lockstep({ store, authenticate: () => undefined, ...(options as object) })).toThrow(words)
  })

  test('sign-ins without the option say what is needed', async () => {
    const { store, end } = await on()
    ending.push(end)
    const scim = lockstep({ store, authenticate: () => undefined })
    await expect(scim.signIn({ tenant: 'acme', issuer: 'x', subject: 'y' })).rejects.toThrow(
      /^signIn.connections: is needed/,
    )
    expect(() => scim.signIns.onEnd(() => undefined)).toThrow(/^signIn: is needed/)
    await expect(scim.signIns.links('acme', '1')).rejects.toThrow(/^signIn: is needed/)
  })
})
