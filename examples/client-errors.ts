// Distinguishes the two kinds of failure: the server refused, or there was no usable answer.

import { type Client, ScimError, TransportError, User } from 'lockstep/client'

/** Creates a user and describes the outcome. */
export async function hire(app: Client, userName: string): Promise<string> {
  try {
    const { id } = await app.create(User, { userName, active: true })
    return `created as ${id}`
  } catch (error) {
    if (error instanceof ScimError) {
      // The server refused: the same class, status and keyword that a Lockstep provider throws.
      return error.scimType === 'uniqueness' ? 'already exists' : `refused with ${error.status}: ${error.detail}`
    }
    if (error instanceof TransportError) {
      // No usable answer. `mayBeDone` says whether the server may have created the user anyway.
      return error.mayBeDone ? `unknown (${error.code}); look for userName first` : `not created (${error.code})`
    }
    throw error
  }
}
