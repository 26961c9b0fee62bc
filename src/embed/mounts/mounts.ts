// What frameworks mount.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNode } from '../../node-bridge.ts'
import type { Report } from '../report.ts'

/** SCIM as frameworks mount it. */
export interface Mounts {
  /** A listener for `node:http`, and for whatever speaks `(req, res)`. */
  readonly node: () => (request: IncomingMessage, response: ServerResponse) => void
}

/** Creates what frameworks mount. */
export function createMounts(fetch: (request: Request) => Promise<Response>, report: Report): Mounts {
  return { node: () => toNode(fetch, { report: (error) => report({ error }) }) }
}
