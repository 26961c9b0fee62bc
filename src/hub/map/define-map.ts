// Types a map that is written in TypeScript: its paths, sources, transforms and shapes.

import type { FilterPath, Json, JsonObject, PatchPath, ResourceType } from '../../protocol/index.ts'

/** A path that a map reads: of an attribute, of a part of it, or with a filter, as in `emails[type eq "work"].value`. */
export type MapSource<T> = FilterPath<T> | PatchPath<T>

/** A transform by its name, with its argument after a colon. */
export type MapTransform =
  | 'trim'
  | 'lower'
  | 'upper'
  | 'title'
  | 'ascii'
  | 'ascii:de'
  | 'slug'
  | 'digits'
  | 'initial'
  | 'text'
  | 'number'
  | 'boolean'
  | 'not'
  | `${'prefix' | 'suffix' | 'before' | 'after'}:${string}`
  | `truncate:${number}`
  | { readonly replace: string; readonly with: string }
  | { readonly lookup: { readonly [value: string]: Json }; readonly otherwise?: Json }

/** The shape of an entry, where the attribute is a list. */
export type MapShape =
  | 'primaryWorkEmail'
  | 'workEmail'
  | 'homeEmail'
  | 'workPhone'
  | 'mobilePhone'
  | 'primary'
  | 'values'
  | 'list'
  | 'first'
  | 'reference'

/** Where a value comes from: exactly one of these. */
type Origin<T> =
  | { readonly from: MapSource<T> }
  | { readonly const: Json }
  | { readonly cel: string }
  | { readonly ref: FilterPath<T> }

/** A rule of a map. */
export type MapRule<T> = Origin<T> & {
  /** Transforms, in order. */
  readonly to?: readonly MapTransform[]
  readonly as?: MapShape
  /** Written when there is no value. */
  readonly default?: Json
  /** What happens otherwise: `omit` leaves what the account has, `clear` takes it away, `fail` parks the account. */
  readonly whenMissing?: 'omit' | 'clear' | 'fail'
  /** `create`: written when an account is made or taken over, and never again. */
  readonly on?: 'create'
}

/** Who the members of a group are. */
interface MapMembers {
  readonly refs: 'members'
  /** Members of groups in it become its own (`flatten`, the default), or the groups become members (`keep`). */
  readonly nested?: 'flatten' | 'keep'
}

/** A map from resources of one type to accounts of another: a rule for each attribute that is written. */
export type MapOf<T, Account = T> = {
  readonly [Place in Exclude<PatchPath<Account>, 'password'>]?: Place extends 'members' ? MapMembers : MapRule<T>
}

/**
 * Types a map, and returns it as it is. Editors complete its names, and a wrong one is a compile error; the rest is checked when the
 * app is saved. Accounts of another form have a type of their own, as the third argument.
 * @example const map = { User: defineMap(User, { userName: { from: 'emails[type eq "work"].value', to: ['lower'], whenMissing: 'fail' } }) }
 */
export function defineMap<T extends ResourceType, Account extends ResourceType = T>(
  _type: T,
  map: MapOf<NoInfer<T>, NoInfer<Account>>,
  _account?: Account,
): JsonObject {
  return map as JsonObject
}
