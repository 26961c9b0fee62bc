import { serve } from '../test/serve.ts'
import type { Profile, Target } from './judge.ts'

/** A fresh server on a free port and a database of its own. */
export interface Fresh {
  /** A tenant that nobody has used yet, with one connection. */
  target(profile: Profile): Promise<Target>
  close(): Promise<void>
}

/** Starts the standalone server for the judges. */
export async function fresh(): Promise<Fresh> {
  const server = await serve()
  return {
    async target(profile) {
      const { base, token } = await server.connection('generic', profile === 'strict' ? { profile } : {})
      return { profile, base, token }
    },
    close: () => server.close(),
  }
}
