// Reads and changes people and groups from the app's own code.

import { defineSchema, Group, lockstep, User } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'
const Badge = defineSchema({ id: BADGE, name: 'Badge', attributes: { number: { type: 'integer' } } })

const scim = lockstep({ store: () => sqliteStore('app.db', { shared: true }), types: [User.extend(Badge), Group] })

/** Blocks a person at once, whatever the identity provider says, and takes the badge away. */
export async function block(tenant: string, email: string, actor: string): Promise<boolean> {
  const person = await scim.users(tenant).find({ email })
  if (person === undefined) return false
  await scim.users(tenant).update(
    person.id,
    (draft) => {
      draft.active = false
      delete draft[BADGE]
    },
    { actor },
  )
  return true
}

/** The names of a group's members, however many there are. */
export async function* namesIn(tenant: string, group: string): AsyncGenerator<string> {
  const found = await scim.groups(tenant).find({ displayName: group })
  if (found !== undefined) for await (const { display } of scim.groups(tenant).members(found.id).list()) yield display
}
