// Finds people of a tenant by what identity providers know them by.

import { type Context, type Directory, documentOf } from '../../directory/index.ts'
import { type Document, LENIENT, type ResourceType, typeByName, uniqueness } from '../../protocol/index.ts'

/** By what a person is looked for; exactly one of these. An absent or empty value finds nobody. */
export type FindBy =
  | { readonly externalId: string | undefined }
  | { readonly userName: string | undefined }
  | { readonly email: string | undefined }

/** A person who is there. */
export interface Found {
  readonly id: string
  readonly user: Document
}

/** Looks for a person. Throws 409 `uniqueness` where several have the value: nobody can say who is meant. */
export type Find = (by: FindBy) => Promise<Found | undefined>

const PATHS = { externalId: 'externalId', userName: 'userName', email: 'emails.value' } as const

/** Longest value that is looked for; the values that identity providers know people by are far shorter. */
const LONGEST = 1_024

/** All people with exactly this value, two at most. */
export async function findTwo(directory: Directory, tenant: string, by: FindBy): Promise<readonly Found[]> {
  const [[name, value] = []] = Object.entries(by) as [keyof typeof PATHS, unknown][]
  if (name === undefined || !Object.hasOwn(PATHS, name)) return []
  if (typeof value !== 'string' || value === '' || value.length > LONGEST) return []
  const type = userType(directory, tenant)
  if (type === undefined) return []
  const context: Context = { tenant, actor: 'match', allow: LENIENT }
  const search = {
    filter: `${PATHS[name]} eq ${JSON.stringify(value)}`,
    startIndex: 1,
    count: 2,
    paging: 'index',
  } as const
  const plan = directory.plan(context, [type], search, '', { groups: false, total: false })
  const { resources } = await directory.find({ query: plan.query, weight: plan.weight })
  return resources.map((stored) => ({ id: stored.id, user: documentOf(stored) }))
}

/** Creates the look-up that `match` gets. */
export function createFind(directory: Directory, tenant: string): Find {
  return async (by) => {
    const [one, another] = await findTwo(directory, tenant, by)
    if (another === undefined) return one
    const [[name, value] = []] = Object.entries(by)
    throw uniqueness(
      `Several people have the ${name} ${JSON.stringify(value)}, among them ${one?.id} and ${another.id}; who is meant can't be told`,
    )
  }
}

/** The type of people in a tenant. */
export function userType(directory: Directory, tenant: string): ResourceType | undefined {
  return typeByName(directory.catalog(tenant), 'User')
}
