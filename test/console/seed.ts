// A tenant with people and groups, as tests and screenshots need one.

import { STRICT } from '../../src/protocol/index.ts'
import type { Serving } from '../serve.ts'

const GIVEN = ['Barbara', 'Ada', 'Grace', 'Łukasz', 'Zoë', 'Kaito', 'Amara', 'Tomás', 'Mei', 'Idris']
const FAMILY = ['Jensen', 'Lovelace', 'Hopper', 'Nowak', 'Brontë', 'Sato', 'Okafor', 'Herrera', 'Chen', 'Bello']
const DEPARTMENTS = ['Engineering', 'Sales', 'Finance', 'Support', 'People']

/** Makes a tenant with people, in groups by department, and a connection of Entra. */
export async function seed(serving: Serving, tenant: string, people = 40): Promise<void> {
  await serving.tenant(tenant)
  const { base, token } = await serving.connection('entra', { tenant })
  const context = { tenant, actor: 'entra-x7k2mp', allow: STRICT }
  const ids: string[] = []
  for (let at = 0; at < people; at++) {
    const [given, family] = [GIVEN[at % 10] ?? '', FAMILY[Math.floor(at / 10 + at) % 10] ?? '']
    const userName = `${given}.${family}${at}@acme.example`.toLowerCase()
    const { stored } = await serving.directory.create(context, 'User', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      displayName: `${given} ${family}`,
      name: { givenName: given, familyName: family },
      emails: [{ value: userName, type: 'work', primary: true }],
      active: at % 9 !== 0,
    })
    ids.push(stored.id)
  }
  for (const [at, displayName] of DEPARTMENTS.entries()) {
    await serving.directory.create(context, 'Group', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName,
      members: ids.filter((_, index) => index % DEPARTMENTS.length === at).map((value) => ({ value })),
    })
  }
  await speak(base, token)
}

/** The schema of the devices that {@link seedDevices} makes. */
export const DEVICE = 'urn:example:params:scim:schemas:core:1.0:Device'

/** Gives a tenant a type of its own, and some devices. Returns their ids. */
export async function seedDevices(serving: Serving, tenant: string): Promise<readonly string[]> {
  const { tenancy, directory } = serving
  const options = { usage: directory, actor: 'admin' }
  const attributes = [
    { name: 'serial', type: 'string', required: true, uniqueness: 'server' },
    { name: 'displayName', type: 'string' },
    { name: 'model', type: 'string' },
    { name: 'slots', type: 'integer' },
    { name: 'managed', type: 'boolean' },
    { name: 'bought', type: 'dateTime' },
    { name: 'tags', type: 'string', multiValued: true },
  ]
  await tenancy.schemas.put(tenant, { id: DEVICE, name: 'Device', attributes }, options)
  await tenancy.schemas.putType(tenant, { name: 'Device', endpoint: '/Devices', schema: DEVICE }, options)
  await tenancy.ready(tenant)
  const ids: string[] = []
  for (let at = 0; at < 12; at++) {
    const body = {
      schemas: [DEVICE],
      serial: `SN-${String(900 - at)}`,
      displayName: `Laptop ${String.fromCharCode(65 + at)}`,
      model: at % 2 === 0 ? 'T14' : 'X1',
      slots: at,
      managed: at % 3 !== 0,
      bought: '2026-02-03T00:00:00Z',
      tags: ['leased', 'Berlin'],
    }
    ids.push((await directory.create({ tenant, actor: 'admin', allow: STRICT }, 'Device', body)).stored.id)
  }
  return ids
}

/** Speaks as Entra does: looks people up, is answered, and is refused now and then. */
async function speak(base: string, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' }
  for (const name of GIVEN) {
    await fetch(`${base}/Users?filter=${encodeURIComponent(`displayName sw "${name}"`)}`, { headers })
  }
  const twice = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'barbara.jensen0@acme.example' }
  for (let at = 0; at < 3; at++) await fetch(`${base}/Users`, { method: 'POST', headers, body: JSON.stringify(twice) })
}
