// The probe of SCIM apps: what it sees, what it proposes, and that it leaves nothing behind.

import { describe, expect, test } from 'vitest'
import { cleanUpProbes, probeApp } from '../../src/hub/adapters/scim/probe.ts'
import type { Json } from '../../src/protocol/index.ts'
import { createFakeApp, FAKE_PROFILES, type FakeProfile } from '../../src/testing/index.ts'
import { serve } from '../serve.ts'
import { settingsOf, unhurriedApp } from './scim-app.ts'

function start(profile: FakeProfile, configured: Json) {
  const app = unhurriedApp(profile)
  const fetch = (url: string, init: RequestInit) => app.fetch(url, init)
  const { settings, deps } = settingsOf({ url: app.base, profile: configured, fetch })
  return { app, settings, deps }
}

const signal = new AbortController().signal
const HIDING: FakeProfile = {
  ...FAKE_PROFILES.strict,
  users: { ...FAKE_PROFILES.strict.users, disable: 'hidden', remove: 'deactivates' },
  groups: { ...FAKE_PROFILES.strict.groups, fixed: ['displayName'] },
}

describe('what is configured is what is seen', () => {
  test.each<[string, FakeProfile]>([
    ['rfc', FAKE_PROFILES.strict],
    ['aws', FAKE_PROFILES['aws-like']],
    ['slack', FAKE_PROFILES['slack-like']],
    ['github-emu', FAKE_PROFILES['github-like']],
    ['entra-era', FAKE_PROFILES['entra-era']],
  ])('%s', async (name, profile) => {
    const { app, settings, deps } = start(profile, name)
    const report = await probeApp(settings, deps, { signal })
    expect(report.differences).toEqual([])
    expect(report.findings.length).toBeGreaterThan(8)
    expect(report.left).toEqual([])
    expect(app.state().filter(({ attributes }) => attributes.active !== false)).toEqual([])
  })
})

describe('what is seen is proposed', () => {
  test('members that only a filter shows, cursors, members removed by a list', async () => {
    const { settings, deps } = start(FAKE_PROFILES['aws-like'], 'rfc')
    const { proposed } = await probeApp(settings, deps, { signal })
    expect(proposed).toMatchObject({
      base: 'rfc',
      group: { members: { read: 'filter' } },
      types: { Group: { members: { remove: 'value-list' } } },
    })
  })

  test('accounts that are not found once they are off, and groups that keep their names', async () => {
    const { settings, deps } = start(HIDING, 'rfc')
    const { proposed, left } = await probeApp(settings, deps, { signal })
    expect(proposed).toMatchObject({
      off: { disabledReads: false },
      types: { Group: { fixed: ['displayName'] } },
    })
    expect(left).toEqual([])
  })

  test('capital operations', async () => {
    const { settings, deps } = start(FAKE_PROFILES['entra-era'], 'rfc')
    const { proposed } = await probeApp(settings, deps, { signal })
    expect(proposed).toMatchObject({
      types: { User: { opCase: 'title' }, Group: { members: { remove: 'value-list' } } },
    })
  })

  test('names that are rewritten, and a removal that nothing undoes', async () => {
    const { settings, deps } = start(FAKE_PROFILES['github-like'], 'rfc')
    const { proposed } = await probeApp(settings, deps, { signal })
    expect(proposed).toMatchObject({ user: { normalise: { userName: 'slug' } }, off: { removeMeans: 'irreversible' } })
  })

  test('the proposed profile sees no more differences', async () => {
    for (const fake of [FAKE_PROFILES['aws-like'], FAKE_PROFILES['entra-era'], FAKE_PROFILES['github-like'], HIDING]) {
      const first = start(fake, 'rfc')
      const { proposed } = await probeApp(first.settings, first.deps, { signal })
      const second = start(fake, proposed)
      const { differences } = await probeApp(second.settings, second.deps, { signal })
      expect(differences, fake.name).toEqual([])
    }
  })
})

test('Lockstep itself is a strict server', async () => {
  const serving = await serve()
  try {
    const { base, token } = await serving.connection('generic')
    const { settings, deps } = settingsOf({ url: base, token })
    const report = await probeApp(settings, deps, { signal })
    expect(report.differences).toEqual([])
    expect(report.left).toEqual([])
  } finally {
    await serving.close()
  }
})

test('a probe that is ended removes what it made; what one that was killed has left is found and removed', async () => {
  const { app, settings, deps } = start(FAKE_PROFILES.strict, 'rfc')
  const ending = new AbortController()
  const onProgress = (text: string) => {
    if (text.startsWith('PATCH /Users')) ending.abort(new Error('enough'))
  }
  await expect(probeApp(settings, deps, { signal: ending.signal, onProgress })).rejects.toThrow('enough')
  expect(app.state()).toEqual([])

  const killed = {
    ...deps,
    environment: {
      ...deps.environment,
      fetch: async (url: string, init: RequestInit) => {
        if (init.method === 'DELETE') throw new TypeError('the process is gone')
        return deps.environment.fetch(url, init)
      },
    },
  }
  const { left } = await probeApp(settings, killed, { signal })
  expect(left.length).toBeGreaterThan(0)
  await app.fetch(`${app.base}/Users`, {
    method: 'POST',
    headers: { 'content-type': 'application/scim+json' },
    body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'lsp-somebody-else' }),
  })
  expect(await cleanUpProbes(settings, deps, { signal })).toHaveLength(left.length)
  expect(app.state().map(({ attributes }) => attributes.userName)).toEqual(['lsp-somebody-else'])
})

test('an app that lets nobody in is told as such', async () => {
  const app = createFakeApp({ token: 'right' })
  const { settings, deps } = settingsOf({ url: app.base, token: 'wrong', fetch: (url, init) => app.fetch(url, init) })
  await expect(probeApp(settings, deps, { signal })).rejects.toMatchObject({ trouble: 'credentials', status: 401 })
})
