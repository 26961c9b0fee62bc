// A sentence for whoever filled in a form: nothing broke, something is still to do.

/** Shown by `Failed` as it is, without a word of support. */
export class Hint extends Error {
  override readonly name = 'Hint'
}
