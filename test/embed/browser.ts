// A browser as far as signing in needs one: cookies of each host, redirects, and forms that are sent.

/** What a browser shows in the end. */
export interface Page {
  readonly status: number
  readonly url: string
  readonly text: string
}

/** A browser. */
export interface Browser {
  readonly get: (url: string) => Promise<Page>
  /** Sends a form. */
  readonly post: (url: string, fields: { readonly [name: string]: string }) => Promise<Page>
}

/** Most redirects in a row. */
const HOPS = 20

/** Creates a browser without cookies. */
export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>()

  async function go(method: string, url: string, body?: string): Promise<Page> {
    let request = { method, url, body }
    for (let hop = 0; hop < HOPS; hop++) {
      const { origin } = new URL(request.url)
      const jar = jars.get(origin) ?? new Map<string, string>()
      jars.set(origin, jar)
      const response = await fetch(request.url, {
        method: request.method,
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(request.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(request.body === undefined ? {} : { body: request.body }),
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = '', ...rest] = cookie.split(';')
        const at = pair.indexOf('=')
        const value = pair.slice(at + 1)
        if (value === '' || rest.some((one) => /expires=Thu, 01 Jan 1970/i.test(one))) jar.delete(pair.slice(0, at))
        else jar.set(pair.slice(0, at), value)
      }
      const location = response.headers.get('location')
      const text = await response.text()
      if (location === null) return { status: response.status, url: request.url, text }
      request = { method: 'GET', url: new URL(location, request.url).href, body: undefined }
    }
    throw new Error(`More than ${HOPS} redirects from ${url}`)
  }

  return {
    get: (url) => go('GET', url),
    post: (url, fields) => go('POST', url, new URLSearchParams(fields).toString()),
  }
}
