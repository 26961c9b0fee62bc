// What a new connection is to be, checked against the tenant that it is for.

import { ALL_RIGHTS, type Rights, resolveRights } from '../access/index.ts'
import type { ResourceType } from '../protocol/index.ts'
import { isKind, KINDS } from '../quirks/index.ts'
import type { Store } from '../store/index.ts'
import { type AllowanceDraft, readAllowances } from './allowances.ts'
import { invalid } from './errors.ts'

/** What a new connection is to be. */
export interface ConnectionDraft extends AllowanceDraft {
  readonly label?: string
  readonly kind?: string
  readonly profile?: string
  readonly rights?: Rights
  readonly subject?: string
  /** Whether it is refused for now; absent: as it is. */
  readonly paused?: boolean
  /** Lifetime of its token; null: no end; absent: a year. */
  readonly lifetimeMs?: number | null
}

/** Longest label. */
const LABEL_LENGTH = 200

/** The facts of a draft, with rights by the names of types. Refuses what makes no sense. */
export function checkDraft(draft: ConnectionDraft, types: readonly ResourceType[]) {
  const { kind = 'generic', profile, label = kind, rights = ALL_RIGHTS, subject, lifetimeMs } = draft
  if (!isKind(kind)) throw invalid(`"${kind}" is not a kind of connection; the kinds are ${KINDS.join(', ')}`, 'kind')
  if (profile !== undefined && !isKind(profile)) {
    throw invalid(`"${profile}" is not a profile; the profiles are ${KINDS.join(', ')}`, 'profile')
  }
  if (label.trim() === '' || label.length > LABEL_LENGTH) {
    throw invalid(`The label of a connection is 1 to ${LABEL_LENGTH} characters long`, 'label')
  }
  if (typeof lifetimeMs === 'number' && !(lifetimeMs > 0)) {
    throw invalid('The lifetime of a token must be more than nothing', 'lifetimeDays')
  }
  const resolved = resolveRights(rights, types)
  if (typeof resolved === 'string') throw invalid(resolved, 'rights')
  return {
    label: label.trim(),
    kind,
    rights: resolved,
    ...readAllowances(draft),
    ...(profile === undefined || profile === kind ? {} : { profile }),
    ...(subject === undefined ? {} : { subject }),
  }
}

/**
 * Refuses a subject that is not a user of the tenant. The server makes the ids, so none can be known in advance: what doesn't exist
 * now never will. RFC 7644 §3.11.
 */
export async function checkSubject(store: Store, tenant: string, id: string): Promise<void> {
  const [found] = await store.names(tenant, [id])
  if (found?.type === 'User') return
  const what = found === undefined ? `There is no user with the id "${id}"` : `"${id}" is the id of a ${found.type}`
  throw invalid(
    `${what} in tenant "${tenant}"; pass the id of an existing user, and /Me will refer to that user`,
    'subject',
  )
}
