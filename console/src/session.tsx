// Who is signed in, and what they may do: asked once, and before each page.

import { createContext, type ReactNode, useContext } from 'react'
import type { Answer } from './api/client.ts'

/** Who is signed in. */
export type Session = Answer<'POST /session'>
/** What a page or a button may need. */
export type Capability = Session['capabilities'][number]

const Signed = createContext<Session | undefined>(undefined)

/** Hands the session to all below. */
export function SessionProvider({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  return <Signed value={session}>{children}</Signed>
}

/** The session. Only within the frame, where there is one. */
export function useSession(): Session {
  const session = useContext(Signed)
  if (session === undefined) throw new Error('There is no session here')
  return session
}

/** The tenant of whoever may see one alone: they are always there. */
export function useOnlyTenant(): string | undefined {
  const { tenants } = useSession()
  return tenants?.length === 1 ? tenants[0] : undefined
}

/** Whether the signed-in person may do something. The server checks it again. */
export function useMay(capability: Capability): boolean {
  return useSession().capabilities.includes(capability)
}
