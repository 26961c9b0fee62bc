// Who is signed in, and what they may do: asked once, and before each page.

import { createContext, type ReactNode, useContext } from 'react'

/** What a page or a button may need. */
export type Capability = 'see' | 'values' | 'edit' | 'connect' | 'apps' | 'approve' | 'own'

/** Who is signed in. */
export interface Session {
  readonly name: string
  readonly role: string
  readonly capabilities: readonly string[]
  /** Names of the tenants it is limited to; undefined: all of them. */
  readonly tenants: readonly string[] | undefined
}

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

/** Whether the signed-in person may do something. The server checks it again. */
export function useMay(capability: Capability): boolean {
  return useSession().capabilities.includes(capability)
}
