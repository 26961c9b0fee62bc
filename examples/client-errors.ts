import { type Client, ScimError, TransportError, User } from 'lockstep/client'

/** Makes a person, and says what became of it. */
export async function hire(app: Client, userName: string): Promise<string> {
  try {
    const { id } = await app.create(User, { userName, active: true })
    return `made as ${id}`
  } catch (error) {
    if (error instanceof ScimError) {
      // The server said no: the same class, status and keyword that a Lockstep provider throws.
      return error.scimType === 'uniqueness' ? 'is there already' : `refused with ${error.status}: ${error.detail}`
    }
    if (error instanceof TransportError) {
      // Nobody said anything. Whether it may be done all the same decides if somebody has to look.
      return error.mayBeDone ? `unknown (${error.code}); look for userName first` : `not made (${error.code})`
    }
    throw error
  }
}
