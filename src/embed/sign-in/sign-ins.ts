// Sign-ins: who is at the door, who may stay, and whose sessions are to end.

import type { Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { ConfigError, notFound } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { accept, reasonAgainst } from './accept.ts'
import type { SsoConnection } from './connection.ts'
import { createEnds, type EndListener } from './ends.ts'
import { createLinks, type Links } from './links.ts'
import type { Arrival, SignedInPerson, SignInCode, SignInLink, SignInOutcome } from './outcome.ts'
import { personOf } from './person.ts'

/** Options of signing in. */
export interface SignInOptions {
  /**
   * The ways to sign in that a tenant has; asked at each sign-in. Needed for `signIn`.
   * @example
   * connections: (tenant) => db.ssoConnections.of(tenant)
   * // [{ id: 'okta', kind: 'okta', issuer: 'https://acme.okta.com', domains: ['acme.example'] }]
   */
  readonly connections?: ((tenant: string) => readonly SsoConnection[] | Promise<readonly SsoConnection[]>) | undefined
}

/** Whether somebody may stay. */
export type SignInCheck =
  | { readonly in: true; readonly person: SignedInPerson }
  | { readonly in: false; readonly code: SignInCode }

/** What is done with sign-ins besides accepting them. */
export interface SignIns {
  /**
   * Whether a person may stay signed in, by the directory as it is now. For each request, or each time that a session is renewed: true for nobody who
   * was deactivated or deleted.
   */
  readonly check: (tenant: string, person: string) => Promise<SignInCheck>
  /**
   * Hears whose sessions are to end, in this process: within about a second, at least once, whichever process wrote it. Returns how to stop.
   * @example
   * scim.signIns.onEnd(({ tenant, person }) => sessions.deleteOf(tenant, person))
   */
  readonly onEnd: (listener: EndListener) => () => void
  /** The identities that are linked to a person. */
  readonly links: (tenant: string, person: string) => Promise<readonly SignInLink[]>
  /** Links an identity to a person by hand; the note in the log says who did. 404 when there is no such person. */
  readonly link: (
    tenant: string,
    person: string,
    identity: {
      readonly issuer: string
      readonly subject: string
      readonly connection: string
      readonly actor: string
    },
  ) => Promise<void>
  /** Takes the links of a person away, or those of one issuer. The next sign-in has to find the person by the rules again. Returns how many. */
  readonly unlink: (
    tenant: string,
    person: string,
    which: { readonly actor: string; readonly issuer?: string; readonly subject?: string },
  ) => Promise<number>
}

/** Sign-ins, for the app and for what joins it. */
export interface SignInParts {
  readonly signIn: (arrival: Arrival) => Promise<SignInOutcome>
  readonly signIns: SignIns
  readonly stop: () => void
}

/** What sign-ins work with. */
export interface SignInDeps {
  readonly environment: Environment
  /** Opens the store and the directory, with the types of a tenant. */
  readonly open: (tenant?: string) => Promise<{ readonly store: Store; readonly directory: Directory }>
  readonly report: (error: unknown) => void
}

const OPTIONS = ['connections']

/** Throws ConfigError for options that make no sense. */
export function checkSignInOptions(options: SignInOptions | undefined): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null)
    throw new ConfigError('signIn', 'must be an object: { connections }')
  for (const name of Object.keys(options))
    if (!OPTIONS.includes(name)) throw new ConfigError(`signIn.${name}`, `is no option; there is ${OPTIONS.join(', ')}`)
  if (options.connections !== undefined && typeof options.connections !== 'function')
    throw new ConfigError('signIn.connections', 'must be a function from a tenant to its connections')
}

/** Creates sign-ins. */
export function createSignIns(options: SignInOptions | undefined, deps: SignInDeps): SignInParts {
  const { environment, open, report } = deps
  const ends = createEnds({ environment, open: () => open(), report })
  async function opened(tenant: string): Promise<{ readonly directory: Directory; readonly links: Links }> {
    requireOption(options)
    const { store, directory } = await open(tenant)
    return { directory, links: createLinks({ store, directory, environment }) }
  }
  async function personIn(directory: Directory, tenant: string, id: string) {
    const stored = await directory.get({ tenant, type: 'User', id })
    if (stored === undefined) throw notFound(`There is no User with the id ${id} in tenant ${tenant}`)
    return stored
  }
  return {
    async signIn(arrival) {
      const connections = options?.connections
      if (connections === undefined)
        throw new ConfigError('signIn.connections', 'is needed to sign in: a function from a tenant to its connections')
      const parts = await opened(arrival.tenant)
      return accept({ ...parts, environment, connections }, arrival)
    },
    signIns: {
      async check(tenant, id) {
        const { directory } = await open(tenant)
        const stored = await directory.get({ tenant, type: 'User', id })
        if (stored === undefined) return { in: false, code: 'ERR_SIGNIN_INACTIVE' }
        const reason = await reasonAgainst(directory, undefined, stored)
        return reason === undefined ? { in: true, person: personOf(stored) } : { in: false, code: reason.code }
      },
      onEnd(listener) {
        requireOption(options)
        return ends.on(listener)
      },
      async links(tenant, id) {
        const { links } = await opened(tenant)
        return (await links.ofPerson(tenant, id)).map(({ issuer, subject, connection, rule, at }) => ({
          issuer,
          subject,
          connection,
          rule,
          at,
        }))
      },
      async link(tenant, id, { issuer, subject, connection, actor }) {
        const { directory, links } = await opened(tenant)
        for (let attempt = 1; attempt <= 5; attempt++) {
          const stored = await personIn(directory, tenant, id)
          const { created, version } = stored
          const link = {
            tenant,
            person: id,
            created,
            version,
            issuer,
            subject,
            connection,
            rule: 'person',
            actor,
          } as const
          if (await links.make(link, stored)) return
        }
        throw new Error(`User ${id} was changed again and again while it was linked`)
      },
      async unlink(tenant, id, { actor, issuer, subject }) {
        const { links } = await opened(tenant)
        const found = (await links.ofPerson(tenant, id)).filter(
          (one) =>
            (issuer === undefined || one.issuer === issuer) && (subject === undefined || one.subject === subject),
        )
        await links.remove(tenant, id, found, actor)
        return found.length
      },
    },
    stop: ends.stop,
  }
}

/** Links and ends are kept by what runs in each transaction, which is only there where signing in is set up. */
function requireOption(options: SignInOptions | undefined): void {
  if (options === undefined)
    throw new ConfigError('signIn', 'is needed for sign-ins: lockstep({ signIn: { connections } })')
}
