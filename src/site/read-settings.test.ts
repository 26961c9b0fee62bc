// Tests how settings are read from flags and the environment.

import { expect, test } from 'vitest'
import { readSettings } from './read-settings.ts'
import { localUrl } from './settings.ts'

test('without flags and environment the defaults hold', () => {
  expect(readSettings({}, {})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    database: 'data/lockstep.db',
    logLevel: 'info',
    requestSeconds: 30,
    hub: true,
    record: { place: 'beside' },
    recordDays: 14,
    workers: 1,
  })
})

test('flags go before the environment, the environment before defaults', () => {
  const env = { PORT: '9000', HOST: '0.0.0.0', LOCKSTEP_DATABASE: 'sqlite:/a.db', LOCKSTEP_LOG_LEVEL: 'warn' }
  expect(readSettings({ port: '9001' }, env)).toEqual({
    host: '0.0.0.0',
    port: 9001,
    database: '/a.db',
    logLevel: 'warn',
    requestSeconds: 30,
    hub: true,
    record: { place: 'beside' },
    recordDays: 14,
    workers: 1,
  })
  expect(readSettings({}, { PORT: '' }).port).toBe(8080)
})

test.each([
  ['sqlite:data/x.db', 'data/x.db'],
  ['sqlite:/var/x.db', '/var/x.db'],
  ['sqlite:///var/x.db', '/var/x.db'],
  ['sqlite:C:\\x.db', 'C:\\x.db'],
  ['sqlite::memory:', ':memory:'],
])('database %s is the file %s', (text, file) => {
  expect(readSettings({ database: text }, {}).database).toBe(file)
})

test.each([
  ['https://scim.example.com/', 'https://scim.example.com'],
  ['http://10.0.0.1:8080/scim//', 'http://10.0.0.1:8080/scim'],
])('public URL %s is kept as %s', (text, url) => {
  expect(readSettings({ publicUrl: text }, {}).publicUrl).toBe(url)
})

test('outbound networks and the proxy are read, and a wrong proxy is not repeated', () => {
  const env = { LOCKSTEP_OUTBOUND_ALLOW: '10.1.0.0/16, ::1', LOCKSTEP_OUTBOUND_PROXY: 'http://me:x@proxy:3128' }
  expect(readSettings({}, env)).toMatchObject({
    outboundAllow: [
      { address: '10.1.0.0', bits: 16 },
      { address: '::1', bits: 128 },
    ],
    outboundProxy: 'http://me:x@proxy:3128',
  })
  expect(() => readSettings({ outboundAllow: '10.1.0.0/33' }, {})).toThrow('--outbound-allow')
  expect(() => readSettings({ outboundProxy: 'http://me:canary@proxy/path' }, {})).toThrow(/^(?!.*canary)/)
})

test('workers are a number, or as many as there are cores', () => {
  expect(readSettings({ workers: '64' }, {}).workers).toBe(64)
  expect(readSettings({}, { LOCKSTEP_WORKERS: '3' }).workers).toBe(3)
  expect(readSettings({ workers: 'auto' }, {}).workers).toBeGreaterThanOrEqual(1)
})

test.each([
  ['50', { perSecond: 50, burst: 50 }],
  ['50:200', { perSecond: 50, burst: 200 }],
  ['off', undefined],
])('rate limit %s', (text, limit) => {
  expect(readSettings({ rateLimit: text }, {}).rateLimit).toEqual(limit)
})

test.each([
  [{ port: 'abc' }, {}, '--port: "abc" was given for the port; allowed is a whole number from 0 to 65535'],
  [{ port: '65536' }, {}, '"65536" was given for the port'],
  [{}, { PORT: '-1' }, 'PORT: "-1" was given for the port'],
  [{ workers: '0' }, {}, '--workers: "0" was given for the workers'],
  [{ workers: '65' }, {}, 'a whole number from 1 to 64, or auto'],
  [{ workers: '2', database: 'sqlite::memory:' }, {}, "2 workers can't share a database in memory"],
  [{ host: 'http://x' }, {}, '--host: "http://x" was given for the host; allowed is an IP address'],
  [{ database: 'data/x.db' }, {}, '--database: "data/x.db" was given for the database; allowed is sqlite:PATH'],
  [{ database: 'sqlite:' }, {}, '--database'],
  [{ publicUrl: 'scim.example.com' }, {}, '--public-url: "scim.example.com" was given for the public URL'],
  [{ publicUrl: 'https://x/?a=b' }, {}, '--public-url'],
  [{ logLevel: 'loud' }, {}, 'allowed is one of silent, fatal, error, warn, info, debug, trace'],
  [{ rateLimit: '0' }, {}, '--rate-limit'],
  [{ rateLimit: '50:10' }, {}, '--rate-limit'],
])('%j with environment %j is refused with name, what was given and what is allowed', (flags, env, message) => {
  expect(() => readSettings(flags, env)).toThrow(message)
})

test('an address of PostgreSQL is known with its secrets and shown without them', () => {
  const url = 'postgres://scim:hunter2@db:5433/scim?sslmode=verify-full&sslpassword=geheim'
  const env = { LOCKSTEP_DATABASE: url, LOCKSTEP_DATABASE_PASSWORD_FILE: '/run/secrets/db' }
  expect(readSettings({ databaseConnections: '20' }, env)).toMatchObject({
    database: 'postgres://scim@db:5433/scim?sslmode=verify-full',
    postgres: { url, passwordFile: '/run/secrets/db', connections: 20 },
  })
  expect(readSettings({}, {}).postgres).toBeUndefined()
})

test('a wrong address of PostgreSQL is refused without repeating its password', () => {
  for (const url of ['postgres://scim:hunter2@db', 'postgres://scim:hunter2@db:port/x', 'postgresql:hunter2']) {
    const read = () => readSettings({}, { LOCKSTEP_DATABASE: url })
    expect(read).toThrow(/LOCKSTEP_DATABASE: "postgres:…" was given for the database/)
    expect(read).not.toThrow(/hunter2/)
  }
  expect(() => readSettings({ databaseConnections: '1' }, {})).toThrow('a whole number from 2 to 500')
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
  ['fe80::1', 'http://[fe80::1]:80'],
])('a server on %s is reached at %s', (host, url) => {
  expect(localUrl(host, 80)).toBe(url)
})

test.each([
  ['', ''],
  ['?sslmode=disable', '?sslmode=disable'],
  ['?sslmode=no-verify', '?sslmode=no-verify'],
  ['?sslmode=verify-full&sslrootcert=/ca.pem', '?sslmode=verify-full&sslrootcert=/ca.pem'],
  // The driver takes them so, and would warn on each start that it does.
  ['?sslmode=require', '?sslmode=verify-full'],
  ['?sslmode=require&uselibpqcompat=true', '?sslmode=require&uselibpqcompat=true'],
])('TLS to PostgreSQL: %j is handed over as %j', (given, right) => {
  const { postgres } = readSettings({ database: `postgres://lockstep:pa%20ss@db/lockstep${given}` }, {})
  expect(postgres?.url).toBe(`postgres://lockstep:pa%20ss@db/lockstep${right}`)
})

test('an unknown sslmode is refused by name, and no password is repeated', () => {
  const read = () => readSettings({ database: 'postgres://lockstep:secret@db/lockstep?sslmode=nope' }, {})
  expect(read).toThrow('sslmode must be verify-full, no-verify or disable, not "nope"')
  expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }))
})
