// Puts SCIM into an app that has people of its own: they are matched, adopted, and keep their ids.

import { type AuthenticateOption, type Lockstep, type LockstepOptions, lockstep } from 'lockstep'

/** A row of the app's table of people. */
export interface Row {
  readonly id: string
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  readonly disabled: boolean
  readonly createdAt: Date
}

/** The app's own table, as far as it is needed here. */
export interface Table {
  readonly byEmail: (tenant: string, email: string) => Promise<Row | undefined>
  readonly all: (tenant: string) => AsyncIterable<Row>
}

/** SCIM that knows the app's people. */
export function createScim(
  store: LockstepOptions['store'],
  users: Table,
  authenticate: AuthenticateOption<unknown>,
): Lockstep {
  return lockstep({
    store,
    authenticate,
    // Who is it? The first answer counts; no answer is a new person.
    match: async ({ tenant, user, email, find }) => {
      const known = (await find({ externalId: user.externalId })) ?? (await find({ userName: user.userName }))
      if (known !== undefined || email === undefined) return known
      const row = await users.byEmail(tenant, email)
      return row?.emailVerified ? { id: row.id, created: row.createdAt } : undefined
    },
  })
}

/** Makes the people of a customer resources, once, before its identity provider is connected. Run again, it goes on. */
export async function adoptAll(scim: Lockstep, users: Table, tenant: string): Promise<string> {
  async function* people() {
    for await (const { id, email, name, disabled, createdAt } of users.all(tenant)) {
      const emails = [{ value: email, type: 'work', primary: true }]
      yield { id, userName: email, displayName: name, emails, active: !disabled, created: createdAt }
    }
  }
  const { adopted, same, refused } = await scim.adopt(tenant, people(), {
    onProgress: ({ adopted }) => console.log(`${adopted} adopted`),
  })
  for (const { id, why } of refused) console.warn(`${id}: ${why}`)
  return `${adopted} adopted, ${same} there already, ${refused.length} refused`
}
