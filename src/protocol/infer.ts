// The TypeScript types of resources, from their declarations. RFC 7643 §2, §3.

import type { DeclaredSchema, DeclaredType, Extensions } from './define.ts'

/** `meta` of a resource: what the service provider notes about it. RFC 7643 §3.1. */
export interface Meta {
  /** Name of the resource type: `User`. RFC 7643 §3.1. */
  readonly resourceType: string
  /** When the resource was created: `2026-01-31T09:00:00Z`. RFC 7643 §3.1. */
  readonly created: string
  /** When the resource last changed; equals `created` until the first change. RFC 7643 §3.1. */
  readonly lastModified: string
  /** Absolute URI of the resource. RFC 7643 §3.1. */
  readonly location: string
  /** Entity tag of the representation, for `ifMatch`: `W/"3"`. RFC 7643 §3.1, RFC 7644 §3.14. */
  readonly version?: string
}

/** The attributes that every resource has and no schema lists. RFC 7643 §3.1. */
interface Common<M> {
  /** URIs of the schemas that the resource uses. RFC 7643 §3. */
  schemas: string[]
  /** Identifier that the service provider gave the resource: stable, and never given to another. RFC 7643 §3.1. */
  id: string
  /** Identifier that the provisioning client gave the resource, such as `00u1a2b3`. RFC 7643 §3.1. */
  externalId?: string
  /** What the service provider notes about the resource. RFC 7643 §3.1. */
  meta: M
}

interface CommonInput {
  /** URIs of the schemas that the resource uses; filled in when left out. RFC 7643 §3. */
  readonly schemas?: readonly string[] | undefined
  /** Identifier that the provisioning client gave the resource, such as `00u1a2b3`. RFC 7643 §3.1. */
  readonly externalId?: string | undefined
}

interface CommonDraft {
  /** URIs of the schemas that the resource uses. RFC 7643 §3. */
  schemas: string[]
  /** Identifier that the service provider gave the resource; it never changes. RFC 7643 §3.1. */
  readonly id: string
  /** Identifier that the provisioning client gave the resource, such as `00u1a2b3`. RFC 7643 §3.1. */
  externalId?: string
  /** What the service provider notes about the resource. RFC 7643 §3.1. */
  readonly meta: Readonly<Partial<Meta>>
}

// An intersection that is inferred and mapped over its own keys is shown as one object, and keeps the doc comments of its members.

type Secret = { readonly mutability: 'writeOnly' } | { readonly returned: 'never' }
type ReadOnly = { readonly mutability: 'readOnly' }
/** A value of a list is replaced as a whole: parts that never change are fixed with it. RFC 7643 §2.2. */
type Fixed = { readonly mutability: 'readOnly' | 'immutable' }
type Required = { readonly required: true }
type Always = { readonly required: true; readonly returned?: 'always' | 'default' }

/** The names of what is `Yes` and not `No`. */
type Names<S, Yes, No> = { [K in keyof S]: S[K] extends No ? never : S[K] extends Yes ? K : never }[keyof S]
type Others<S, Not, No> = { [K in keyof S]: S[K] extends No ? never : S[K] extends Not ? never : K }[keyof S]

/** Text, or one of the canonical values: of them alone in a closed list, else as suggestions. RFC 7643 §7. */
type Text<A> = A extends { readonly canonicalValues: readonly (infer V extends string)[] }
  ? A extends { readonly closed: true }
    ? V
    : V | (string & {})
  : string

/** A value that is not complex. RFC 7643 §2.3. */
type Simple<A> = A extends { readonly type: 'boolean' }
  ? boolean
  : A extends { readonly type: 'integer' | 'decimal' }
    ? number
    : Text<A>

// What comes out: without what is never returned.

type OutputOne<A> = A extends { readonly type: 'complex'; readonly subAttributes: infer S } ? Output<S> : Simple<A>
type OutputValue<A> = A extends { readonly multiValued: true } ? OutputOne<A>[] : OutputOne<A>
type OutputSome<S, K extends keyof S> = { -readonly [P in K]: OutputValue<S[P]> }
type Output<S> = OutputSome<S, Names<S, Always, Secret>> &
  Partial<OutputSome<S, Others<S, Always, Secret>>> extends infer O
  ? { [K in keyof O]: O[K] }
  : never

// What goes in: without what only the service provider sets.

/** One value of an attribute as it goes in. */
export type InputOne<A> = A extends { readonly type: 'complex'; readonly subAttributes: infer S } ? Input<S> : Simple<A>
/** What an attribute takes as it goes in. */
export type InputValue<A> = A extends { readonly multiValued: true } ? readonly InputOne<A>[] : InputOne<A>
type InputSome<S, K extends keyof S> = { readonly [P in K]: InputValue<S[P]> }
type InputMaybe<S, K extends keyof S> = { readonly [P in K]?: InputValue<S[P]> | undefined }
/** Attributes as they go in: without what only the service provider sets. */
export type Input<S> = InputSome<S, Names<S, Required, ReadOnly>> &
  InputMaybe<S, Others<S, Required, ReadOnly>> extends infer O
  ? { [K in keyof O]: O[K] }
  : never

// What is changed in place: all of it, what only the service provider sets as readonly.

type DraftOne<A> = A extends { readonly type: 'complex'; readonly subAttributes: infer S } ? Draft<S, Fixed> : Simple<A>
type DraftValue<A> = A extends { readonly multiValued: true } ? DraftOne<A>[] : DraftOne<A>
type DraftSome<S, K extends keyof S> = { -readonly [P in K]: DraftValue<S[P]> }
type KeptSome<S, K extends keyof S> = { readonly [P in K]: Readonly<OutputValue<S[P]>> }
type Draft<S, Kept> = DraftSome<S, Names<S, Required, Kept>> &
  Partial<DraftSome<S, Others<S, Required, Kept>>> &
  KeptSome<S, Extract<Names<S, Always, never>, Names<S, Kept, Secret>>> &
  Partial<KeptSome<S, Exclude<Names<S, Kept, Secret>, Names<S, Always, never>>>> extends infer O
  ? { [K in keyof O]: O[K] }
  : never

type Form = 'output' | 'input' | 'draft'

type MembersOf<S, F extends Form> =
  S extends DeclaredSchema<infer D>
    ? F extends 'output'
      ? Output<D['attributes']>
      : F extends 'input'
        ? Input<D['attributes']>
        : Draft<D['attributes'], ReadOnly>
    : never

type Keyed<K extends string, V, F extends Form> = F extends 'input' ? { readonly [P in K]: V } : { [P in K]: V }
type KeyedMaybe<K extends string, V, F extends Form> = F extends 'input'
  ? { readonly [P in K]?: V | undefined }
  : { [P in K]?: V }

type ExtensionsAs<E, F extends Form> = E extends readonly [infer Head, ...infer Rest]
  ? (Head extends { readonly schema: infer S extends DeclaredSchema; readonly required: true }
      ? Keyed<S['id'], MembersOf<S, F>, F>
      : Head extends { readonly schema: infer S extends DeclaredSchema }
        ? KeyedMaybe<S['id'], MembersOf<S, F>, F>
        : unknown) &
      ExtensionsAs<Rest, F>
  : unknown

/**
 * A resource of a declared type as a service provider shows it: without what is never returned, such as `password`. Of a schema:
 * its attributes. `never` for a type that was read at run time. RFC 7643 §2.2, §3.
 * @example type Employee = Infer<typeof Employee>
 */
export type Infer<T> = InferWithMeta<T, Meta>

/** As {@link Infer}, with a `meta` of its own: other service providers leave out of it what they do not keep. RFC 7643 §3.1. */
export type InferWithMeta<T, M> =
  T extends DeclaredType<infer D>
    ? Common<M> & MembersOf<D['schema'], 'output'> & ExtensionsAs<Extensions<D>, 'output'> extends infer O
      ? { [K in keyof O]: O[K] }
      : never
    : MembersOf<T, 'output'>

/**
 * The body of a create or a replace of a declared type: without what only the service provider sets, such as `id`, `meta` and
 * `groups`, and with what is written and never shown, such as `password`. RFC 7643 §2.2, RFC 7644 §3.3, §3.5.1.
 * @example const ann: InferInput<typeof User> = { userName: 'ann@acme.example', password: 'correct horse' }
 */
export type InferInput<T> =
  T extends DeclaredType<infer D>
    ? CommonInput & MembersOf<D['schema'], 'input'> & ExtensionsAs<Extensions<D>, 'input'> extends infer O
      ? { [K in keyof O]: O[K] }
      : never
    : MembersOf<T, 'input'>

/**
 * A resource of a declared type that is changed in place: what only the service provider sets is there to be read, and an error to
 * assign. RFC 7643 §2.2.
 * @example const leaver = (draft: InferDraft<typeof User>) => { draft.active = false }
 */
export type InferDraft<T> =
  T extends DeclaredType<infer D>
    ? CommonDraft & MembersOf<D['schema'], 'draft'> & ExtensionsAs<Extensions<D>, 'draft'> extends infer O
      ? { [K in keyof O]: O[K] }
      : never
    : MembersOf<T, 'draft'>
