// Whether the server answers: while it does not, it is asked again and again, and then all is read once more.

import { useSyncExternalStore } from 'react'
import { api, onAnswer } from './client.ts'
import { queryClient } from './use-api.ts'

/** While there is no answer it is asked again after so long. */
const AGAIN_MS = 3_000
/** What stands before a server answers so for one that is not there. */
const GATEWAY = [502, 504]

let silentSince: number | undefined
const watchers = new Set<() => void>()

/** Since when the server has not answered, in milliseconds since 1970; undefined while it does. */
export function useSilentSince(): number | undefined {
  return useSyncExternalStore(watch, () => silentSince)
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

onAnswer((status) => {
  const isSilent = status === 0 || GATEWAY.includes(status)
  if (isSilent === (silentSince !== undefined)) return
  silentSince = isSilent ? Date.now() : undefined
  for (const watcher of watchers) watcher()
  if (isSilent) setTimeout(ask, AGAIN_MS)
  else void queryClient.invalidateQueries()
})

/** Asks by what needs no session, and goes on until there is an answer. */
function ask(): void {
  if (silentSince === undefined) return
  void api('GET /ways-in', {}).catch(() => setTimeout(ask, AGAIN_MS))
}

// The browser says it at once when the network comes or goes; whether the server is concerned is asked, for it may run on this computer.
for (const event of ['online', 'offline'])
  addEventListener(event, () => void api('GET /ways-in', {}).catch(() => undefined))
