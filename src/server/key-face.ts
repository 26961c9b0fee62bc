// The face with the public keys that sign receipts, for auditors: /.well-known/lockstep/jwks.json.

import { send } from '../node.ts'
import { methodNotAllowed } from '../protocol/index.ts'
import type { Site } from '../site/index.ts'
import { type Face, type FaceDeps, faceOf, refusalAnswer } from './faces.ts'

/** Auditors' tools may keep the answer for so long: a new key is published long before anybody verifies with it. */
const HEADERS = ['Content-Type', 'application/jwk-set+json', 'Cache-Control', 'public, max-age=300']

/** Makes the face. The keys are public, so no token is asked for. RFC 7517 §5. */
export function keyFace(deps: FaceDeps & { readonly hub: Site['hub'] }): Face {
  let known: { readonly until: number; readonly body: string } | undefined
  return faceOf(deps, {
    prefix: '/.well-known/lockstep/jwks.json',
    openTo: 'public',
    listener: async (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return send(request, response, refusalAnswer(methodNotAllowed(['GET', 'HEAD'])))
      // Anybody may ask: the database is asked once in a while.
      if (known === undefined || known.until <= performance.now()) {
        const { keys } = (await deps.hub())({ actor: 'server', mayNameVariables: false }).proof
        known = { until: performance.now() + KEEP_MS, body: JSON.stringify(await keys.published()) }
      }
      send(request, response, { status: 200, headers: HEADERS, body: known.body })
    },
  })
}

const KEEP_MS = 1_000
