// Looks accounts and members up by filters. RFC 7644 §3.4.2.2.

import { isObject, type Json, type JsonObject } from '../../../protocol/index.ts'
import { type Account, type AdapterCall, AppError, type MatchKey } from '../../contract/index.ts'
import type { AccountForm } from './account-form.ts'
import { accountsOf, type ListDeps, pageOf, withoutMembers } from './lists.ts'
import { placeOf } from './place.ts'

/** How many are asked for: two are enough to know that one value is not enough. */
const FOUND = 10

/** Accounts with a value. What an app gives besides, because it doesn't heed the filter, is left out. Throws AppError. */
export async function findAccounts(
  { options, ask }: ListDeps,
  form: AccountForm,
  { attribute, value }: MatchKey,
  call: AdapterCall,
): Promise<readonly Account[]> {
  // Nothing is not a value that anybody shares.
  if (value === '') return []
  const { names } = options.profile.filter
  const wanted = form.normalised(attribute, value)
  const name = Object.hasOwn(names, attribute) ? names[attribute] : attribute
  const query = { filter: `${name} eq ${JSON.stringify(wanted)}`, count: FOUND, ...withoutMembers(form, options) }
  const page = pageOf((await ask({ method: 'GET', path: form.endpoint, query }, call)).body, form)
  const accounts = accountsOf(page, form)
  const fitting = accounts.filter((account) => hasValue(account, attribute, wanted, form))
  if (fitting.length === accounts.length || fitting.length > 0) return fitting
  // None of those it gave has the value. If there are more than it gave, the right one may be among the rest.
  if ((page.totalResults ?? 0) <= accounts.length && accounts.length < FOUND) return []
  throw new AppError(
    'refused',
    `The app gives ${form.endpoint} that don't have the ${attribute} they were asked for by`,
  )
}

/** Whether an account has a value; one that doesn't show the attribute at all may have it. */
function hasValue({ id, document }: Account, attribute: string, wanted: string, form: AccountForm): boolean {
  if (form.account.idFrom === attribute && id === wanted) return true
  const { extension, name, sub } = placeOf(attribute, form.type)
  const holder = extension === undefined ? document : document[extension]
  const value = isObject(holder) ? holder[name] : undefined
  if (value === undefined) return true
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  return list.some((each) => {
    const own = sub !== undefined && isObject(each) ? each[sub] : each
    return typeof own === 'string' && form.normalised(attribute, own).toLowerCase() === wanted.toLowerCase()
  })
}

/** Whether somebody is a member of a group that shows no members. Throws AppError. */
export async function findMember(
  { options, ask }: ListDeps,
  form: AccountForm,
  group: string,
  member: string,
  call: AdapterCall,
): Promise<boolean> {
  const { filterBy } = options.profile.group.members
  const filter = `id eq ${JSON.stringify(group)} and ${filterBy} eq ${JSON.stringify(member)}`
  const query = { filter, ...withoutMembers(form, options) }
  const page = pageOf((await ask({ method: 'GET', path: form.endpoint, query }, call)).body, form)
  return page.resources.some((each: JsonObject) => String(each.id) === group)
}
