// The front door of the provider.

export type { Answer, Body, Call } from '../call.ts'
export type { Authenticate } from './authenticate.ts'
export { belowBase } from './base.ts'
export { fetchThrough, type KnownOfRequest, targetOf } from './fetch.ts'
export type { ProviderOptions } from './options.ts'
export { createProvider, type Provider } from './provider.ts'
export { representAll, type View } from './represent.ts'
export { errorAnswer, type Report } from './respond.ts'
