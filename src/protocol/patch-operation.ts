// One operation of a PATCH as sent. RFC 7644 §3.5.2.

import type { DeclaredType } from './define.ts'
import type { InferInput, Input, InputOne, InputValue } from './infer.ts'
import type { Json } from './json.ts'
import type { Part, PartsIn, Shown } from './path-types.ts'
import type { ResourceType } from './schema.ts'

/**
 * One operation of a PATCH. Of a declared type it has the paths of what can be set and values that fit them; of a type that was read at
 * run time, any. RFC 7644 §3.5.2.
 * @example const leave: PatchOperation<typeof User> = { op: 'replace', path: 'active', value: false }
 * @example const mail: PatchOperation<typeof User> = { op: 'add', path: 'emails[type eq "work"].value', value: 'ann@acme.example' }
 */
export type PatchOperation<T = ResourceType> =
  T extends DeclaredType<infer _> ? SetIn<PartsIn<T>> | RemoveIn<PartsIn<T>> | SetMany<InferInput<T>> : AnyOperation

type AnyOperation = {
  readonly op: string
  readonly path?: string
  readonly value?: Json
}

/**
 * A path that a PATCH sets, values that a filter chooses among them: `emails[type eq "work"].value`. Any text for a type that was read at
 * run time. RFC 7644 §3.5.2.
 */
export type PatchPath<T> = T extends DeclaredType<infer _> ? Extract<SetIn<PartsIn<T>>['path'], string> : string

/** Tells what a difference is made of from what somebody writes, for which editors complete; never there when the program runs. */
declare const made: unique symbol

/** An operation that `diff` made: it fits the documents that it was made from, and is spelt as the server takes it. */
export type DiffOperation = {
  readonly op: Made
  readonly path?: Made
  readonly value?: Json
}

type Made = string & { readonly [made]: true }

/** What only the service provider sets. RFC 7643 §2.2. */
type ReadOnly = { readonly mutability: 'readOnly' }
type Multi = { readonly multiValued: true }

/** Sets or adds to what a path names. RFC 7644 §3.5.2.1, §3.5.2.3. */
interface SetOne<Path extends string, Value> {
  readonly op: 'add' | 'replace'
  readonly path: Path
  readonly value: Value
}

/** Sets the attributes that the value names. RFC 7644 §3.5.2.1, §3.5.2.3. */
interface SetMany<Value> {
  readonly op: 'add' | 'replace'
  readonly path?: undefined
  readonly value: Partial<Value>
}

/** Takes away what a path names. RFC 7644 §3.5.2.2. */
interface Remove<Path extends string> {
  readonly op: 'remove'
  readonly path: Path
  readonly value?: undefined
}

type SetIn<P> =
  P extends Part<infer Prefix, infer A>
    ? { [K in keyof A & string]: A[K] extends ReadOnly ? never : SetAttribute<`${Prefix}${K}`, A[K]> }[keyof A & string]
    : never

type SetAttribute<Path extends string, A> = A extends { readonly subAttributes: infer S }
  ? A extends Multi
    ?
        | SetOne<Path, InputValue<A> | InputOne<A>>
        | SetOne<Chosen<Path, S>, Partial<Input<S>>>
        | SetSub<Path | Chosen<Path, S>, S>
    : SetOne<Path, Partial<Input<S>>> | SetSub<Path, S>
  : SetOne<Path, A extends Multi ? InputValue<A> | InputOne<A> : InputValue<A>>

type SetSub<Path extends string, S> = {
  [K in keyof S & string]: S[K] extends ReadOnly ? never : SetOne<`${Path}.${K}`, InputValue<S[K]>>
}[keyof S & string]

/** The values of a list that a filter chooses: `emails[type eq "work"]`. The first name in the filter is checked. RFC 7644 §3.5.2. */
type Chosen<Path extends string, S> = `${Path}[${Shown<S>} ${string}]` | `${Path}[${'not ' | '('}${string}]`

type RemoveIn<P> = P extends Part<infer Prefix, infer A> ? Remove<RemovablePath<Prefix, A>> : never

type RemovablePath<Prefix extends string, A> = {
  [K in keyof A & string]: A[K] extends ReadOnly
    ? never
    :
        | (A[K] extends { readonly required: true } ? never : `${Prefix}${K}`)
        | (A[K] extends { readonly subAttributes: infer S }
            ? A[K] extends Multi
              ? Chosen<`${Prefix}${K}`, S> | `${`${Prefix}${K}` | Chosen<`${Prefix}${K}`, S>}.${Settable<S>}`
              : `${Prefix}${K}.${Settable<S>}`
            : never)
}[keyof A & string]

type Settable<S> = { [K in keyof S & string]: S[K] extends ReadOnly ? never : K }[keyof S & string]
