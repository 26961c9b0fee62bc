export { belowBase } from './base.ts'
export type { Answer, Body, Call } from './call.ts'
export { ALL_FEATURES, type Features } from './features.ts'
export {
  ALL_RIGHTS,
  type Authenticate,
  bearer,
  bearerToken,
  type Grant,
  invalidToken,
  noCredentials,
  type Principal,
  type Rights,
} from './principal.ts'
export { createProvider, type Provider, type ProviderOptions } from './provider.ts'
export { errorAnswer, type Report } from './respond.ts'
