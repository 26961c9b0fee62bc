// Starts the server or its cluster, loading their code only then.

import { printLines } from '../terminal.ts'
import type { Server } from './serve.ts'

export type { Server } from './serve.ts'

import type { Settings } from '../site/index.ts'
import type { Workers } from './cluster/cluster.ts'

/** Starts the standalone server. Its code is loaded only now, since every command imports this room and only one serves. */
export async function startServer(
  settings: Settings,
  options: { readonly print?: (text: string) => void; readonly worker?: boolean } = {},
): Promise<Server> {
  const { serve } = await import('./serve.ts')
  return serve(settings, { print: show, ...options })
}

/** Starts as many processes of the standalone server as the settings ask for, on one port. */
export async function startWorkers(settings: Settings): Promise<Workers> {
  const { superviseWorkers } = await import('./cluster/cluster.ts')
  return superviseWorkers(settings, show)
}

/** Starts the hub in a process of its own. Returns how to stop it. */
export async function startHub(settings: Settings): Promise<() => Promise<void>> {
  const { startHubAlone } = await import('./hub-alone.ts')
  return startHubAlone(settings)
}

function show(text: string): void {
  printLines(text.replace(/\n$/, ''))
}
