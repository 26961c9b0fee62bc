// The front door of outbound HTTP.

export type { Network } from './addresses.ts'
export type { ExchangeLimits } from './exchange.ts'
export { createOutbound, OUTBOUND_LIMITS, type Outbound, type OutboundPolicy } from './outbound.ts'
export { type OutboundCode, OutboundError } from './outbound-error.ts'
export type { Resolve } from './resolve.ts'
