import type { Directory } from '../directory/index.ts'
import type { Store } from '../store/index.ts'
import type { Tenancy } from '../tenancy/index.ts'
import type { Settings } from './settings.ts'

/** A running server. */
export interface Server {
  /** The public URL, without a slash at its end. */
  readonly url: string
  /** The port it listens on. */
  readonly port: number
  /** Stops accepting, finishes the requests in flight, and closes the database. */
  readonly close: () => Promise<void>
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly store: Store
}

/**
 * Starts the standalone server. It is loaded only now, since every command reads this room's settings and only one of
 * them serves.
 */
export async function startServer(
  settings: Settings,
  options: { readonly print?: (text: string) => void } = {},
): Promise<Server> {
  const { serve } = await import('./serve.ts')
  return serve(settings, options.print ?? ((text) => void process.stdout.write(text)))
}
