// The refusals that a customer sees on the setup page: few, and without news for strangers.

/** A refusal of the setup page's own routes. */
export interface PageRefusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 503
  /**
   * `ERR_LINK`: the link opens nothing, whatever the reason. `ERR_CODE`: it asks for its code, or this one is wrong. `ERR_SESSION`: the
   * page must be opened by its link again.
   */
  readonly code:
    | 'ERR_LINK'
    | 'ERR_CODE'
    | 'ERR_SESSION'
    | 'ERR_INVALID'
    | 'ERR_NOT_FOUND'
    | 'ERR_TOO_EARLY'
    | 'ERR_LIMIT'
  readonly message: string
  readonly headers?: readonly (readonly [string, string])[]
}

/** Carries a refusal out of where it is known. */
export class Refused extends Error {
  readonly refusal: PageRefusal
  constructor(refusal: PageRefusal) {
    super(refusal.message)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

/** The link was never there, is over, or was revoked: one text for all. */
export function noLink(): Refused {
  return new Refused({
    status: 404,
    code: 'ERR_LINK',
    message: 'This link opens nothing; ask whoever sent it for another one',
  })
}

/** There is no session, or its link is over. */
export function noSession(): Refused {
  return new Refused({ status: 401, code: 'ERR_SESSION', message: 'Open the link again' })
}

/** What was sent makes no sense. */
export function wrong(message: string): Refused {
  return new Refused({ status: 400, code: 'ERR_INVALID', message })
}
