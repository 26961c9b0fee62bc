// The face of the setup page's own routes: /setup/v1, where a customer's browser asks and answers.

import { type createBodies, toNode } from '../node.ts'
import type { Setup } from '../setup/index.ts'
import { type Face, type FaceDeps, faceOf } from './faces.ts'

/** What the face is connected to. */
export interface SetupFaceDeps extends FaceDeps {
  readonly setup: Setup
  readonly bodies: ReturnType<typeof createBodies>
  /** Receives the error of an answer that broke off. */
  readonly broken: (error: unknown) => void
}

/** Longest body that is taken; the routes refuse what is too long for them. */
const BODY_BYTES = 65_536

/** Makes the face. */
export function setupFace(deps: SetupFaceDeps): Face {
  const { setup, bodies, requestOrigin, broken } = deps
  const face = faceOf(deps, {
    prefix: '/setup/v1/',
    openTo: 'private',
    listener: (request, response) => {
      const caller = { origin: requestOrigin.origin(request), remote: requestOrigin.client(request) }
      const listener = toNode((asked) => setup.api.fetch(asked, caller), {
        bodies,
        bodyBytes: BODY_BYTES,
        report: broken,
      })
      return listener(request, response)
    },
  })
  return { ...face, end: () => setup.api.close() }
}
