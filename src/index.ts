// The main door of the package: what an app embeds.

export { bearer, type Grant, type Principal } from './access/index.ts'
export {
  type Context,
  createDirectory,
  type Directory,
  type DirectoryOptions,
  type Hooks,
} from './directory/index.ts'
export {
  type By,
  type Credential,
  type CredentialDraft,
  type CredentialRow,
  type Credentials,
  type CredentialsOption,
  type CredentialToken,
  type GroupMember,
  type GroupMembers,
  type Groups,
  type Having,
  type Lockstep,
  type LockstepOptions,
  lockstep,
  type MadeCredential,
  type MintedCredential,
  makeCredential,
  type NextContext,
  type Resources,
  type Search,
} from './embed/index.ts'
export { type Environment, environment } from './environment.ts'
export {
  type AttributePath,
  ConfigError,
  defineResourceType,
  defineSchema,
  EnterpriseUser,
  Group,
  type Infer,
  type InferDraft,
  type InferInput,
  invalidValue,
  LENIENT,
  LockstepError,
  type PatchOperation,
  type ResourceType,
  ScimError,
  type SortPath,
  STRICT,
  type TypedFilter,
  User,
  uniqueness,
  type Where,
  where,
} from './protocol/index.ts'
export { createProvider, type Provider, type ProviderOptions } from './provider/index.ts'
export { isKind, KINDS, type Kind, profileOf } from './quirks/index.ts'
export { memoryStore } from './store/memory/memory.ts'
