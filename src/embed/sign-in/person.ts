// A person as the app gets it from a sign-in.

import { documentOf, type Stored } from '../../directory/index.ts'
import type { SignedInPerson } from './outcome.ts'

/** A person as the app gets it. */
export function personOf(stored: Stored): SignedInPerson {
  const user = documentOf(stored)
  const { userName, displayName } = user
  return {
    id: stored.id,
    userName: String(userName),
    displayName: typeof displayName === 'string' ? displayName : undefined,
    user,
  }
}
