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

/** Speaks as Entra does: looks people up, is answered, and is refused now and then. */
async function speak(base: string, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' }
  for (const name of GIVEN) {
    await fetch(`${base}/Users?filter=${encodeURIComponent(`displayName sw "${name}"`)}`, { headers })
  }
  const twice = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'barbara.jensen0@acme.example' }
  for (let at = 0; at < 3; at++) await fetch(`${base}/Users`, { method: 'POST', headers, body: JSON.stringify(twice) })
}
