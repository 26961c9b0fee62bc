// The TypeScript types of attribute paths, from declarations. RFC 7643 §2.1, RFC 7644 §3.5.2, §3.10.

import type { DeclaredSchema, DeclaredType, Extensions, ResourceTypeDeclaration } from './define.ts'

/** What the attributes that every resource has would be declared as. RFC 7643 §3.1. */
interface CommonDeclarations {
  readonly schemas: { readonly type: 'reference'; readonly multiValued: true; readonly mutability: 'readOnly' }
  readonly id: { readonly mutability: 'readOnly' }
  readonly externalId: { readonly type: 'string' }
  readonly meta: {
    readonly type: 'complex'
    readonly mutability: 'readOnly'
    readonly subAttributes: {
      readonly resourceType: { readonly mutability: 'readOnly' }
      readonly created: { readonly type: 'dateTime'; readonly mutability: 'readOnly' }
      readonly lastModified: { readonly type: 'dateTime'; readonly mutability: 'readOnly' }
      readonly location: { readonly type: 'reference'; readonly mutability: 'readOnly' }
      readonly version: { readonly mutability: 'readOnly' }
    }
  }
}

/** What is never shown, so that nobody can ask for it or search by it. RFC 7643 §2.2. */
export type Hidden = { readonly mutability: 'writeOnly' } | { readonly returned: 'never' }

/** Declarations under the prefix that their paths begin with: nothing, or the URN of an extension and a colon. */
export interface Part<Prefix extends string = string, A = unknown> {
  readonly prefix: Prefix
  readonly attributes: A
}

/** The parts of a resource type: common attributes, its schema, its extensions. RFC 7643 §3. */
export type PartsOf<D extends ResourceTypeDeclaration> =
  | Part<'', CommonDeclarations>
  | PartOfSchema<D['schema'], ''>
  | PartOfExtension<Extensions<D>[number]>

/** The elements of a list, whose sub-attributes go by their own names. RFC 7644 §3.4.2.2, valuePath. */
export interface Elements<S> {
  readonly elements: S
}

/** The parts of a declared resource type, of the elements of a list, or of a type that was read at run time: it takes any path. */
export type PartsIn<T> =
  T extends DeclaredType<infer D>
    ? PartsOf<D>
    : T extends Elements<infer S>
      ? Part<'', S>
      : Part<'', UnknownDeclarations>

interface UnknownDeclarations {
  readonly [name: string]: UnknownLeaf
}

type PartOfSchema<S, Prefix extends string> = S extends DeclaredSchema<infer D> ? Part<Prefix, D['attributes']> : never
type PartOfExtension<E> = E extends { readonly schema: infer S extends DeclaredSchema }
  ? PartOfSchema<S, `${S['id']}:`>
  : never

/** Names that are shown. */
export type Shown<A> = { [K in keyof A & string]: A[K] extends Hidden ? never : K }[keyof A & string]

type PathsOf<A> = {
  [K in keyof A & string]: A[K] extends Hidden
    ? never
    : K | (A[K] extends { readonly subAttributes: infer S } ? `${K}.${Shown<S>}` : never)
}[keyof A & string]

type PathIn<P> = P extends Part<infer Prefix, infer A> ? `${Prefix}${PathsOf<A>}` : never

/** The declaration that a path leads to. */
export type LeafAt<T, Path extends string> = LeafIn<PartsIn<T>, Path>

type LeafIn<P, Path extends string> =
  P extends Part<infer Prefix, infer A> ? (Path extends `${Prefix}${infer Rest}` ? LeafOf<A, Rest> : never) : never

/** What a type that was read at run time has under every path. */
export interface UnknownLeaf {
  readonly unknown: true
}

type LeafOf<A, Path extends string> = string extends keyof A
  ? UnknownLeaf
  : Path extends keyof A
    ? A[Path]
    : Path extends `${infer Name}.${infer Sub}`
      ? Name extends keyof A
        ? A[Name] extends { readonly subAttributes: infer S }
          ? Sub extends keyof S
            ? S[Sub]
            : never
          : never
        : never
      : never

/** The elements of the list that a path leads to. */
export type ElementsAt<T, Path extends string> =
  LeafAt<T, Path> extends { readonly subAttributes: infer S } ? Elements<S> : unknown

type ExtensionIds<E> = E extends { readonly schema: infer S extends DeclaredSchema } ? S['id'] : never
type ExtensionsIn<T> = T extends DeclaredType<infer D> ? ExtensionIds<Extensions<D>[number]> : never

// Each name under itself: a union that is read from such an object goes by its own name in error messages, and not by all names.
type Itself<Name extends string> = { readonly [K in Name]: K }
type FilterPaths<T> = Itself<PathIn<PartsIn<T>>>
type AttributePaths<T> = Itself<PathIn<PartsIn<T>> | ExtensionsIn<T>>
type SortPaths<T> = Itself<SortableIn<PartsIn<T>>>

/**
 * A path that a filter compares: `userName`, `name.givenName`, `emails.value`, `urn:…:User:department`. Any text for a type that was
 * read at run time. RFC 7644 §3.4.2.2.
 */
export type FilterPath<T> = FilterPaths<T>[keyof FilterPaths<T>]

/**
 * A path that `attributes` and `excludedAttributes` take: `userName`, `name.givenName`, `emails.value`, `urn:…:User:department`, or the
 * URN of a whole extension. Any text for a type that was read at run time. RFC 7644 §3.9, §3.10.
 * @example const shown: AttributePath<typeof User>[] = ['userName', 'name.familyName']
 */
export type AttributePath<T> = AttributePaths<T>[keyof AttributePaths<T>]

/**
 * A path that `sortBy` takes: of a single value, or of what has a `value`. Any text for a type that was read at run time. RFC 7644
 * §3.4.2.3.
 * @example const order: SortPath<typeof User> = 'name.familyName'
 */
export type SortPath<T> = SortPaths<T>[keyof SortPaths<T>]

type SortableIn<P> =
  P extends Part<infer Prefix, infer A>
    ? {
        [K in keyof A & string]: A[K] extends Hidden
          ? never
          : A[K] extends { readonly subAttributes: infer S }
            ? (S extends { readonly value: unknown } ? `${Prefix}${K}` : never) | `${Prefix}${K}.${Shown<S>}`
            : `${Prefix}${K}`
      }[keyof A & string]
    : never
