// A browser's way to the admin API: it keeps cookies, and says where its requests come from.

import { request as httpRequest } from 'node:http'

/** An answer of the admin API. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer says its shape.
  readonly body: any
}

/** A page of the console in some browser. */
export interface Page {
  /** The cookies that it has, by name. */
  readonly cookies: Map<string, string>
  readonly send: (
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly headers?: { readonly [name: string]: string } },
  ) => Promise<Answer>
}

/** Opens a page. It sends what browsers send with the requests of a page of that origin, unless a header says otherwise. */
export function openPage(url: string): Page {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async send(method, path, { body, headers = {} } = {}) {
      const own = {
        'x-lockstep': '1',
        'sec-fetch-site': 'same-origin',
        'user-agent': 'Browser/1.0',
        ...(cookies.size === 0 ? {} : { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }
      // Empty: not sent.
      const sent = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== ''))
      const answer = await ask(`${url}/admin/v1${path}`, method, sent, body === undefined ? '' : JSON.stringify(body))
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      return answer
    },
  }
}

/** `fetch` sends no Host and no Sec-Fetch-Site of a test's choosing. */
function ask(url: string, method: string, headers: { readonly [name: string]: string }, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () => {
        const received = new Headers()
        for (const [name, value] of Object.entries(response.headersDistinct))
          for (const one of value ?? []) received.append(name, one)
        const text = Buffer.concat(pieces).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: received,
          body: text === '' ? undefined : JSON.parse(text),
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
