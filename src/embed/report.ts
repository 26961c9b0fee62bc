// How trouble is told to the app: errors that are not a client's.

/** Receives each error that is not a client's: `id` is in the answer too, where there is one. */
export type Report = (problem: { readonly error: unknown; readonly id?: string; readonly method?: string }) => void
