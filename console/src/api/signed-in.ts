// Signing in and out, and whether the server still agrees.

import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Session } from '../session.tsx'
import { type Answer, api, onAnswer } from './client.ts'
import { queryClient } from './use-api.ts'

const KEY = ['session']

/** Who is signed in; `refused` once the server has said that nobody is, or is any more. */
export function useSignedIn() {
  const ended = useSyncExternalStore(onEnd, () => hasEnded)
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: readSession,
    staleTime: 60_000,
    retry: false,
    // Whoever signs in again in another window comes back to this one.
    refetchOnWindowFocus: ended ? 'always' : false,
  })
  return { session: data ?? undefined, refused: ended || data === null, error, again: () => void refetch() }
}

/**
 * Asks in a way that needs no session, so that the answer is never a refusal; null where there is none. A session that has ended stays, so
 * that its page does, with the sheet to sign in over it.
 */
async function readSession(): Promise<Session | null> {
  const { session } = await api('GET /ways-in', {})
  const before = queryClient.getQueryData<Session | null>(KEY) ?? null
  if (session !== undefined && hasEnded) setTimeout(() => signedIn(session))
  if (session === undefined && before !== null) setEnded(true)
  return session ?? before
}

/**
 * Signs in by an admin token or a one-time link, which is sent once and kept nowhere.
 *
 * @throws {ApiError} when it lets nobody in
 */
export async function signInBySecret(text: string): Promise<Session> {
  const link = text.split('#k=')[1]
  const body = link === undefined ? { token: text.trim() } : { link: link.trim() }
  const session = await api('POST /session', { body })
  signedIn(session)
  return session
}

/** Takes over a session that has just begun. */
export function signedIn(session: Answer<'POST /session'>): void {
  queryClient.setQueryData(KEY, session)
  setEnded(false)
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
}

/** Signs out; nothing that was read stays. */
export async function signOut(): Promise<void> {
  await api('DELETE /session', {})
  queryClient.clear()
  location.reload()
}

let hasEnded = false
const listeners = new Set<() => void>()

function setEnded(ended: boolean): void {
  if (hasEnded === ended) return
  hasEnded = ended
  for (const listener of listeners) listener()
}

function onEnd(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

// Whatever was refused: a page, a form, a file. Only a wrong secret is no end of a session.
onAnswer((status, path) => {
  if (status === 401 && path !== 'session') setEnded(true)
})
