// The types of people, groups and other resources as the app's own code reads and writes them.

import type { DeclaredType, Group, Infer, InferDraft, InferInput, ResourceType, User } from '../../protocol/index.ts'
import type { TypesOption } from '../tenant-types.ts'

/** A resource of a type that is not declared in the code: nothing is known of its members. */
export interface UntypedResource {
  schemas: string[]
  id: string
  [name: string]: unknown
}

/** A resource as it is: a group without its members, of which there may be very many. */
export type Shown<T extends ResourceType> = [Infer<T>] extends [never] ? UntypedResource : Omit<Infer<T>, 'members'>

/** A resource to be made: without what the directory sets. RFC 7643 §3.1. */
export type New<T extends ResourceType> = [InferInput<T>] extends [never]
  ? { readonly [name: string]: unknown }
  : Omit<InferInput<T>, 'schemas'> & { readonly schemas?: readonly string[] | undefined }

/** A resource that an update changes: what the directory sets can't be assigned. RFC 7643 §2.2. */
export type Draft<T extends ResourceType> = [InferDraft<T>] extends [never]
  ? UntypedResource
  : Omit<InferDraft<T>, 'members'>

/** The types that the option `types` gives. */
type ListOf<Types> = Types extends (tenant: string) => infer List ? Awaited<List> : Types

/** Of a union of declared types, the one of this name. */
type OfName<T, Name> = T extends DeclaredType<infer D> ? (D['name'] extends Name ? T : never) : never

/** The type of this name among those of the option `types`; the one of the RFC where they aren't known when the program is compiled. */
type Named<Types, Name extends string, Default extends ResourceType> =
  ListOf<Types> extends readonly (infer T)[] ? Or<OfName<T, Name>, Default> : Default

type Or<T, Default extends ResourceType> = [T] extends [never] ? Default : T extends ResourceType ? T : Default

/** The type of users of an app. */
export type UserOf<Types extends TypesOption> = Named<Types, 'User', typeof User>

/** The type of groups of an app. */
export type GroupOf<Types extends TypesOption> = Named<Types, 'Group', typeof Group>
