// The door of the package for node:http: the bridge from a provider, and a server for it.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { directOf, type Fetch, toNode } from './node-bridge.ts'
import { type ListenOptions, listen, type Serving } from './node-listen.ts'

export { type Answer, type Body, type Call, isHost } from './call.ts'
export { type Bodies, BrokenOff, createBodies, readBody } from './node-body.ts'
export {
  type BridgeOptions,
  callOf,
  type Fetch,
  type Known,
  originOf,
  type Place,
  toNode,
} from './node-bridge.ts'
export type { Serving } from './node-listen.ts'
export { send } from './node-send.ts'

/**
 * Serves a listener over HTTP. `port` 0 takes any free one. Rejects when the address is taken.
 * @example
 * const { url } = await serve(scim.fetch, { port: 3000 })
 */
export function serve(
  listener: Fetch | ((request: IncomingMessage, response: ServerResponse) => void),
  options: ListenOptions = {},
): Promise<Serving> {
  const ours = directOf(listener as Fetch) !== undefined || listener.length === 1
  return ours
    ? listen(toNode(listener as Fetch), { continueWhenRead: true, ...options })
    : listen(listener as RequestListener, options)
}
