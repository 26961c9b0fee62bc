// Declares an extension schema and creates many resources with one bulk call.

import { type Client, defineSchema, Group, type Infer, User } from 'lockstep/client'

const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: { number: { type: 'integer', required: true }, doors: { type: 'string', multiValued: true } },
})
export const Employee = User.extend(Badge)
export type Employee = Infer<typeof Employee>

/** Creates users with badges and a group of them, in as few requests as the server allows. */
export async function welcome(app: Client, team: string, names: readonly string[]): Promise<number> {
  const outcomes = await app.bulk([
    ...names.map((userName, at) => ({
      method: 'POST' as const,
      path: Employee.endpoint,
      bulkId: userName,
      data: { schemas: [User.schema.id, Badge.id], userName, [Badge.id]: { number: at + 1, doors: ['main'] } },
    })),
    {
      method: 'POST',
      path: Group.endpoint,
      bulkId: team,
      data: {
        schemas: [Group.schema.id],
        displayName: team,
        // Replaced by the users' ids, even if they are created in another request.
        members: names.map((name) => ({ value: `bulkId:${name}` })),
      },
    },
  ])
  return outcomes.filter(({ state }) => state === 'done').length
}
