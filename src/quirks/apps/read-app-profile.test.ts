// Profiles of apps from JSON.

import { describe, expect, test } from 'vitest'
import { ConfigError, type Json, RFC_UPDATES, updatesOf } from '../../protocol/index.ts'
import { APPS } from './apps.ts'
import { PROFILE_SHAPE, readShape } from './profile-shape.ts'
import { readAppProfile } from './read-app-profile.ts'

test('a name is the built-in profile, nothing is the RFC', () => {
  expect(readAppProfile('aws')).toBe(APPS.aws)
  expect(readAppProfile(undefined)).toBe(APPS.rfc)
})

test('what departs from a profile is merged into it, and everything else stays', () => {
  const own = readAppProfile({
    base: 'aws',
    http: { headers: { 'x-team': 'directory' } },
    types: { Group: { members: { perRequest: 50, perOperation: null } }, Device: { put: 'none' } },
    user: { maxLength: { title: 40 } },
  })
  expect(own.http.headers).toEqual({ 'user-agent': 'Lockstep', 'x-team': 'directory' })
  expect(own.user.maxLength).toEqual({ ...APPS.aws.user.maxLength, title: 40 })
  expect(own.user.match).toEqual(APPS.aws.user.match)
  expect(updatesOf(own, 'Group').members).toEqual({
    ...updatesOf(APPS.aws, 'Group').members,
    perRequest: 50,
    perOperation: Number.POSITIVE_INFINITY,
  })
  expect(updatesOf(own, 'Device')).toEqual({ ...RFC_UPDATES, put: 'none' })
  expect(updatesOf(own, 'User')).toEqual(RFC_UPDATES)
})

test('what is said of all types holds for those that the base does not name', () => {
  const own = readAppProfile({ base: 'zoom', types: { '*': { opCase: 'title' } } })
  expect(updatesOf(own, 'Group').opCase).toBe('title')
  expect(updatesOf(own, 'User').opCase).toBe('lower')
})

describe('what makes no sense is refused', () => {
  test.each<[string, Json, string]>([
    ['no profile', 'awss', 'did you mean aws?'],
    ['no base', { base: 'awss' }, 'profile.base: there is no profile "awss"'],
    ['neither name nor object', 7, 'must be the name of a profile'],
    ['no setting', { usr: {} }, 'profile.usr: is no setting; did you mean user?'],
    ['no setting further in', { group: { members: { reed: 'none' } } }, 'did you mean read?'],
    ['no word', { off: { disable: 'maybe' } }, 'profile.off.disable: must be "active" or "delete"'],
    ['no number', { paging: { count: '100' } }, 'profile.paging.count: must be a whole number from 1 to 10000'],
    ['too large a number', { rate: { leaverShare: 2 } }, 'profile.rate.leaverShare: must be a number from 0 to 1'],
    ['a bucket', { rate: { buckets: [{ perMinute: 6, brust: 1 }] } }, 'rate.buckets[0].brust: is no setting'],
    ['a line break in a header', { http: { headers: { 'x-a': 'a\nb' } } }, 'without line breaks'],
    ['a secret in a header', { http: { headers: { authorization: 'x' } } }, 'use credentials'],
    ['a header in capitals', { http: { headers: { 'X-A': 'x' } } }, 'lower case'],
    ['a stand-in', { user: { defaults: { title: 'x' } } }, 'must be {"value": …}, or {"from": "…"}'],
    ['a path', { paths: { users: 'Users' } }, 'begins with a slash'],
    ['an inherited name', { constructor: {} }, 'is no setting'],
  ])('%s', (_case, json, message) => {
    expect(() => readAppProfile(json)).toThrow(ConfigError)
    expect(() => readAppProfile(json)).toThrow(message)
  })
})

test.each(Object.values(APPS))('$name says nothing that a profile cannot say, and has a date and sources', (app) => {
  const json = JSON.parse(JSON.stringify(app)) as Json
  expect(readShape(PROFILE_SHAPE, json, 'profile')).toEqual(app)
  expect(app.checked).toMatch(/^20\d\d-\d\d$/)
  expect(app.sources.length).toBeGreaterThan(0)
})
