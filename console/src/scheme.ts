// Light or dark before the first paint: the same key as Mantine's own manager.

/** Where the choice is kept in the browser. */
export const SCHEME_KEY = 'lockstep-scheme'

const chosen = localStorage.getItem(SCHEME_KEY)
const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
document.documentElement.dataset.density = localStorage.getItem('lockstep-density') ?? 'compact'
