// Whether a mount passes a request on that isn't for SCIM, or answers it in words.

import type { Direct, Target } from '../../call.ts'

/**
 * Whether a request is somebody else's. A mount at the root passes on what is below another path; only what comes as SCIM is answered
 * there, so that a wrong path shows at once. A mount at a path was meant for all that comes.
 */
export function passesOn(direct: Direct, target: Target, atRoot: boolean): boolean {
  return atRoot && !speaksScim(target) && 'status' in direct.locate({ ...target, shared: true })
}

function speaksScim({ header }: Target): boolean {
  return `${header('accept')} ${header('content-type')}`.includes('application/scim+json')
}
