// Searches and changes whose attribute names TypeScript checks.

import { type Client, Group, type PatchOperation, User, where } from 'lockstep/client'

/** Active people whose work address is at a domain, by family name, with no more than is needed of them. */
export function atDomain(app: Client, domain: string) {
  const filter = where(User, 'active', 'eq', true).and('emails', 'has', (email) =>
    email('type', 'eq', 'work').and('value', 'ew', `@${domain}`),
  )
  return app.list(User, { filter, sortBy: 'name.familyName', attributes: ['userName', 'name', 'emails.value'] })
}

/** Gives somebody another work address, and takes the one at home away. */
export async function move(app: Client, id: string, address: string): Promise<void> {
  const operations: PatchOperation<typeof User>[] = [
    { op: 'replace', path: 'emails[type eq "work"].value', value: address },
    { op: 'remove', path: 'emails[type eq "home"]' },
  ]
  await app.patch(User, id, operations)
}

/** The groups that a person is in, by the server's own list of members. */
export async function groupsOf(app: Client, id: string): Promise<string[]> {
  const page = await app.query(Group, { filter: where(Group, 'members.value', 'eq', id), attributes: ['displayName'] })
  return page.resources.map(({ displayName }) => displayName)
}
