// A tenant's ways to sign in: which identity provider vouches, and what of what it says finds a person.

import { ConfigError } from '../../protocol/index.ts'
import type { Kind } from '../../quirks/index.ts'

/** One way of a tenant's people to sign in: an application at its identity provider. */
export interface SsoConnection {
  /** The app's own name for it: `okta`. */
  readonly id: string
  /**
   * Exactly what the identity provider calls itself: `iss` of its ID tokens, `Issuer` of its assertions. For Entra that of one
   * tenant, `https://login.microsoftonline.com/{tenant id}/v2.0`, never `common`.
   */
  readonly issuer: string
  /** What kind of identity provider it is, which decides the rules that are left out. */
  readonly kind?: Kind | undefined
  readonly protocol?: 'oidc' | 'saml' | undefined
  /** What people call it, for what is shown to them. Default: the id. */
  readonly label?: string | undefined
  /** Domains that the tenant has proved to own, and whose addresses this connection may vouch for. Default none. */
  readonly domains?: readonly string[] | undefined
  /**
   * The claim that never changes and that the identity provider sends as `externalId` by SCIM; `sub` is the subject. `false`: none. Default
   * by kind: Entra `oid`, all others the subject.
   */
  readonly immutable?: string | false | undefined
  /** The claim that equals `userName`, where it is an address in one of the domains. `false`: none. Default: `preferred_username`, `upn`; with SAML the subject. */
  readonly userName?: string | false | undefined
  /** Whether a verified e-mail in one of the domains may find a person who has never signed in. Default false. */
  readonly email?: boolean | undefined
  /** Who may sign in here, as a SCIM filter. Default: all who are active. */
  readonly who?: string | undefined
  /** Whether somebody nobody knows is created. Default `never`: provisioning says who exists. */
  readonly jit?: 'never' | 'create' | undefined
}

/** How the parts of a connection are read: with what its kind adds. */
export interface ReadConnection extends SsoConnection {
  readonly label: string
  readonly domains: readonly string[]
  /** Claims in the order in which they are looked at. */
  readonly immutableClaims: readonly string[]
  readonly userNameClaims: readonly string[]
  /** Whether `externalId` is known to be the immutable id, so that another one means another account. */
  readonly exact: boolean
}

const OBJECT_IDENTIFIER = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'
/** They send as externalId what is the subject here. */
const SAME_SUBJECT: ReadonlySet<string> = new Set(['okta', 'auth0', 'onelogin', 'keycloak', 'authentik'])
/** What Entra calls itself where it does not say which tenant vouches. */
const MANY_TENANTS = /^https:\/\/login\.microsoftonline\.[a-z]+\/(?:common|organizations|consumers|\{)/
const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/

/** Reads a connection as the app gives it. Throws ConfigError where it makes no sense. */
export function readConnection(given: SsoConnection): ReadConnection {
  const { id, issuer, kind = 'generic', protocol = 'oidc', immutable, userName, domains = [] } = given
  const where = `signIn.connections: ${typeof id === 'string' && id !== '' ? id : 'a connection'}`
  if (typeof id !== 'string' || id === '' || id.length > 100)
    throw new ConfigError(where, 'needs an id of 1 to 100 characters')
  if (typeof issuer !== 'string' || issuer === '')
    throw new ConfigError(where, 'needs the issuer, exactly as the identity provider calls itself')
  if (MANY_TENANTS.test(issuer)) throw new ConfigError(where, `the issuer must be that of one tenant, not ${issuer}`)
  const owned = domains.map((domain) => String(domain).toLowerCase())
  const odd = owned.find((domain) => !DOMAIN.test(domain))
  if (odd !== undefined)
    throw new ConfigError(where, `${JSON.stringify(odd)} is no domain; write acme.example, other letters as xn--…`)
  return {
    ...given,
    label: given.label ?? id,
    domains: owned,
    immutableClaims:
      immutable === false
        ? []
        : immutable !== undefined
          ? [immutable]
          : kind === 'entra'
            ? ['oid', OBJECT_IDENTIFIER]
            : ['sub'],
    userNameClaims:
      userName === false
        ? []
        : userName !== undefined
          ? [userName]
          : protocol === 'saml'
            ? [UPN, 'sub']
            : ['preferred_username', 'upn'],
    exact: typeof immutable === 'string' || SAME_SUBJECT.has(kind),
  }
}

/** The domain of an address, in lower case; undefined for what is no address of plain letters after the `@`. */
export function domainOf(address: string): string | undefined {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1).toLowerCase()
  return at > 0 && /^[\x21-\x7e]+$/.test(address.slice(at + 1)) && DOMAIN.test(domain) ? domain : undefined
}

/** Whether the tenant owns the domain of an address, and the connection may vouch for it. */
export function isOwned({ domains }: ReadConnection, address: string): boolean {
  const domain = domainOf(address)
  return domain !== undefined && domains.includes(domain)
}

/** Whether two texts are the same but for the case of plain letters: look-alikes that fold to a plain letter are not. */
export function sameText(a: string, b: string): boolean {
  return plainLower(a) === plainLower(b)
}

function plainLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
