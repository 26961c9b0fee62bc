// Answers whose bodies have come whole, which can be read without a stream.

const BYTES: unique symbol = Symbol('the whole body')

type Bytes = Uint8Array<ArrayBuffer>

/** An answer as `fetch` gives it, of a body that is in memory already. The streams of the platform are made only for who wants them. */
export type WholeAnswer = Response & { readonly [BYTES]: Bytes }

const decoder = new TextDecoder()
const NOTHING: Bytes = new Uint8Array(0)

/** Names and values that headers may have. RFC 9110 §5.1, §5.5. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/

/**
 * Makes an answer. `body`: null where the status allows none. Throws RangeError for a status, and TypeError for headers, that HTTP does not
 * have.
 */
export function createWholeAnswer(
  status: number,
  pairs: readonly (readonly [name: string, value: string])[],
  body: Bytes | null,
): WholeAnswer {
  if (!(status >= 200 && status <= 599)) throw new RangeError(`There is no status ${status}`)
  for (const [name, value] of pairs) {
    if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError(`${name} is no header`)
  }
  return new HeldAnswer(status, pairs, body)
}

/** One class for all answers: made for every request, its members are not made anew each time. */
class HeldAnswer implements WholeAnswer {
  readonly [BYTES]: Bytes
  readonly status: number
  readonly #pairs: readonly (readonly [name: string, value: string])[]
  readonly #body: Bytes | null
  #headers: Headers | undefined
  #made: Response | undefined

  constructor(status: number, pairs: readonly (readonly [name: string, value: string])[], body: Bytes | null) {
    this[BYTES] = body ?? NOTHING
    this.status = status
    this.#pairs = pairs
    this.#body = body
  }

  get headers() {
    this.#headers ??= new Headers(this.#pairs as [string, string][])
    return this.#headers
  }
  get ok() {
    return this.status < 300
  }
  get statusText() {
    return ''
  }
  get type() {
    return 'default' as const
  }
  get url() {
    return ''
  }
  get redirected() {
    return false
  }
  get body() {
    return this.#real().body
  }
  get bodyUsed() {
    return this.#made?.bodyUsed ?? false
  }
  async text() {
    return this.#made === undefined ? decoder.decode(this[BYTES]) : this.#made.text()
  }
  json() {
    return this.#real().json()
  }
  arrayBuffer() {
    return this.#real().arrayBuffer()
  }
  bytes() {
    return this.#real().bytes()
  }
  blob() {
    return this.#real().blob()
  }
  formData() {
    return this.#real().formData()
  }
  clone() {
    return this.#real().clone()
  }

  #real(): Response {
    this.#made ??= new Response(this.#body, { status: this.status, headers: this.headers })
    return this.#made
  }
}

/** The body of an answer, if it has come whole. */
export function wholeBody(answer: Response): Bytes | undefined {
  return BYTES in answer ? (answer as WholeAnswer)[BYTES] : undefined
}
