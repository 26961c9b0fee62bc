// What a profile says, as the planner and the deliverer ask for it.

import { type AppProfile, type Document, updatesOf } from '../../../protocol/index.ts'
import type { AccountTraits, AccountType, Traits } from '../../contract/index.ts'
import type { AccountForm } from './account-form.ts'

/** Most members that one call changes where the app names no limit: a request that size is answered in time by any. */
const MEMBERS_PER_CALL = 500

/** The traits of an app. */
export function traitsOf(profile: AppProfile, forms: { readonly [type in AccountType]: AccountForm }): Traits {
  const { group, off, rate, http } = profile
  const { members } = updatesOf(profile, 'Group')
  return {
    timeoutMs: http.timeoutMs,
    concurrency: rate.concurrency,
    leaverShare: rate.leaverShare,
    buckets: rate.buckets,
    readLagMs: rate.readLagMs,
    users: accountTraits(forms.User, profile),
    ...(group.offered ? { groups: accountTraits(forms.Group, profile) } : {}),
    members: {
      read: READS[group.members.read],
      perRequest: Math.min(members.perRequest, MEMBERS_PER_CALL),
      onCreate: group.members.onCreate,
      nested: group.members.nested,
    },
    off: {
      disableMeans: off.disable === 'delete' && off.disableMeans === 'kept' ? 'removed' : off.disableMeans,
      disabledReads: off.disabledReads,
      reenable: off.reenable === 'active' ? 'update' : 'create',
      removeMeans: off.removeMeans,
    },
  }
}

const READS = { resource: 'list', filter: 'one', none: 'none' } as const

function accountTraits(form: AccountForm, { name }: AppProfile): AccountTraits {
  const { create, remove, match, unique } = form.account
  return { create, remove, match, unique, comparable: form.comparable, unfit }

  function unfit({ members: _members, ...own }: Document): string | undefined {
    return whyUnfit(form, name, form.asTaken(own))
  }
}

/** Why an app can't take a new account, as it would be sent; undefined when nothing is known to be wrong. */
export function whyUnfit({ type, faults }: AccountForm, app: string, taken: Document): string | undefined {
  const found = faults(taken)
  return found.length === 0 ? undefined : `${app} can't take this ${type.name}: ${found.join('; ')}`
}
