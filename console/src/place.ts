// Where the console is: its addresses follow from that of this file, so that it works under any path behind a proxy.

/** The address of the console, like `https://scim.example.com/console/`. In development there are no built files. */
export const CONSOLE: URL = new URL(
  import.meta.env.DEV ? '/console/' : '..',
  import.meta.env.DEV ? location.href : import.meta.url,
)

/** The address of the server, with a slash at its end. */
export const SERVER: URL = new URL('..', CONSOLE)

/** The address of the admin API, with a slash at its end. */
export const ADMIN: URL = new URL('admin/v1/', SERVER)
