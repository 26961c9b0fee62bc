// Signing in and out, and whether the server still agrees.

import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Session } from '../session.tsx'
import { ApiError, api, holdToken } from './client.ts'
import { queryClient } from './use-api.ts'

const KEY = ['session']
const ALL = ['see', 'values', 'edit', 'connect', 'apps', 'approve', 'own']

/** Who is signed in; `refused` once the server has said that nobody is. */
export function useSignedIn() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: readSession, staleTime: 60_000, retry: false })
  const ended = useSyncExternalStore(onEnd, () => hasEnded)
  const refused = ended || (error instanceof ApiError && error.status === 401)
  return { session: data, refused, error, again: () => void refetch() }
}

async function readSession(): Promise<Session> {
  await api('GET /tenants', { query: { limit: 1 } })
  return { name: 'admin', role: 'owner', capabilities: ALL, tenants: undefined }
}

/** Signs in by an admin token. @throws {ApiError} when it is none */
export async function signIn(token: string): Promise<void> {
  holdToken(token)
  const session = await readSession()
  queryClient.setQueryData(KEY, session)
  setEnded(false)
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
}

/** Signs out; nothing that was read stays. */
export async function signOut(): Promise<void> {
  holdToken(undefined)
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

queryClient.getQueryCache().subscribe(({ query, type }) => {
  const { error } = query.state
  if (type === 'updated' && error instanceof ApiError && error.status === 401 && query.queryKey[0] !== KEY[0])
    setEnded(true)
})
