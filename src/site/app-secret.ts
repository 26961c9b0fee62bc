// Opens the secret of an app for a command.

/**
 * As `secretOf` beside the hub that runs; its code is loaded only when it is called, since every command reads settings through this room
 * and few need the hub.
 */
export const secretOf: typeof import('./hub-run.ts').secretOf = async (...given) =>
  (await import('./hub-run.ts')).secretOf(...given)
