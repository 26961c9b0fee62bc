// Sign-in by OpenID Connect: code flow with PKCE, by openid-client, which is loaded when it is first needed.

import type * as Client from 'openid-client'
import type { Environment } from '../../environment.ts'
import { isLoopback, type OidcSettings, type SignIn } from '../../tenancy/index.ts'
import { readClientKey } from './client-key.ts'
import type { Claims } from './roles.ts'

/** Why a sign-in did not come about, in a word for the page and a sentence for owners. */
export class OidcFailure extends Error {
  readonly problem: 'unreachable' | 'refused' | 'answer' | 'over' | 'no-role' | 'off'
  constructor(problem: OidcFailure['problem'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'OidcFailure'
    this.problem = problem
  }
}

/** What a browser needs to remember of a flow: kept here, under the hash of its cookie. */
export interface FlowSecrets {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly redirect: string
}

/** The identity provider. */
export interface Oidc {
  /** Where to send the browser, and what to remember. Throws {@link OidcFailure}. */
  readonly start: (
    oidc: OidcSettings,
    redirect: string,
  ) => Promise<{ readonly url: URL; readonly secrets: FlowSecrets }>
  /** The checked claims of the answer that came to the redirect address. Throws {@link OidcFailure}. */
  readonly finish: (oidc: OidcSettings, secrets: FlowSecrets, answer: URL) => Promise<Claims>
}

/** How long what an identity provider says of itself is believed. */
const KNOWN_MS = 600_000
const TIMEOUT_SECONDS = 10
/** Asymmetric ones: with a symmetric one whoever has the secret could sign, and `none` is no signature. RFC 8725 §3.1. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Creates the way to identity providers. `fetch` goes only where addresses that people typed may lead. */
export function createOidc(
  { secretOf }: Pick<SignIn, 'secretOf'>,
  { environment, fetch }: { readonly environment: Environment; readonly fetch: Environment['fetch'] },
): Oidc {
  let known:
    | { readonly of: string; readonly at: number; readonly configuration: Promise<Client.Configuration> }
    | undefined
  const configurationOf = (client: typeof Client, oidc: OidcSettings) => {
    const [of, at] = [JSON.stringify(oidc), environment.monotonic()]
    if (known?.of !== of || at - known.at > KNOWN_MS) {
      const configuration = discover(client, oidc, fetch, () => secretOf(oidc))
      known = { of, at, configuration }
      configuration.catch(() => (known = undefined))
    }
    return known.configuration
  }
  return {
    async start(oidc, redirect) {
      const client = await import('openid-client')
      const configuration = await configurationOf(client, oidc)
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()]
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirect,
        scope: oidc.scopes.join(' '),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url, secrets: { state, nonce, verifier, redirect } }
    },
    async finish(oidc, { state, nonce, verifier, redirect }, answer) {
      const client = await import('openid-client')
      const configuration = await configurationOf(client, oidc)
      // The address that the identity provider knows, whatever this server was reached by.
      const came = new URL(redirect)
      came.search = answer.search
      try {
        const tokens = await client.authorizationCodeGrant(configuration, came, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) throw new OidcFailure('answer', 'The identity provider sent no ID token')
        return claims
      } catch (error) {
        throw failureOf(client, error)
      }
    },
  }
}

async function discover(
  client: typeof Client,
  oidc: OidcSettings,
  fetch: Environment['fetch'],
  secretOf: () => Promise<string | undefined>,
): Promise<Client.Configuration> {
  const issuer = new URL(oidc.issuer)
  const secret = await secretOf()
  const authentication = await authenticationOf(client, oidc, secret)
  try {
    const configuration = await client.discovery(issuer, oidc.clientId, undefined, authentication, {
      [client.customFetch]: (url: string, options: Client.CustomFetchOptions) => sent(fetch, url, options),
      timeout: TIMEOUT_SECONDS,
      // The signature is checked although the token came by TLS: a proxy in between may end that.
      execute: [
        client.enableNonRepudiationChecks,
        ...(issuer.protocol === 'http:' && isLoopback(issuer) ? [client.allowInsecureRequests] : []),
      ],
    })
    const server = configuration.serverMetadata()
    const signs = server.id_token_signing_alg_values_supported ?? ['RS256']
    if (!signs.some((algorithm) => ALGORITHMS.includes(algorithm)))
      throw new OidcFailure(
        'answer',
        `The identity provider signs by ${signs.join(', ')}; it must offer one of ${ALGORITHMS.join(', ')}`,
      )
    if (server.code_challenge_methods_supported?.includes('S256') === false)
      throw new OidcFailure('answer', 'The identity provider does not offer PKCE with S256')
    return configuration
  } catch (error) {
    throw failureOf(client, error)
  }
}

/** Sends a request, and makes of the answer one that the library takes for real. */
async function sent(fetch: Environment['fetch'], url: string, options: Client.CustomFetchOptions): Promise<Response> {
  const { body, headers, method, signal } = options
  const init = { method, headers, redirect: 'manual', ...(signal === undefined ? {} : { signal }) } as const
  const answer = await fetch(url, body === undefined || body === null ? init : { ...init, body: String(body) })
  const text = await answer.text()
  return new Response(text === '' ? null : text, { status: answer.status, headers: [...answer.headers] })
}

async function authenticationOf(
  client: typeof Client,
  { client: by, keyId }: OidcSettings,
  secret: string | undefined,
): Promise<Client.ClientAuth> {
  if (by === 'none') return client.None()
  if (secret === undefined)
    throw new OidcFailure('off', 'The secret of the client is not set: its variable has no value here')
  if (by === 'secret') return both(client, secret)
  const { key, header } = await readClientKey(secret).catch((error: Error) => {
    throw new OidcFailure('off', error.message)
  })
  return client.PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
    [client.modifyAssertion]: (own) => void Object.assign(own, header),
  })
}

/** By the header, which every server must take, unless it says that it takes only the body. RFC 6749 §2.3.1. */
function both(client: typeof Client, secret: string): Client.ClientAuth {
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]
  return (server, metadata, body, headers) => {
    const offered = server.token_endpoint_auth_methods_supported
    const usesPost =
      offered !== undefined && !offered.includes('client_secret_basic') && offered.includes('client_secret_post')
    return (usesPost ? post : basic)(server, metadata, body, headers)
  }
}

/** What went wrong, for people: the library's own words say what was expected, and never a secret. */
function failureOf(client: typeof Client, error: unknown): OidcFailure {
  if (error instanceof OidcFailure) return error
  if (error instanceof client.AuthorizationResponseError) {
    return new OidcFailure(
      'refused',
      `The identity provider refused: ${plain(error.error)} ${plain(error.error_description ?? '')}`.trim(),
      error,
    )
  }
  if (error instanceof client.ResponseBodyError) {
    return new OidcFailure(
      'refused',
      `The identity provider refused the code: ${plain(error.error)} ${plain(error.error_description ?? '')}`.trim(),
      error,
    )
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const unreachable =
    code.startsWith('ERR_OUTBOUND') ||
    code === 'OAUTH_TIMEOUT' ||
    (error instanceof TypeError && error.message === 'fetch failed')
  const deepest =
    error instanceof Error && error.cause instanceof Error
      ? `${error.message}: ${error.cause.message}`
      : String(error instanceof Error ? error.message : error)
  return new OidcFailure(unreachable ? 'unreachable' : 'answer', plain(deepest), error)
}

/** A text of a stranger, without what would break a line. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 300)
}
