import type { Server } from './parts.ts'
import type { Settings } from './settings.ts'

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
