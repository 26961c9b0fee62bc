// What a fake app answers when it refuses a request.

/** The detail error keywords of RFC 7644 §3.12 that fake apps use. */
export type Keyword =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'tooMany'
  | 'uniqueness'

/** A refusal. */
export class Refusal extends Error {
  readonly status: number
  readonly keyword: Keyword | undefined
  readonly headers: { readonly [name: string]: string }
  constructor(status: number, detail: string, keyword?: Keyword, headers: { readonly [name: string]: string } = {}) {
    super(detail)
    this.name = 'Refusal'
    this.status = status
    this.keyword = keyword
    this.headers = headers
  }
}

/** A request that makes no sense. */
export function invalid(keyword: Keyword, detail: string): Refusal {
  return new Refusal(keyword === 'uniqueness' ? 409 : 400, detail, keyword)
}
