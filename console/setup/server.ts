// Talks to the page's own routes: below the page's own address, with the cookie that they set.

import type { FirstPeople, SetupState } from '../../src/setup/index.ts'

/** A refusal of the server. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The address of the page without a slash at its end: it may be below any path. */
const BASE = location.pathname.replace(/\/$/, '')

async function ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const response = await fetch(`${BASE}/v1${path}`, {
    method,
    headers: method === 'POST' ? { 'content-type': 'application/json', 'x-lockstep': '1' } : {},
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const told: unknown = await response.json().catch(() => undefined)
  if (response.ok) return told as T
  const { error } = (told ?? {}) as { readonly error?: { readonly code?: string; readonly message?: string } }
  throw new Refused(response.status, error?.code ?? '', error?.message ?? '')
}

/** What the page asks of the server. */
export const server = {
  page: () => ask<Pick<SetupState, 'vendor'>>('GET', '/page'),
  begin: (key: string, code?: string) =>
    ask<SetupState>('POST', '/session', { key, ...(code === undefined || code === '' ? {} : { code }) }),
  state: () => ask<SetupState>('GET', '/state'),
  token: (kind: string) => ask<{ readonly token: string; readonly state: SetupState }>('POST', '/token', { kind }),
  step: (change: object) => ask<SetupState>('POST', '/step', change),
  people: () => ask<FirstPeople>('GET', '/people'),
  /** Where the logo is; it changes with the logo's name. */
  logo: (name: string) => `${BASE}/v1/logo?${encodeURIComponent(name)}`,
}

/** How often the state is asked for while there is no stream. */
const ASK_MS = 10_000

/** Follows the state of the link: by the stream, and by asking while it is broken. Returns how to stop. */
export function follow(on: {
  readonly state: (state: SetupState) => void
  readonly over: () => void
  readonly live: (is: boolean) => void
}): () => void {
  const stream = new EventSource(`${BASE}/v1/stream`)
  stream.addEventListener('open', () => on.live(true))
  stream.addEventListener('state', (event) => {
    on.live(true)
    on.state(JSON.parse((event as MessageEvent<string>).data) as SetupState)
  })
  stream.addEventListener('over', () => {
    stream.close()
    on.over()
  })
  stream.addEventListener('error', () => on.live(false))
  const timer = setInterval(() => {
    if (stream.readyState === EventSource.OPEN) return
    server.state().then(on.state, (error: unknown) => {
      if (error instanceof Refused && error.status === 401) on.over()
    })
  }, ASK_MS)
  return () => {
    clearInterval(timer)
    stream.close()
  }
}
