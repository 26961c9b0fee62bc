// The events that an app's handlers are told of, and what each of them says.

import type { DeclaredType, Group as GroupType, Infer, User as UserType } from '../../../protocol/index.ts'

/** The names of all events, in the order in which those of one commit come. */
export const EVENT_NAMES = [
  'user.created',
  'group.created',
  'user.updated',
  'group.updated',
  'user.reactivated',
  'membership.added',
  'role.granted',
  'role.revoked',
  'membership.removed',
  'user.deactivated',
  'user.deleted',
  'group.deleted',
] as const

/** The name of an event. */
export type EventName = (typeof EVENT_NAMES)[number]

/** `meta` of a document in an event: without the location, which depends on who asks. RFC 7643 §3.1. */
export interface EventMeta {
  readonly resourceType: string
  readonly created: string
  readonly lastModified: string
  readonly version: string
}

/** A document in an event: without password, groups and members, which are not part of what is stored as the document. */
export type EventDocument<R> = Omit<Infer<R>, 'meta' | 'password' | 'groups' | 'members'> & { meta: EventMeta }

type ListOf<T> = T extends (...args: never) => infer L ? Awaited<L> : T
type KindOf<T> = ListOf<T> extends readonly (infer R)[] ? R : never
type With<Name extends string, R> = R extends DeclaredType
  ? Name extends keyof Infer<R>
    ? EventDocument<R>
    : never
  : never
type Or<T, Default> = [T] extends [never] ? Default : T

/** A person of the app's types: the documents of those with a userName. */
export type PersonOf<Types> = Or<With<'userName', KindOf<Types>>, EventDocument<typeof UserType>>

/** A group of the app's types: the documents of those with members. */
export type GroupOf<Types> = Or<With<'members', KindOf<Types>>, EventDocument<typeof GroupType>>

/** Ids of members that came or went, however many. */
export interface Ids {
  readonly count: number
  /** All of them, in order. */
  readonly ids: readonly string[]
  /** The same in portions, for statements with a limit on values: `for (const ids of users.chunks(1000))`. */
  readonly chunks: (size: number) => Iterable<readonly string[]>
}

/** The group that gives a role, which may be one that the person is in through another group. */
export interface Through {
  readonly id: string
  readonly displayName: string
}

/** Why a role was granted. */
export type GrantCause = 'membership' | 'group updated' | 'reactivated'
/** Why a role was revoked. */
export type RevokeCause = 'membership' | 'group updated' | 'group deleted' | 'deactivated' | 'deleted'

/** What each event says besides {@link EventFacts}. */
export interface EventContents<Person, Group, Role extends string = string> {
  /** `known`: the app had the person before, whose id `match` has named: its own row is there already. */
  'user.created': { readonly user: Person; readonly known: boolean }
  /** Also when `active` changes, before `user.deactivated` and `user.reactivated`. `changed`: paths, and the attributes that they are in. */
  'user.updated': {
    readonly user: Person
    readonly before: Person
    readonly after: Person
    readonly changed: ReadonlySet<string>
  }
  /**
   * A person who is no longer active, or never was: end sessions here. `updated`: was set inactive; `deleted`: was active and is deleted
   * (`user.deleted` follows); `created`: came inactive.
   */
  'user.deactivated': { readonly user: Person; readonly cause: 'updated' | 'deleted' | 'created' }
  'user.reactivated': { readonly user: Person }
  'user.deleted': { readonly user: Person }
  'group.created': { readonly group: Group }
  'group.updated': {
    readonly group: Group
    readonly before: Group
    readonly after: Group
    readonly changed: ReadonlySet<string>
  }
  'group.deleted': { readonly group: Group }
  /** Direct members: people by `users`, nested groups by `groups`. */
  'membership.added': { readonly group: Group; readonly users: Ids; readonly groups: Ids }
  'membership.removed': {
    readonly group: Group
    readonly users: Ids
    readonly groups: Ids
    readonly cause: 'updated' | 'member deleted' | 'group deleted'
  }
  /** `roles`: all that the person has after the change, for apps that keep one of them: the highest. */
  'role.granted': {
    readonly user: Person
    readonly role: Role
    readonly roles: readonly Role[]
    readonly through: Through
    readonly cause: GrantCause
  }
  'role.revoked': {
    readonly user: Person
    readonly role: Role
    readonly roles: readonly Role[]
    readonly through: Through
    readonly cause: RevokeCause
  }
}

/** What every event says. */
export interface EventFacts<Name extends EventName = EventName> {
  readonly name: Name
  /** Unique, and the same whenever the event is delivered again: `acme/0000000000000042/000001`. */
  readonly id: string
  readonly tenant: string
  /** Who did it: what `authenticate` says, or a command's name. */
  readonly actor: string
  /** What the changes of one request have in common, where it makes several. */
  readonly txn?: string
  /** The place of the change in the tenant's log. */
  readonly place: number
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/** An event as handlers get it. */
export type ScimEvent<Name extends EventName, Person, Group, Role extends string = string> = EventFacts<Name> &
  EventContents<Person, Group, Role>[Name]

/** Any event, before its documents are typed. */
export type AnyEvent = EventFacts & { readonly [name: string]: unknown }

/** The resource that events come in order for: the person, or the group. */
export function subjectOf(event: AnyEvent): string {
  const { user, group } = event as { readonly user?: { readonly id: string }; readonly group?: { readonly id: string } }
  return user?.id ?? group?.id ?? ''
}

/** Ids with their portions. */
export function idsOf(ids: readonly string[]): Ids {
  return {
    count: ids.length,
    ids,
    *chunks(size) {
      const step = Math.max(1, Math.floor(size))
      for (let at = 0; at < ids.length; at += step) yield ids.slice(at, at + step)
    },
  }
}
